import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SqlResult, SqlSession, StatementParameter } from '../../../workspace/delta/session';
import { SqlError, UNSUPPORTED_HERE } from '../../../workspace/sql/sqlError';
import { typeName } from '../../../workspace/sql/sqlType';
import { classify } from '../../../workspace/sql/tokens';
import type { OpenLakehouse } from '../delta/openLakehouse';

const argument = z.object({ python: z.string(), value: z.unknown() });
const statement = z.object({
	id: z.string(),
	/** what another session had done before */
	setup: z.array(z.string()).optional(),
	sql: z.union([z.string(), z.array(z.string())]),
	args: z.union([z.record(argument), z.array(argument)]).nullish(),
	schema: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
	rows: z
		.array(z.array(z.string().nullable()))
		.nullish()
		.transform((rows) => rows ?? undefined),
	error: z
		.object({
			condition: z.string().nullable(),
			sqlState: z.string().nullable(),
			message: z.string(),
		})
		.optional(),
});
/** A statement and what Spark answered to it. */
export type Recorded = z.infer<typeof statement>;

const folder = join(__dirname, '../../recordings/delta');

/** The entries of a file recorded from Spark 4.1 and Delta Lake 4.3. */
export function entriesOf<T extends z.ZodTypeAny>(file: string, entry: T): z.infer<T>[] {
	const content: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
	return z.object({ entries: z.array(entry) }).parse(content).entries;
}

export const statementsIn = (file: string): Recorded[] => entriesOf(file, statement);

/** What became of an entry: the recorded answer, a refusal by name, or something else. */
export type Verdict = 'equal' | 'refused' | { differs: string; known?: string };

/** DuckDB did not take the SQL: neither an answer nor a refusal by name. */
const isFailure = (error: SqlError): boolean =>
	error.message.includes('could not run this statement');

export const isRefusal = (error: SqlError): boolean =>
	error.condition === UNSUPPORTED_HERE && !isFailure(error);

/** Runs and gives the answer, or the error. */
export async function outcomeOf(
	run: () => Promise<SqlResult>,
): Promise<{ result: SqlResult } | { error: SqlError }> {
	try {
		return { result: await run() };
	} catch (error) {
		if (error instanceof SqlError) return { error };
		throw error;
	}
}

/**
 * A message without what differs from case to case (names, values, numbers), but with its place; and
 * without what no answer of a warehouse has: the plan of the query, the excerpt that only running
 * Spark's own operators gives.
 */
function shapeOfMessage(message: string): string {
	const place = /[;(] ?line (\d+),? pos (\d+)/.exec(message);
	const shape = message
		.replace(/(; line \d+ pos \d+);\n[\s\S]*$/, '$1')
		.replace(/(only supports Delta sources\.)\n[\s\S]*$/, '$1')
		.replace(/\n== SQL[\s\S]*$/, '')
		.replace(/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/g, '#')
		.replace(/ SQLSTATE: \w{5}/, '')
		.replace(/`[^`]*`(?:\.`[^`]*`)*|"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?(?:E\d+)?/g, '#')
		.replace(/\s+/g, ' ')
		.trim();
	return place === null ? shape : `${shape} at ${place[1]}:${place[2]}`;
}

/** Errors must agree in condition, SQLSTATE and the shape of the message. */
export function judgeError(recorded: NonNullable<Recorded['error']>, error: SqlError): Verdict {
	if (error.condition !== recorded.condition) {
		return isRefusal(error)
			? 'refused'
			: { differs: `${error.message} instead of ${recorded.condition}` };
	}
	if (recorded.sqlState !== null && error.sqlState !== recorded.sqlState) {
		return { differs: `SQLSTATE ${error.sqlState} instead of ${recorded.sqlState}` };
	}
	const [ours, theirs] = [error.message, recorded.message].map(shapeOfMessage);
	return ours === theirs ? 'equal' : { differs: `${ours} instead of ${theirs}` };
}

/** A recorded cell as the wire shows it: recorded are texts of CAST AS STRING, in which times differ. */
function wireCell(text: string | null, type: string | undefined): string | null {
	if (text === null || (type !== 'timestamp' && type !== 'timestamp_ntz')) return text;
	const [date = '', time = ''] = text.split(' ');
	const [clock = '', fraction = ''] = time.split('.');
	return `${date}T${clock}.${fraction.padEnd(3, '0')}${type === 'timestamp' ? 'Z' : ''}`;
}

/** Whether the text of a type on the wire is not that of CAST AS STRING. */
const hasOtherText = (type: string): boolean => /^(?:array|map|struct|binary|interval)/.test(type);

/** Judges the statements of one file, one after the other. */
export class Walk {
	readonly verdicts = new Map<string, Verdict>();

	constructor(
		private readonly opened: OpenLakehouse,
		private readonly session: SqlSession = opened.session,
	) {}

	private run(sql: string, parameters: StatementParameter[] = []): Promise<SqlResult> {
		return this.opened.lakehouse.run(sql, this.session, parameters);
	}

	/** Runs the statements of an entry; the answer to the last one is judged. */
	async judge(entry: Recorded, parameters: StatementParameter[] = []): Promise<void> {
		const statements = [entry.sql].flat();
		const last = statements.pop() ?? '';
		for (const before of statements) {
			const outcome = await outcomeOf(() => this.run(before));
			if (!('error' in outcome)) continue;
			this.verdicts.set(
				entry.id,
				isRefusal(outcome.error) ? 'refused' : { differs: outcome.error.message },
			);
			return;
		}
		this.verdicts.set(entry.id, await this.answer(entry, last, parameters));
	}

	private async answer(
		entry: Recorded,
		sql: string,
		parameters: StatementParameter[],
	): Promise<Verdict> {
		const outcome = await outcomeOf(() => this.run(sql, parameters));
		if ('error' in outcome) {
			if (entry.error !== undefined) return judgeError(entry.error, outcome.error);
			return isRefusal(outcome.error) ? 'refused' : { differs: outcome.error.message };
		}
		if (entry.error !== undefined) {
			const rows = JSON.stringify(outcome.result.rows).slice(0, 100);
			return { differs: `${rows} instead of ${entry.error.condition}` };
		}
		return this.rows(entry, sql, parameters, outcome.result);
	}

	private async rows(
		{ schema = [], rows = [] }: Recorded,
		sql: string,
		parameters: StatementParameter[],
		result: SqlResult,
	): Promise<Verdict> {
		const shape = result.columns.map(({ name, type }) => ({
			name: lasting(name),
			type: typeName(type),
		}));
		const columns = schema.map(({ name, type }) => ({ name: lasting(name), type }));
		const known = knownShape(shape, columns);
		if (known === undefined && JSON.stringify(shape) !== JSON.stringify(columns)) {
			return { differs: `${JSON.stringify(shape)} instead of ${JSON.stringify(columns)}` };
		}
		if (known === ANSWERS_COUNTS) return { known, differs: JSON.stringify(result.rows) };
		let cells = result.rows.map((row) => row.map(withoutPath));
		let expected = rows.map((row) => row.map((cell, at) => wireCell(cell, schema[at]?.type)));
		if (classify(sql).isQuery && schema.some(({ type }) => hasOtherText(type))) {
			cells = (await this.run(asTexts(sql, schema), parameters)).rows;
			expected = rows;
		}
		const ordered = /order by/i.test(sql);
		const [ours, theirs] = [cells, expected].map((each) => JSON.stringify(arranged(each, ordered)));
		if (ours !== theirs) return { differs: `${ours} instead of ${theirs}` };
		return known === undefined ? 'equal' : { known, differs: JSON.stringify(shape) };
	}
}

/** A name without the ID that each run of a script has. */
const lasting = (name: string): string => name.replace(/`[\da-f]{8}-[\da-f-]{27}`/, '`#`');

/** Paths of the recording became `<path>`; those of this workspace lead nowhere. */
const withoutPath = (cell: string | null): string | null =>
	cell?.startsWith('local-workspace:/') === true ? '<path>' : cell;

const ANSWERS_COUNTS = 'INSERT and CREATE TABLE AS answer their counts';

type Shape = readonly { name: string }[];
const names = (shape: Shape): string => shape.map(({ name }) => name).join();

/** Columns that a warehouse names otherwise than open-source Spark. */
function knownShape(ours: Shape, theirs: Shape): string | undefined {
	if (names(ours) === names(theirs)) return undefined;
	if (theirs.length === 0 && names(ours) === 'num_affected_rows,num_inserted_rows') {
		return ANSWERS_COUNTS;
	}
	const renamed = names(theirs).replace(
		/^namespace/,
		ours.length === 1 ? 'databaseName' : 'database',
	);
	if (names(ours) === renamed) return 'SHOW names the schema otherwise';
	const described = names(theirs)
		.replaceAll('info_', 'database_description_')
		.replace('_name', '_item');
	return names(ours) === described ? 'DESCRIBE SCHEMA names its columns otherwise' : undefined;
}

/** The query with every column as CAST AS STRING gives it. */
function asTexts(sql: string, schema: readonly { type: string }[]): string {
	const columns = schema.map((_, index) => `c${index}`);
	const texts = schema.map(({ type }, index) =>
		type === 'binary' ? `concat('0x', lower(hex(c${index})))` : `CAST(c${index} AS STRING)`,
	);
	return `SELECT ${texts.join(', ')} FROM (${sql}\n) AS x(${columns.join(', ')})`;
}

function arranged(rows: readonly (string | null)[][], ordered: boolean): readonly string[] {
	const texts = rows.map((row) => JSON.stringify(row));
	return ordered ? texts : texts.sort();
}

const readme = join(__dirname, '../../../workspace/README.md');

/**
 * Every entry that differs must stand under a reason, every one that is refused under what is not
 * there, and nothing else; the counts are printed and must be those of the table in the workspace's
 * README.
 */
export function report(
	file: string,
	verdicts: ReadonlyMap<string, Verdict>,
	because: Record<string, string>,
	refusedBecause: Record<string, string>,
): void {
	const reasons = new Set(Object.values(because).flatMap((list) => list.split(/\s+/)));
	const limits = Object.values(refusedBecause).flatMap((list) => list.split(/\s+/));
	const ids = (wanted: (verdict: Verdict) => boolean): string[] =>
		[...verdicts].filter(([, verdict]) => wanted(verdict)).map(([id]) => id);
	const equal = ids((verdict) => verdict === 'equal');
	const refused = ids((verdict) => verdict === 'refused');
	const differing = ids((verdict) => typeof verdict === 'object');
	const known = ids((verdict) => typeof verdict === 'object' && verdict.known !== undefined);
	const row = [file, verdicts.size, equal.length, refused.length, differing.length];
	process.stdout.write(
		`${file}: ${equal.length} of ${verdicts.size} equal, ${refused.length} refused by name, ${differing.length} differing with a reason\n`,
	);
	if (process.env['SHOW_WALK'] !== undefined) {
		process.stdout.write(`refused: ${refused.join(' ')}\n`);
		for (const id of differing) {
			process.stdout.write(`differs: ${id}: ${JSON.stringify(verdicts.get(id))}\n`);
		}
	}
	const unexplained = differing.filter((id) => !reasons.has(id) && !known.includes(id));
	expect(Object.fromEntries(unexplained.map((id) => [id, verdicts.get(id)]))).toEqual({});
	expect([...reasons].filter((id) => !differing.includes(id))).toEqual([]);
	expect([...refused].sort()).toEqual(limits.filter((id) => id !== '').sort());
	const lines = readFileSync(readme, 'utf8').split('\n');
	const kept = lines
		.map((line) => line.split('|').map((cell) => cell.trim()))
		.find((cells) => cells[1] === `\`${file}\``)
		?.slice(2, 6)
		.map(Number);
	expect([file, ...(kept ?? [])]).toEqual(row);
}
