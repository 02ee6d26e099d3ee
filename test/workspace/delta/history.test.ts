import { z } from 'zod';
import { openLakehouse, shapeOf, type OpenLakehouse } from './openLakehouse';
import { recorded, statementsOf, type Recorded, type RecordedVersion } from './recordings';

/**
 * Not SQL, or not of a Delta table of Unity Catalog; and SET NOT NULL, for which Databricks looks
 * at the rows where open-source Delta always refuses.
 */
const notHere =
	/alter-not-null|dataframe|streaming-append|convert|history-path|of-temp-view|of-parquet/;
/** What the workspace says it cannot do, rather than doing it differently. */
const refused = [
	'h-insert-overwrite-partition-dynamic',
	'h-insert-overwrite-partition-static',
	'h-reorg-purge',
	'h-shallow-clone',
	'h-copy-into',
];

const texts = z.record(z.string().nullable());
/** Counts of rows; the other metrics are of files, bytes and times. */
const rowCounts = /^num(Output|Updated|Deleted|Target|Source)Rows/;
/** How many rows a rewritten file had beside the changed ones depends on files. */
const ofFiles = /Copied|^numOutputRows$/;

/** What may be compared of a version: no predicate texts, byte sizes or numbers of files. */
function comparable(version: RecordedVersion) {
	const isMerge = version.operation === 'MERGE';
	const parameters = Object.entries(version.operationParameters).map(([key, value]) => [
		key,
		/predicate/i.test(key)
			? (value ?? '').replace(/"predicate":"[^"]*",/g, '') && 'predicate'
			: value,
	]);
	const metrics = Object.entries(version.operationMetrics).filter(
		([key]) => rowCounts.test(key) && !(isMerge && ofFiles.test(key)) && !/Copied/.test(key),
	);
	return {
		version: version.version,
		operation: version.operation,
		readVersion: version.readVersion,
		isolationLevel: version.isolationLevel,
		isBlindAppend: version.isBlindAppend,
		parameters: Object.fromEntries(parameters.sort()),
		metrics: Object.fromEntries(metrics.sort()),
	};
}

let opened: OpenLakehouse;
beforeEach(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE src (id BIGINT, name STRING, amount DECIMAL(15,2), op STRING)');
	await opened.run("INSERT INTO src VALUES (1,'u',10.00,'U'),(2,'d',20.00,'D'),(50,'n',50.00,'I')");
});
afterEach(() => opened.close());

/** Newest first, like the recordings. */
async function versionsOf(table: string): Promise<RecordedVersion[]> {
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

/** The table whose history an entry recorded: the one that its last statement names. */
function tableOf(entry: Recorded): string {
	const known = ['t2', 'dv', 'sc', 'e', 'c'];
	const words = (statementsOf(entry).at(-1) ?? '').split(/[\s(]+/);
	return words.slice(0, 8).find((word) => known.includes(word)) ?? 't';
}

test('every kind of write makes the versions that were recorded, in one history', async () => {
	const entries = (await recorded('history')).filter(
		(entry) => entry.made_versions !== undefined && !notHere.test(entry.id),
	);
	const outcomes: string[] = [];
	for (const entry of entries) {
		const table = tableOf(entry);
		const before = await latestOf(table);
		let failed = 'none';
		for (const statement of statementsOf(entry)) failed = await opened.conditionOf(statement);
		if (refused.includes(entry.id)) {
			const loud = ['UNSUPPORTED_FEATURE.LOCAL_WORKSPACE', entry.error?.condition ?? ''];
			expect([entry.id, loud.includes(failed)]).toEqual([entry.id, true]);
			outcomes.push('refused');
			continue;
		}
		if (entry.error !== undefined) {
			expect([entry.id, failed]).toEqual([entry.id, entry.error.condition]);
			outcomes.push('error');
			continue;
		}
		expect([entry.id, failed]).toEqual([entry.id, 'none']);
		const made = (await versionsOf(table)).filter(({ version }) => version > before);
		const wanted = entry.new_versions ?? [];
		const shift = before < 0 || table === 't' ? 0 : before - (wanted.at(-1)?.version ?? 0) + 1;
		const expected = wanted.map((version) => ({
			...comparable(version),
			version: version.version + shift,
			readVersion: version.readVersion === null ? null : version.readVersion + shift,
		}));
		expect([entry.id, made.map(comparable)]).toEqual([entry.id, expected]);
		outcomes.push('made');
	}
	expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(53);
	expect(outcomes.filter((outcome) => outcome === 'error')).toHaveLength(1);
	expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(refused.length);
});

async function latestOf(table: string): Promise<number> {
	const exists = (await opened.conditionOf(`DESCRIBE HISTORY ${table}`)) === 'none';
	return exists ? ((await versionsOf(table))[0]?.version ?? -1) : -1;
}

test('DESCRIBE HISTORY has the recorded columns, takes only LIMIT, and knows no views', async () => {
	const entries = (await recorded('history')).filter(
		(entry) => entry.made_versions === undefined && !notHere.test(entry.id),
	);
	await opened.run('CREATE TABLE t (id INT)');
	await opened.run('CREATE TABLE t2 (id INT)');
	await opened.run('INSERT INTO t VALUES (1)');
	for (const entry of entries) {
		const statements = statementsOf(entry);
		const last = statements.pop() ?? '';
		for (const statement of statements) await opened.run(statement);
		if (entry.error !== undefined) {
			expect([entry.id, await opened.conditionOf(last)]).toEqual([entry.id, entry.error.condition]);
			continue;
		}
		const result = await opened.run(last);
		expect([entry.id, shapeOf(result)]).toEqual([
			entry.id,
			entry.schema?.map(({ name, type }) => ({ name, type })),
		]);
		const limit = /limit (\d)/.exec(last)?.[1];
		if (limit !== undefined) expect(result.rows).toHaveLength(Number(limit));
	}
	expect(entries).toHaveLength(10);
});
