import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { checkedValues, fieldsOf, OdooError, type OdooRecord, type OdooValue } from './odooModels';

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const recordSchema = z.record(z.string(), valueSchema);
const idsSchema = z.array(z.number().int());
const conditionSchema = z.tuple([
	z.string(),
	z.string(),
	z.union([valueSchema, z.array(valueSchema)]),
]);
const callSchema = z.object({
	id: z.union([z.number(), z.string(), z.null()]).default(null),
	params: z.object({
		service: z.string(),
		method: z.string(),
		args: z.array(z.unknown()),
	}),
});
const executeSchema = z
	.tuple([z.string(), z.union([z.number(), z.boolean()]), z.string(), z.string(), z.string()])
	.rest(z.unknown());

/**
 * The part of Odoo 18's JSON-RPC that n8n's Odoo node speaks: login, and the ORM calls create,
 * search_read, read, write, unlink and fields_get on the models of the demo. Keeps what it got.
 */
export class Odoo {
	readonly database = 'finance';
	readonly username = 'n8n@example.com';
	readonly password = randomBytes(12).toString('hex');
	readonly app = new Hono();
	private readonly userId = 7;
	private readonly tables = new Map<string, OdooRecord[]>();
	private lastId = 0;

	constructor() {
		this.app.post('/jsonrpc', async (context) => {
			const call = callSchema.safeParse(await context.req.json().catch(() => undefined));
			if (!call.success) return context.text('400 Bad Request: Invalid JSON data', 400);
			const { id, params } = call.data;
			try {
				const result = this.call(params.service, params.method, params.args);
				return context.json({ jsonrpc: '2.0', id, result });
			} catch (error) {
				if (!(error instanceof OdooError)) throw error;
				return context.json({ jsonrpc: '2.0', id, error: serverError(error) });
			}
		});
		this.app.notFound((context) =>
			context.text(`This Odoo does not have ${context.req.method} ${context.req.path}.`, 501),
		);
	}

	/** The records of a model, oldest first. Throws OdooError for a model that is not there. */
	records(model: string): OdooRecord[] {
		fieldsOf(model);
		return this.tables.get(model) ?? [];
	}

	private call(service: string, method: string, args: unknown[]): unknown {
		if (service === 'common' && method === 'version') return { server_version: '18.0' };
		if (service === 'common' && (method === 'login' || method === 'authenticate')) {
			const [database, username, password] = args;
			if (database !== this.database) {
				throw new OdooError(
					'psycopg2.OperationalError',
					`database "${String(database)}" does not exist`,
				);
			}
			return username === this.username && password === this.password ? this.userId : false;
		}
		if (service !== 'object' || method !== 'execute') {
			throw new OdooError('builtins.KeyError', `${service}.${method}`);
		}
		const [database, userId, password, model, name, ...rest] = executeSchema.parse(args);
		if (database !== this.database || userId !== this.userId || password !== this.password) {
			throw new OdooError('odoo.exceptions.AccessDenied', 'Access Denied');
		}
		return this.execute(model, name, rest);
	}

	private execute(model: string, method: string, args: unknown[]): unknown {
		const fields = fieldsOf(model);
		const table = this.tables.get(model) ?? [];
		this.tables.set(model, table);
		if (method === 'fields_get') return fields;
		if (method === 'create') return this.create(model, table, recordSchema.parse(args[0]));
		if (method === 'search_read') {
			const domain = z.array(conditionSchema).parse(args[0] ?? []);
			const wanted = z.array(z.string()).parse(args[1] ?? []);
			const offset = z.number().parse(args[2] ?? 0);
			const limit = z.number().optional().parse(args[3]);
			const found = table.filter((record) => domain.every((each) => meets(record, each)));
			const page = found.slice(offset, limit === undefined ? undefined : offset + limit);
			return page.map((record) => picked(record, wanted));
		}
		const ids = idsSchema.parse(args[0]);
		const records = ids.map((id) => this.byId(model, table, id));
		if (method === 'read') {
			const wanted = z.array(z.string()).parse(args[1] ?? []);
			return records.map((record) => picked(record, wanted));
		}
		if (method === 'write') {
			const values = checkedValues(model, recordSchema.parse(args[1]));
			for (const record of records) Object.assign(record, values);
			return true;
		}
		if (method === 'unlink') {
			this.tables.set(
				model,
				table.filter((record) => !records.includes(record)),
			);
			return true;
		}
		throw new OdooError(
			'builtins.AttributeError',
			`The method '${model}.${method}' does not exist`,
		);
	}

	private create(model: string, table: OdooRecord[], given: OdooRecord): number {
		const values = checkedValues(model, given);
		for (const [name, { required }] of Object.entries(fieldsOf(model))) {
			if (required && (values[name] ?? false) === false) {
				throw new OdooError(
					'odoo.exceptions.ValidationError',
					`Missing required value for the field '${name}' (${model})`,
				);
			}
		}
		if (table.some((record) => record.x_name === values.x_name)) {
			throw new OdooError(
				'odoo.exceptions.ValidationError',
				`The operation cannot be completed: ${String(values.x_name)} already exists in ${model}`,
			);
		}
		const empty = Object.keys(fieldsOf(model)).map((name) => [name, false]);
		const id = ++this.lastId;
		table.push({ ...Object.fromEntries(empty), ...values, id });
		return id;
	}

	private byId(model: string, table: OdooRecord[], id: number): OdooRecord {
		const record = table.find((each) => each.id === id);
		if (record) return record;
		throw new OdooError(
			'odoo.exceptions.MissingError',
			`Record does not exist or has been deleted.\n(Record: ${model}(${id},), User: ${this.userId})`,
		);
	}
}

function serverError(error: OdooError): Record<string, unknown> {
	const { kind, message } = error;
	const data = { name: kind, message, arguments: [message], context: {}, debug: '' };
	return { code: 200, message: 'Odoo Server Error', data };
}

function picked(record: OdooRecord, wanted: string[]): OdooRecord {
	if (wanted.length === 0) return { ...record };
	const names = ['id', ...wanted];
	return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}

/** Throws OdooError for an operator that is not there. */
function meets(
	record: OdooRecord,
	[name, operator, wanted]: z.output<typeof conditionSchema>,
): boolean {
	const value: OdooValue = record[name] ?? false;
	const among = Array.isArray(wanted) ? wanted : [wanted];
	if (operator === '=' || operator === 'in') return among.includes(value);
	if (operator === '!=' || operator === 'not in') return !among.includes(value);
	throw new OdooError('builtins.ValueError', `Invalid leaf operator '${operator}'`);
}
