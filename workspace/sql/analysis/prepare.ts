import type { Expr, FromItem, Query, TimeTravel } from '../parser/syntax';
import type { Constant, Relation, Scope, TableAt } from '../scope';
import { SqlError, unsupported } from '../sqlError';
import { isUtc, sessionZone } from '../timeZones/sessionZone';
import { GENERATORS } from './generatorNames';
import { tableName } from './identifiers';
import { constantOf } from './parameters';

const FILE_FORMATS = /^(?:delta|parquet|csv|json|text|orc|avro|binaryfile)$/i;
const BUILT_IN = new Set([...GENERATORS, 'range']);

/** Looks up every table and table function of a syntax tree, before the analysis, which is synchronous. */
export async function lookUpRelations(
	tree: Query | Expr,
	text: string,
	scope: Scope,
): Promise<Map<FromItem, Relation>> {
	const found = new Map<FromItem, Relation>();
	await visit(tree, new Set());
	return found;

	async function visit(node: unknown, ctes: ReadonlySet<string>): Promise<void> {
		if (Array.isArray(node)) {
			for (const each of node) await visit(each, ctes);
			return;
		}
		if (typeof node !== 'object' || node === null) return;
		if (isQuery(node)) {
			const known = new Set(ctes);
			for (const cte of node.ctes) {
				await visit(cte.query, known);
				known.add(cte.name.toLowerCase());
			}
			const { ctes: _, ...rest } = node;
			await visit(Object.values(rest), known);
			return;
		}
		if (isTable(node)) {
			await located(node, table(node, ctes));
			return;
		}
		if (isTableFunction(node)) await located(node, tableFunction(node));
		await visit(Object.values(node), ctes);
	}

	/** What goes wrong with a relation goes wrong where it stands. */
	async function located(item: FromItem, work: Promise<void>): Promise<void> {
		try {
			await work;
		} catch (error) {
			throw error instanceof SqlError ? error.at({ text, offset: item.start }) : error;
		}
	}

	async function table(
		item: FromItem & { kind: 'table' },
		ctes: ReadonlySet<string>,
	): Promise<void> {
		const name = tableName(item.name, scope);
		const [first = ''] = name;
		if (FILE_FORMATS.test(first) && name[1]?.includes('/') === true) {
			throw unsupported(`a query on files by their path (${first}); use read_files`);
		}
		if (name.length === 1 && Array.isArray(item.name) && ctes.has(first.toLowerCase())) return;
		const at = { ...timeTravel(item.at, scope), ...(item.stream ? { stream: true } : {}) };
		found.set(item, await scope.table(name, at));
	}

	async function tableFunction(item: FromItem & { kind: 'tableFunction' }): Promise<void> {
		const name = item.name.map((part) => part.toLowerCase()).join('.');
		if (BUILT_IN.has(name)) return;
		const args: Constant[] = [];
		const named: Record<string, Constant> = {};
		for (const arg of item.args) {
			const value = arg.kind === 'named' ? arg.value : arg;
			const constant = constantOf(value, scope);
			if (constant === undefined) throw unsupported(`an argument of ${name} that is no constant`);
			if (arg.kind === 'named') named[arg.name] = constant;
			else args.push(constant);
		}
		const relation = await scope.tableFunction(name, args, named, item.stream);
		if (relation !== undefined) found.set(item, relation);
	}
}

function timeTravel(at: TimeTravel, scope: Scope): TableAt {
	if (at.version !== undefined) {
		const constant = constantOf(at.version, scope);
		if (constant === undefined || constant.value === null || !/^\d+$/.test(constant.value)) {
			throw unsupported('VERSION AS OF with anything but a whole number');
		}
		return { version: Number(constant.value) };
	}
	if (at.timestamp === undefined) return {};
	if (!isUtc()) throw unsupported(`TIMESTAMP AS OF in a session in ${sessionZone()}`);
	const constant = constantOf(at.timestamp, scope);
	if (constant === undefined || constant.value === null) {
		throw new SqlError(
			'INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT',
			'42K0E',
			'The time travel timestamp expression is invalid. Must be a constant timestamp, date or text.',
		);
	}
	return { timestamp: constant.value };
}

function isQuery(node: object): node is Query {
	return 'kind' in node && node.kind === 'query';
}

function isTable(node: object): node is FromItem & { kind: 'table' } {
	return 'kind' in node && node.kind === 'table';
}

function isTableFunction(node: object): node is FromItem & { kind: 'tableFunction' } {
	return 'kind' in node && node.kind === 'tableFunction';
}
