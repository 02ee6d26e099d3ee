import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UNSUPPORTED_HERE, type SqlError } from '../../../workspace/sql/sqlError';
import { classify } from '../../../workspace/sql/tokens';
import type { Constant } from '../../../workspace/sql/translate';
import { Session, typed, type Outcome } from './session';

const folder = join(__dirname, '../../recordings/delta');
const argumentSchema = z.object({ python: z.string(), value: z.unknown() });
const entrySchema = z.object({
	id: z.string(),
	sql: z.union([z.string(), z.array(z.string())]),
	args: z.union([z.record(argumentSchema), z.array(argumentSchema)]).nullish(),
	conf: z.unknown().optional(),
	schema: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
	rows: z.array(z.array(z.string().nullable())).nullish(),
	error: z.object({ condition: z.string().nullable() }).optional(),
});
type Entry = z.infer<typeof entrySchema>;

function entries<T extends z.ZodTypeAny>(file: string, schema: T): z.infer<T>[] {
	const content: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
	return z.object({ entries: z.array(schema) }).parse(content).entries;
}

/** What became of a recorded query: the same answer, a refusal by name, or something else. */
type Verdict = 'reproduced' | 'refused' | `different: ${string}`;

function verdict(entry: Entry, outcome: Outcome, ordered: boolean): Verdict {
	if ('error' in outcome) {
		const { condition } = outcome.error;
		if (condition === entry.error?.condition) return 'reproduced';
		if (condition === UNSUPPORTED_HERE && !isFailure(outcome.error)) return 'refused';
		return `different: ${outcome.error.message.slice(0, 160)}`;
	}
	if (entry.error !== undefined) {
		return `different: ${entry.error.condition} was expected, got ${JSON.stringify(outcome.answer.rows).slice(0, 80)}`;
	}
	const expected = JSON.stringify([
		entry.schema?.map(({ name, type }) => [name, type]),
		arranged(entry.rows ?? [], ordered),
	]);
	const received = JSON.stringify([
		outcome.answer.columns.map(({ name, type }) => [name, type]),
		arranged(outcome.answer.rows, ordered),
	]);
	return received === expected ? 'reproduced' : `different: ${received} instead of ${expected}`;
}

/** DuckDB did not take the SQL: neither an answer nor a refusal by name. */
const isFailure = (error: SqlError): boolean =>
	error.message.includes('could not run this statement');

function arranged(rows: readonly (string | null)[][], ordered: boolean): readonly unknown[] {
	return ordered ? rows : [...rows].map((row) => JSON.stringify(row)).sort();
}

function constantOf({ python, value }: z.infer<typeof argumentSchema>): Constant | undefined {
	const text =
		python === 'bool' ? String(value).toLowerCase() : value === null ? null : String(value);
	switch (python) {
		case 'str':
			return typed(text === '100000 times x' ? 'x'.repeat(100_000) : text, 'string');
		case 'int':
			return typed(text, Math.abs(Number(value)) < 2 ** 31 ? 'int' : 'bigint');
		case 'float':
			return typed(text, 'double');
		case 'bool':
			return typed(text, 'boolean');
		case 'date':
			return typed(text, 'date');
		case 'datetime':
			return typed(text, 'timestamp');
		case 'Decimal':
			return typed(text, 'decimal(4,2)');
		case 'NoneType':
			return typed(null, 'void');
		default:
			return undefined;
	}
}

/** Named arguments as parameters; undefined for what the Statement Execution API cannot send. */
function parametersOf(args: Entry['args']): Map<string, Constant> | undefined {
	const parameters = new Map<string, Constant>();
	if (args === undefined || args === null) return parameters;
	if (Array.isArray(args)) return args.length === 0 ? parameters : undefined;
	for (const [name, argument] of Object.entries(args)) {
		const constant = constantOf(argument);
		if (constant === undefined) return undefined;
		parameters.set(name, constant);
	}
	return parameters;
}

/** Queries whose answer is the table's: time travel, change feed, files, protocol, views. */
const OF_TABLES = /\bas of\b|table_changes|delta\.`|parquet\.`|from (?:lost|nolog|gone|pr2?|vw)\b/i;

/** Runs the queries of a file and says which are the same, refused, or different (with what). */
async function judge(
	session: Session,
	file: string,
	before: (entry: Entry) => Promise<void> = async () => undefined,
): Promise<{ reproduced: string[]; refused: string[]; different: Record<string, string> }> {
	const result: { reproduced: string[]; refused: string[]; different: Record<string, string> } = {
		reproduced: [],
		refused: [],
		different: {},
	};
	for (const entry of entries(file, entrySchema)) {
		await before(entry);
		if (Array.isArray(entry.sql) || entry.conf !== undefined || !isQuery(entry.sql)) continue;
		if (OF_TABLES.test(entry.sql)) continue;
		const parameters = parametersOf(entry.args);
		if (parameters === undefined) continue;
		session.parameters = parameters;
		const ordered = /order by/i.test(entry.sql);
		const found = verdict(entry, await session.run(entry.sql), ordered);
		if (found === 'reproduced') result.reproduced.push(entry.id);
		else if (found === 'refused') result.refused.push(entry.id);
		else result.different[entry.id] = found;
	}
	return result;
}

function isQuery(sql: string): boolean {
	try {
		return classify(sql).isQuery || /^selec\b/.test(sql);
	} catch {
		return true;
	}
}

/** Shows what is reproduced and what refused; the number of reproduced ones may only grow. */
function report(what: string, reproduced: string[], refused: string[], least: number): void {
	process.stdout.write(
		`${what}: ${reproduced.length} reproduced, ${refused.length} refused by name\n`,
	);
	if (process.env['SHOW_REFUSED'] !== undefined) process.stdout.write(`${refused.join(' ')}\n`);
	expect(reproduced.length).toBeGreaterThanOrEqual(least);
}

let session: Session;
beforeEach(async () => {
	session = await Session.open();
});
afterEach(() => session.close());

test('recorded values have the recorded type and text, or are refused by name', async () => {
	const schema = z.object({
		id: z.string(),
		expr: z.string(),
		sessionTimeZone: z.string().optional(),
		type: z.object({ typeof: z.string() }).optional(),
		string: z.string().nullish(),
		error: z.object({ condition: z.string().nullable() }).optional(),
	});
	const reproduced: string[] = [];
	const refused: string[] = [];
	const different: Record<string, string> = {};
	for (const entry of entries('types.json', schema)) {
		const zone = entry.sessionTimeZone ?? 'UTC';
		if (zone !== 'UTC' && zone !== 'Etc/UTC') continue;
		const outcome = await session.run(
			`select cast(v as string) s, typeof(v) t from (select ${entry.expr} as v)`,
		);
		if ('error' in outcome) {
			const { condition } = outcome.error;
			if (condition === entry.error?.condition) reproduced.push(entry.id);
			else if (condition === UNSUPPORTED_HERE && !isFailure(outcome.error)) refused.push(entry.id);
			else different[entry.id] = outcome.error.message;
			continue;
		}
		const received = JSON.stringify(outcome.answer.rows);
		const expected = JSON.stringify([[entry.string ?? null, entry.type?.typeof]]);
		if (entry.error === undefined && received === expected) reproduced.push(entry.id);
		else different[entry.id] = `${received} instead of ${expected}`;
	}
	expect(Object.keys(different)).toEqual([
		// the DuckDB driver drops a U+FEFF at the beginning of a text it hands over
		'string-bom',
	]);
	report('values', reproduced, refused, 148);
});

test('recorded errors have the recorded condition', async () => {
	await session.create(
		't',
		"select 1L as id, 'a' as name, cast(1.00 as decimal(15,2)) as amount, date'2024-01-31' as d",
	);
	await session.create('u', "select * from values (1L, 'x'), (2L, 'y') as u(id, name)");
	const { reproduced, refused, different } = await judge(session, 'query-errors.json');
	expect(Object.keys(different)).toEqual([
		// Databricks has many catalogs and QUALIFY; the recorded open-source Spark has neither
		'catalog-missing',
		'four-part-name',
		'qualify-clause',
	]);
	report('errors', reproduced, refused, 100);
});

test('recorded parameters bind as recorded', async () => {
	const row = `cast(1 as tinyint) as ti, 5 as i, 9007199254740993L as l, cast(1.1 as float) as f, 1.1D as dbl,
		cast(10.50 as decimal(15,2)) as dec, 'abc' as s, cast('abc' as binary) as bin, date'2024-01-31' as d,
		timestamp'2024-01-31 12:00:00' as ts, timestamp_ntz'2024-01-31 12:00:00' as ntz, array(1,2) as a`;
	await session.create('ty', `select true as b, ${row}`);
	const addRow = async (i: string): Promise<void> => {
		await session.connection.run(`INSERT INTO ty (i) VALUES (${i})`);
	};
	const result = await judge(session, 'parameters.json', async (entry) => {
		if (entry.id === 'identifier-update') await addRow('77');
		if (entry.id === 'null-typeof') await addRow('NULL');
	});
	expect(result.different).toEqual({});
	report('parameters', result.reproduced, result.refused, 182);
});

test('recorded names are quoted and found as recorded', async () => {
	await session.create(
		'mixedcase',
		"select * from (select 1 as `Id`, 'x' as `Full Name`) where false",
	);
	await session.create(
		'c2',
		"select 1 as `a b`, 'x' as `x.y`, 1 as `q``t`, 1 as `ä`, 1 as `select`, 1 as `a-b` limit 0",
	);
	const { reproduced, refused, different } = await judge(session, 'identifiers.json');
	expect(different).toEqual({});
	report('names', reproduced, refused, 10);
});
