import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetSpec } from '../../../workspace/delta/objects';
import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
let landing: string;
beforeEach(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE VOLUME landing');
	landing = join(opened.volumesRoot, 'spark_catalog/s/landing');
	await mkdir(landing, { recursive: true });
});
afterEach(() => opened.close());

const rowsSchema = 'id BIGINT, agency STRING, amount DECIMAL(18,2)';

function bronze(changes: Partial<DatasetSpec> = {}): DatasetSpec {
	return {
		name: ['spark_catalog', 's', 'bronze'],
		kind: 'STREAMING_TABLE',
		query: `SELECT id, agency, amount, _metadata.file_name AS file
			FROM STREAM read_files('/Volumes/spark_catalog/s/landing', format => 'json', schema => '${rowsSchema}')`,
		session: opened.session,
		expectations: [],
		...changes,
	};
}

const silver = (expectations: DatasetSpec['expectations'] = []): DatasetSpec => ({
	...bronze(),
	name: ['spark_catalog', 's', 'silver'],
	query: 'SELECT id, agency, amount FROM STREAM bronze',
	expectations,
});

async function land(name: string, ...lines: object[]): Promise<void> {
	await writeFile(join(landing, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const refresh = (spec: DatasetSpec, fullRefresh = false) =>
	opened.lakehouse.refreshDataset(spec, { fullRefresh, user: 'pipeline' });

const operations = async (table: string) =>
	(await opened.rows(`DESCRIBE HISTORY ${table}`)).map((row) => row[4]).reverse();

test('a streaming table reads each file once, and commits only when there are rows', async () => {
	await land(
		'a.jsonl',
		{ id: 1, agency: 'RIM', amount: 1.5 },
		{ id: 2, agency: 'BOM', amount: '2.25' },
	);
	const first = await refresh(bronze());
	const nothing = await refresh(bronze());
	await land('b.jsonl', { id: 3, agency: 'JPAL' });
	const second = await refresh(bronze());
	expect([first.outputRows, nothing.outputRows, second.outputRows]).toEqual([2, 0, 1]);
	expect([first.version, nothing.version, second.version]).toEqual([1, 1, 2]);
	expect(await opened.rows('SELECT * FROM bronze ORDER BY id')).toEqual([
		['1', 'RIM', '1.50', 'a.jsonl'],
		['2', 'BOM', '2.25', 'a.jsonl'],
		['3', 'JPAL', null, 'b.jsonl'],
	]);
	expect(await operations('bronze')).toEqual([
		'CREATE TABLE',
		'STREAMING UPDATE',
		'STREAMING UPDATE',
	]);
});

test('expectations count every record; NULL does not meet one; drop and fail act', async () => {
	await land('a.jsonl', { id: 1, amount: 5 }, { id: 2, amount: -5 }, { id: 3 }, { amount: 9 });
	await refresh(bronze());
	const progress = await refresh(
		silver([
			{ name: 'positive', condition: 'amount > 0', onViolation: 'drop' },
			{ name: 'has_id', condition: 'id IS NOT NULL', onViolation: 'warn' },
		]),
	);
	expect(progress).toEqual({
		version: 1,
		moreToRead: false,
		outputRows: 2,
		upsertedRows: 0,
		deletedRows: 0,
		droppedRecords: 2,
		expectations: [
			{ name: 'positive', passedRecords: 2, failedRecords: 2 },
			{ name: 'has_id', passedRecords: 3, failedRecords: 1 },
		],
	});
	const strict = { ...silver([{ name: 'id', condition: 'id IS NOT NULL', onViolation: 'fail' }]) };
	await expect(refresh(strict, true)).rejects.toMatchObject({
		condition: 'EXPECTATION_VIOLATION.VERBOSITY_ALL',
	});
	expect(await opened.rows('SELECT count(*) FROM silver')).toEqual([['2']]);
});

test('a stream over a table goes on where it stopped, and refuses changed rows', async () => {
	await opened.run('CREATE TABLE bronze (id BIGINT, agency STRING, amount DECIMAL(18,2))');
	await opened.run("INSERT INTO bronze VALUES (1,'A',1),(2,'B',2)");
	const first = await refresh(silver());
	await opened.run("INSERT INTO bronze VALUES (3,'C',3)");
	const second = await refresh(silver());
	expect([first.outputRows, second.outputRows]).toEqual([2, 1]);
	await opened.run('UPDATE bronze SET amount = 9 WHERE id = 1');
	await expect(refresh(silver())).rejects.toMatchObject({
		condition: 'DELTA_SOURCE_TABLE_IGNORE_CHANGES',
	});
	const full = await refresh(silver(), true);
	expect(full.outputRows).toBe(3);
	expect(await operations('silver')).toEqual([
		'CREATE TABLE',
		'STREAMING UPDATE',
		'STREAMING UPDATE',
		'TRUNCATE',
		'STREAMING UPDATE',
	]);
	await opened.run('DROP TABLE bronze');
	await opened.run('CREATE TABLE bronze (id BIGINT, agency STRING, amount DECIMAL(18,2))');
	await expect(refresh(silver())).rejects.toMatchObject({
		condition: 'DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE',
	});
});

test('a materialized view is computed anew, as one overwrite', async () => {
	await opened.run('CREATE TABLE bronze (id BIGINT, agency STRING, amount DECIMAL(18,2))');
	await opened.run("INSERT INTO bronze VALUES (1,'A',1),(2,'A',2)");
	const gold: DatasetSpec = {
		...bronze(),
		name: ['spark_catalog', 's', 'gold'],
		kind: 'MATERIALIZED_VIEW',
		query: 'SELECT agency, sum(amount) AS total FROM bronze GROUP BY agency',
		comment: 'Totals',
		properties: { 'delta.enableChangeDataFeed': 'true' },
	};
	expect(await refresh(gold)).toMatchObject({ version: 1, outputRows: 1 });
	await opened.run("INSERT INTO bronze VALUES (3,'B',7)");
	expect(await refresh(gold)).toMatchObject({ version: 2, outputRows: 2 });
	expect(await opened.rows('SELECT * FROM gold ORDER BY agency')).toEqual([
		['A', '3.00'],
		['B', '7.00'],
	]);
	expect(await opened.lakehouse.tables.get('spark_catalog', 's', 'gold')).toMatchObject({
		kind: 'MATERIALIZED_VIEW',
		comment: 'Totals',
		version: 2,
		columns: [
			{ name: 'agency' },
			{ name: 'total', type: { kind: 'decimal', precision: 28, scale: 2 } },
		],
	});
	const changes = "SELECT _change_type, agency, total FROM table_changes('gold', 2) ORDER BY 1, 2";
	expect(await opened.rows(changes)).toEqual([
		['delete', 'A', '3.00'],
		['insert', 'A', '3.00'],
		['insert', 'B', '7.00'],
	]);
});

test('a column that the query gains is added; one that changes its type needs a full refresh', async () => {
	await opened.run('CREATE TABLE bronze (id BIGINT, agency STRING, amount DECIMAL(18,2))');
	await opened.run("INSERT INTO bronze VALUES (1,'A',1)");
	await refresh(silver());
	await opened.run("INSERT INTO bronze VALUES (2,'B',2)");
	const wider = {
		...silver(),
		query: 'SELECT id, agency, amount, amount > 1 AS big FROM STREAM bronze',
	};
	await refresh(wider);
	expect(await opened.rows('SELECT id, big FROM silver ORDER BY id')).toEqual([
		['1', null],
		['2', 'true'],
	]);
	const retyped = { ...silver(), query: 'SELECT CAST(id AS STRING) AS id FROM STREAM bronze' };
	await expect(refresh(retyped)).rejects.toMatchObject({
		condition: 'DELTA_FAILED_TO_MERGE_FIELDS',
	});
	await refresh(retyped, true);
	expect(await opened.rows('SELECT * FROM silver ORDER BY id')).toEqual([['1'], ['2']]);
});

test.each([
	['GROUP BY', 'SELECT agency, count(*) AS n FROM STREAM bronze GROUP BY agency'],
	['DISTINCT', 'SELECT DISTINCT agency FROM STREAM bronze'],
	['LIMIT', 'SELECT agency FROM STREAM bronze LIMIT 1'],
])('a streaming table refuses %s, which would need the rows before', async (word, query) => {
	await opened.run('CREATE TABLE bronze (agency STRING)');
	await expect(refresh({ ...silver(), query })).rejects.toThrow(word);
});

test('only the pipeline writes its tables', async () => {
	await land('a.jsonl', { id: 1 });
	await refresh(bronze());
	for (const sql of [
		"INSERT INTO bronze VALUES (1,'a',1,'f')",
		'DELETE FROM bronze',
		'UPDATE bronze SET id = 2',
	]) {
		expect(await opened.conditionOf(sql)).toBe('OPERATION_NOT_ALLOWED_ON_PIPELINE_TABLE');
	}
});

test('50 000 rows from 540 files arrive in one refresh, in a few seconds', async () => {
	const files = 540;
	const rows = 50_000;
	for (let file = 0; file < files; file += 1) {
		const size = Math.floor(((file + 1) * rows) / files) - Math.floor((file * rows) / files);
		await land(
			`export-${file}.jsonl`,
			...Array.from({ length: size }, (_unused, at) => ({
				id: file * 1000 + at,
				agency: 'RIM',
				amount: '123.45',
			})),
		);
	}
	const startedMs = performance.now();
	const progress = await refresh(bronze());
	const tookMs = performance.now() - startedMs;
	expect(progress.outputRows).toBe(rows);
	expect(await opened.rows('SELECT sum(amount), count(DISTINCT file) FROM bronze')).toEqual([
		['6172500.00', '540'],
	]);
	expect(tookMs).toBeLessThan(10_000);
	const idleMs = performance.now();
	await refresh(bronze());
	expect(performance.now() - idleMs).toBeLessThan(5_000);
});
