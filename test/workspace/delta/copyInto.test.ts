import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
let made = 0;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE VOLUME landing');
});
afterAll(() => opened.close());

/** A folder of the volume with files, and a table. */
async function given(columns: string, files: Record<string, string | Buffer>) {
	const name = `t${++made}`;
	await opened.run(`CREATE TABLE ${name} ${columns === '' ? '' : `(${columns})`}`);
	await write(name, files);
	return { table: name, path: `/Volumes/spark_catalog/s/landing/${name}` };
}

async function write(folder: string, files: Record<string, string | Buffer>): Promise<void> {
	for (const [name, content] of Object.entries(files)) {
		const file = join(opened.volumesRoot, 'spark_catalog/s/landing', folder, name);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, content);
	}
}

const all = (table: string) => opened.rows(`SELECT * FROM ${table} ORDER BY 1`);
const none = ['0', '0', '0'];

test('CSV with a header: columns by name, cast by the SELECT; a repeat loads nothing', async () => {
	const { table, path } = await given('id BIGINT, amount DECIMAL(18,2), note STRING', {
		'a.csv': 'note,id,amount\r\n"say ""hi"", then go",1,1.50\r\n,2,-0.01\r\n',
		'b.csv.gz': gzipSync('note,id,amount\nñ,3,\n'),
		'_hidden.csv': 'x\n1\n',
	});
	const copy = `COPY INTO ${table} FROM (SELECT CAST(id AS BIGINT) AS id, amount::DECIMAL(18,2) AS amount, note
		FROM '${path}') FILEFORMAT = CSV FORMAT_OPTIONS ('header' = 'true', 'escape' = '"')`;
	const first = await opened.run(copy);
	expect(first.columns.map(({ name }) => name)).toEqual([
		'num_affected_rows',
		'num_inserted_rows',
		'num_skipped_corrupt_files',
	]);
	expect(first.rows).toEqual([['3', '3', '0']]);
	expect(await opened.rows(copy)).toEqual([none]);
	expect(await all(table)).toEqual([
		['1', '1.50', 'say "hi", then go'],
		['2', '-0.01', null],
		['3', null, 'ñ'],
	]);
	const [commit] = await opened.rows(`DESCRIBE HISTORY ${table}`);
	expect(commit?.[0]).toBe('1');
	expect(commit).toContain('COPY INTO');
});

test('a file that changed is not loaded again, a new one is; force loads all', async () => {
	const { table, path } = await given('_c0 STRING', { 'a.csv': 'x\n' });
	const copy = `COPY INTO ${table} FROM '${path}' FILEFORMAT = CSV`;
	expect(await opened.rows(copy)).toEqual([['1', '1', '0']]);
	await write(table, { 'a.csv': 'changed\n', 'b.csv': 'y\n' });
	expect(await opened.rows(copy)).toEqual([['1', '1', '0']]);
	expect(await all(table)).toEqual([['x'], ['y']]);
	const force = `${copy} COPY_OPTIONS ('force' = 'true')`;
	expect(await opened.rows(force)).toEqual([['2', '2', '0']]);
	expect(await opened.rows(copy)).toEqual([none]);
	await opened.run(`DROP TABLE ${table}`);
	await opened.run(`CREATE TABLE ${table} (_c0 STRING)`);
	expect(await opened.rows(copy)).toEqual([['2', '2', '0']]);
});

test('JSON keeps every digit with primitivesAsString, and takes its own types without', async () => {
	const { table, path } = await given('id BIGINT, amount DECIMAL(38,18), ok BOOLEAN', {
		'a.json':
			'{"id": 9007199254740993, "amount": 12345678901234567890.123456789012345678, "ok": true}\n\n{"amount": "1e-3", "note": null}\n',
	});
	const copy = (options: string) =>
		`COPY INTO ${table} FROM (SELECT CAST(id AS BIGINT) AS id, CAST(amount AS DECIMAL(38,18)) AS amount, CAST(ok AS BOOLEAN) AS ok
			FROM '${path}') FILEFORMAT = JSON ${options}`;
	await opened.run(copy("FORMAT_OPTIONS ('primitivesAsString' = 'true')"));
	expect(await all(table)).toEqual([
		[null, '0.001000000000000000', null],
		['9007199254740993', '12345678901234567890.123456789012345678', 'true'],
	]);
	const own = await given('a BIGINT, b DOUBLE, c STRING', {
		'x.json': '{"c": "x", "a": 1}\n{"b": 1.5}',
	});
	await opened.run(`COPY INTO ${own.table} FROM '${own.path}' FILEFORMAT = JSON`);
	expect(await all(own.table)).toEqual([
		[null, '1.5', null],
		['1', null, 'x'],
	]);
});

test('PARQUET comes with its types; FILES and PATTERN choose', async () => {
	const { table, path } = await given('id BIGINT, amount DECIMAL(18,2), day DATE', { 'x/y': '' });
	const duckdb = await DuckDBInstance.create(':memory:');
	const connection = await duckdb.connect();
	for (const [index, name] of ['a_1', 'a_2', 'b_1'].entries()) {
		const file = join(opened.volumesRoot, path.slice('/Volumes/'.length), `${name}.parquet`);
		await connection.run(`COPY (SELECT ${index}::BIGINT AS id, 2.50::DECIMAL(18,2) AS amount,
			DATE '2026-01-31' AS day) TO '${file}' (FORMAT parquet)`);
	}
	connection.closeSync();
	const copy = `COPY INTO ${table} FROM '${path}' FILEFORMAT = PARQUET`;
	expect(await opened.rows(`${copy} FILES = ('a_2.parquet')`)).toEqual([['1', '1', '0']]);
	expect(await opened.rows(`${copy} PATTERN = 'a_*.parquet'`)).toEqual([['1', '1', '0']]);
	expect(await all(table)).toEqual([
		['0', '2.50', '2026-01-31'],
		['1', '2.50', '2026-01-31'],
	]);
});

test('mergeSchema adds columns at the end, also to a table that has none', async () => {
	const { table, path } = await given('id STRING', { 'a.csv': 'extra,id\nx,1\n' });
	const copy = `COPY INTO ${table} FROM '${path}' FILEFORMAT = CSV FORMAT_OPTIONS ('header' = 'true')`;
	expect(await opened.conditionOf(copy)).toBe('COPY_INTO_SCHEMA_MISMATCH_WITH_TARGET_TABLE');
	expect(await opened.rows(`${copy} COPY_OPTIONS ('mergeSchema' = 'true')`)).toEqual([
		['1', '1', '0'],
	]);
	expect(await all(table)).toEqual([['1', 'x']]);
	const empty = await given('', { 'a.json': '{"b": 2, "a": "x"}\n' });
	await opened.run(`COPY INTO ${empty.table} FROM '${empty.path}' FILEFORMAT = JSON
		COPY_OPTIONS ('mergeSchema' = 'true')`);
	expect(await all(empty.table)).toEqual([['x', '2']]);
});

test('VALIDATE shows rows and finds what is wrong, and writes nothing', async () => {
	const { table, path } = await given('id INT NOT NULL', { 'a.csv': 'id\n1\n2\n' });
	const copy = (more: string) =>
		`COPY INTO ${table} FROM (SELECT id::INT AS id FROM '${path}') FILEFORMAT = CSV ${more}
			FORMAT_OPTIONS ('header' = 'true')`;
	expect(await opened.rows(copy('VALIDATE ALL'))).toEqual([['1'], ['2']]);
	expect(await opened.rows(copy('VALIDATE 1 ROWS'))).toEqual([['1']]);
	expect(await all(table)).toEqual([]);
	await write(table, { 'b.csv': 'id\nx\n' });
	expect(await opened.conditionOf(copy('VALIDATE'))).toBe('CAST_INVALID_INPUT');
	await write(table, { 'b.csv': 'id\n""\n' });
	expect(await opened.conditionOf(copy(''))).toBe('DELTA_NOT_NULL_CONSTRAINT_VIOLATED');
	expect(await all(table)).toEqual([]);
	await write(table, { 'b.csv': 'id\n3\n' });
	expect(await opened.rows(copy(''))).toEqual([['3', '3', '0']]);
	expect(await opened.conditionOf(copy('VALIDATE'))).toBe('UNSUPPORTED_FEATURE.LOCAL_WORKSPACE');
});

const csv = (text: string, more = "FORMAT_OPTIONS ('header' = 'true')") => ({
	files: { 'a.csv': text },
	clause: `FILEFORMAT = CSV ${more}`,
});
const json = (text: string, more = '') => ({
	files: { 'a.json': text },
	clause: `FILEFORMAT = JSON ${more}`,
});

describe('what is not certain is refused by its name', () => {
	test.each([
		['a cast that nobody asked for', csv('n\n1\n'), 'STRING into n of the type INT'],
		['a line with more fields', csv('n\n1,2\n'), 'more or fewer fields'],
		['text behind a quote', csv('n\n"1"2\n'), 'text behind a closing quote in line 2'],
		['a quote that is open', csv('n\n1\n"2'), 'a quote that is not closed in line 3'],
		['a line break in quotes', csv('n\n"1\n2"\n'), "without 'multiLine'"],
		['a backslash in quotes', csv('n\n"a\\b"\n'), 'an escape that is not before a quote'],
		['two columns of a name', csv('n,N\n1,2\n'), 'two columns N'],
		['a header without a name', csv('n,\n1,2\n'), 'without a name'],
		['inferred CSV', csv('n\n1\n', "FORMAT_OPTIONS ('inferSchema' = 'true')"), 'inferSchema'],
		['an option', csv('n\n', "FORMAT_OPTIONS ('mode' = 'DROPMALFORMED')"), 'the option mode'],
		['a copy option', csv('n\n', "COPY_OPTIONS ('onError' = 'skip')"), 'the option onError'],
		['another format', { files: {}, clause: 'FILEFORMAT = ORC' }, 'FILEFORMAT = ORC'],
		['a line that is no JSON', json('{"n": 1}\nsoon'), 'line 2 of the JSON file'],
		['nested JSON', json('{"n": {"a": 1}}'), 'the nested field n in line 1'],
		['JSON over lines', json('[]', "FORMAT_OPTIONS ('multiLine' = 'true')"), 'multiLine JSON'],
		['a file that is not there', json('{}', "FILES = ('b.json')"), 'FILES with b.json'],
		['a folder below', { files: { 'x/a.csv': 'n\n1\n' }, clause: 'FILEFORMAT = CSV' }, 'folders'],
	])('%s', async (_name, { files, clause }, message) => {
		const { table, path } = await given('n INT', { '.keep': '', ...files });
		const copy = `COPY INTO ${table} FROM '${path}' ${clause}`;
		await expect(opened.run(copy)).rejects.toThrow(message);
	});

	test.each([
		['BY POSITION', (path: string) => `BY POSITION FROM '${path}' FILEFORMAT = CSV`],
		['WHERE', (path: string) => `FROM (SELECT * FROM '${path}' WHERE 1 = 1) FILEFORMAT = CSV`],
		['_metadata', (path: string) => `FROM (SELECT _metadata FROM '${path}') FILEFORMAT = CSV`],
	])('%s', async (_name, clausesOf) => {
		const { table, path } = await given('n INT', { 'a.csv': '1\n' });
		const condition = await opened.conditionOf(`COPY INTO ${table} ${clausesOf(path)}`);
		expect(condition).toBe('UNSUPPORTED_FEATURE.LOCAL_WORKSPACE');
	});
});

test.each([
	[
		'no table',
		"COPY INTO nowhere FROM '/Volumes/a/b/c' FILEFORMAT = CSV",
		'TABLE_OR_VIEW_NOT_FOUND',
	],
	['no folder', "FROM '/Volumes/spark_catalog/s/landing/none' FILEFORMAT = CSV", 'PATH_NOT_FOUND'],
	['no files', 'FROM path FILEFORMAT = CSV', 'COPY_INTO_SOURCE_SCHEMA_INFERENCE_FAILED'],
	[
		'no fit',
		"FROM path FILEFORMAT = CSV PATTERN = 'z*'",
		'COPY_INTO_SOURCE_SCHEMA_INFERENCE_FAILED',
	],
	['no format', 'FROM path', 'PARSE_SYNTAX_ERROR'],
	[
		'a wrong order',
		"FROM path FILEFORMAT = CSV COPY_OPTIONS () FILES = ('a')",
		'PARSE_SYNTAX_ERROR',
	],
])('%s', async (_name, clauses, condition) => {
	const { table, path } = await given('n INT', { '.keep': '' });
	const text = clauses.startsWith('COPY')
		? clauses
		: `COPY INTO ${table} ${clauses.replace('path', `'${path}'`)}`;
	expect(await opened.conditionOf(text)).toBe(condition);
});
