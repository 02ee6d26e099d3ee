import { z } from 'zod';
import { openLakehouse, shapeOf, type OpenLakehouse } from '../delta/openLakehouse';
import { entriesOf, isRefusal, judgeError, outcomeOf, report, type Verdict } from './walk';

const REASONS: Record<string, string> = {
	'written by a program, not by a statement':
		'h-dataframe-append h-dataframe-append-user-metadata h-dataframe-overwrite h-streaming-append h-streaming-append-nothing-new h-streaming-append-second',
	'versions of statements that are refused here, and of programs': 'all-t2',
	'Databricks looks at the rows, where open-source Delta refuses': 'h-alter-not-null',
	'tables have no path': 'history-path',
	'every statement of the Statement API has a session of its own: no view of it is there for the next':
		'history-of-temp-view',
	'the same error with its place at the name, or without a place': 'history-limit-parameter',
	'the same error in fewer words': 'history-in-subquery',
	'Databricks tells also whether a clone is shallow': 'h-shallow-clone',
};
/** What is refused, and why. */
const REFUSED: Record<string, string> = {
	'tables have no partitions of files':
		'h-insert-overwrite-partition-dynamic h-insert-overwrite-partition-static',
	'tables have no files that could be purged or converted': 'h-reorg-purge h-convert-to-delta',
	'files are copied from volumes': 'h-copy-into',
	'Parquet tables are not there': 'history-of-parquet',
};

const version = z.object({
	version: z.number(),
	operation: z.string(),
	operationParameters: z.record(z.string().nullable()),
	readVersion: z.number().nullable(),
	isolationLevel: z.string(),
	isBlindAppend: z.boolean(),
	operationMetrics: z.record(z.string()),
});
type Version = z.infer<typeof version>;

const entry = z.object({
	id: z.string(),
	sql: z.union([z.string(), z.array(z.string())]),
	schema: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
	rows: z.array(z.array(z.string().nullable())).optional(),
	error: z
		.object({
			condition: z.string().nullable(),
			sqlState: z.string().nullable(),
			message: z.string(),
		})
		.optional(),
	new_versions: z.array(version).optional(),
});
type Entry = z.infer<typeof entry>;

/** Counts of rows; the other metrics are of files, bytes and times. */
const rowCounts = /^num(Output|Updated|Deleted|Target|Source)Rows/;
/** How many rows a rewritten file had beside the changed ones depends on files. */
const ofFiles = /Copied|^numOutputRows$/;

/** What may be compared of a version: no texts of predicates, sizes or numbers of files. */
function comparable(made: Version, shift = 0): unknown {
	const isMerge = made.operation === 'MERGE';
	const parameters = Object.entries(made.operationParameters).map(([key, value]) => [
		key,
		/predicate/i.test(key) ? 'predicate' : value,
	]);
	const metrics = Object.entries(made.operationMetrics).filter(
		([key]) => rowCounts.test(key) && !(isMerge && ofFiles.test(key)) && !/Copied/.test(key),
	);
	return {
		version: made.version + shift,
		operation: made.operation,
		readVersion: made.readVersion === null ? null : made.readVersion + shift,
		isolationLevel: made.isolationLevel,
		isBlindAppend: made.isBlindAppend,
		parameters: Object.fromEntries(parameters.sort()),
		metrics: Object.fromEntries(metrics.sort()),
	};
}

const texts = z.record(z.string().nullable());

/** Newest first, as recorded. */
async function versionsOf(opened: OpenLakehouse, table: string): Promise<Version[]> {
	const { rows } = await opened.run(`DESCRIBE HISTORY ${table}`);
	return rows.map((row) => ({
		version: Number(row[0]),
		operation: row[4] ?? '',
		operationParameters: texts.parse(JSON.parse(row[5] ?? '')),
		readVersion: row[9] === null || row[9] === undefined ? null : Number(row[9]),
		isolationLevel: row[10] ?? '',
		isBlindAppend: row[11] === 'true',
		operationMetrics: z.record(z.string()).parse(JSON.parse(row[12] ?? '')),
	}));
}

async function latestOf(opened: OpenLakehouse, table: string): Promise<number> {
	const exists = (await opened.conditionOf(`DESCRIBE HISTORY ${table}`)) === 'none';
	return exists ? ((await versionsOf(opened, table))[0]?.version ?? -1) : -1;
}

/** The table whose history an entry recorded: the one that its last statement names. */
function tableOf(statements: readonly string[]): string {
	const known = ['t2', 'dv', 'sc', 'e', 'c'];
	const words = (statements.at(-1) ?? '').split(/[\s(]+/);
	return words.slice(0, 8).find((word) => known.includes(word)) ?? 't';
}

/** Runs the statements of an entry and judges the versions that they made, or its error. */
async function judgeVersions(opened: OpenLakehouse, recorded: Entry): Promise<Verdict> {
	const statements = [recorded.sql].flat();
	const table = tableOf(statements);
	const before = await latestOf(opened, table);
	for (const statement of statements) {
		const outcome = await outcomeOf(() => opened.run(statement));
		if (!('error' in outcome)) continue;
		if (isRefusal(outcome.error)) return 'refused';
		return recorded.error === undefined
			? { differs: outcome.error.message }
			: judgeError(recorded.error, outcome.error);
	}
	if (recorded.error !== undefined) return { differs: `no ${recorded.error.condition}` };
	const wanted = recorded.new_versions ?? [];
	const made = (await versionsOf(opened, table)).filter((each) => each.version > before);
	// Statements that are refused make no version, so what follows them has a lower number.
	const shift = before < 0 || table === 't' ? 0 : before - (wanted.at(-1)?.version ?? 0) + 1;
	return equalOr(
		made.map((each) => comparable(each)),
		wanted.map((each) => comparable(each, shift)),
	);
}

function equalOr(ours: unknown, theirs: unknown): Verdict {
	const [mine, recorded] = [ours, theirs].map((each) => JSON.stringify(each));
	return mine === recorded ? 'equal' : { differs: `${mine} instead of ${recorded}` };
}

/** Columns of a line of the history that do not name users, machines and times. */
const lasting = [0, 4, 9, 10, 11];

/** Judges an entry that reads the history. */
async function judgeReading(opened: OpenLakehouse, recorded: Entry): Promise<Verdict> {
	const statements = [recorded.sql].flat();
	for (const before of statements.slice(0, -1)) {
		const outcome = await outcomeOf(() => opened.run(before));
		if ('error' in outcome) return isRefusal(outcome.error) ? 'refused' : differs(outcome.error);
	}
	const outcome = await outcomeOf(() => opened.run(statements.at(-1) ?? ''));
	if ('error' in outcome) {
		if (recorded.error !== undefined) return judgeError(recorded.error, outcome.error);
		return isRefusal(outcome.error) ? 'refused' : differs(outcome.error);
	}
	if (recorded.error !== undefined) return { differs: `no ${recorded.error.condition}` };
	const lines = (rows: readonly (string | null)[][]) =>
		rows.map((row) => lasting.map((column) => row[column]));
	return equalOr(
		{ shape: shapeOf(outcome.result), rows: lines(outcome.result.rows) },
		{
			shape: recorded.schema?.map(({ name, type }) => ({ name, type })),
			rows: lines(recorded.rows ?? []),
		},
	);
}

function differs({ message }: Error): Verdict {
	return { differs: message };
}

/** Entries whose outcome here would change the versions of the table for those after them. */
const apart: Record<string, string> = {
	'h-alter-not-null': 'CREATE TABLE t (id BIGINT, name STRING, amount DECIMAL(15,2))',
};

test('every kind of write makes the versions that were recorded, and the history reads as recorded', async () => {
	const opened = await openLakehouse();
	await opened.run('CREATE TABLE src (id BIGINT, name STRING, amount DECIMAL(15,2), op STRING)');
	await opened.run("INSERT INTO src VALUES (1,'u',10.00,'U'),(2,'d',20.00,'D'),(50,'n',50.00,'I')");
	const verdicts = new Map<string, Verdict>();
	for (const recorded of entriesOf('history.json', entry)) {
		const judge = recorded.new_versions === undefined ? judgeReading : judgeVersions;
		const setup = apart[recorded.id];
		const place = setup === undefined ? opened : await openLakehouse();
		if (setup !== undefined) await place.run(setup);
		verdicts.set(recorded.id, await judge(place, recorded));
		if (setup !== undefined) await place.close();
	}
	report('history.json', verdicts, REASONS, REFUSED);
	await opened.close();
}, 30_000);
