import { mkdir, utimes, writeFile } from 'node:fs/promises';
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

test('names of a header that are missing or come twice get their places', async () => {
	const { table, path } = await given('', { 'a.csv': 'n,N,,x\n1,2,3,4\n' });
	await opened.run(`COPY INTO ${table} FROM '${path}' FILEFORMAT = CSV
		FORMAT_OPTIONS ('header' = 'true') COPY_OPTIONS ('mergeSchema' = 'true')`);
	const { columns, rows } = await opened.run(`SELECT * FROM ${table}`);
	expect(columns.map(({ name }) => name)).toEqual(['n0', 'N1', '_c2', 'x']);
	expect(rows).toEqual([['1', '2', '3', '4']]);
});

test('nested JSON goes into columns of its types; a SELECT reaches into it, and casts it', async () => {
	const order =
		'{"id": 7, "customer": {"name": "Ana", "tags": ["a"]}, "lines": [{"sku": "X", "qty": 2.50}]}';
	const { table, path } = await given(
		'id BIGINT, customer STRUCT<name: STRING, tags: ARRAY<STRING>>, lines ARRAY<STRUCT<qty: DOUBLE, sku: STRING>>',
		{ 'a.json': `${order}\n` },
	);
	await opened.run(`COPY INTO ${table} FROM '${path}' FILEFORMAT = JSON`);
	expect(await all(table)).toEqual([
		['7', '{"name":"Ana","tags":["a"]}', '[{"qty":"2.5","sku":"X"}]'],
	]);
	const own = await given('name STRING, first STRING, qty ARRAY<DECIMAL(10,2)>', {
		'a.json': `[${order},\n {"id": 8}]`,
	});
	await opened.run(`COPY INTO ${own.table} FROM (SELECT customer.name AS name, lines[0].sku AS first,
			CAST(lines.qty AS ARRAY<DECIMAL(10,2)>) AS qty FROM '${own.path}') FILEFORMAT = JSON
		FORMAT_OPTIONS ('multiLine' = 'true', 'primitivesAsString' = 'true')`);
	expect(await all(own.table)).toEqual([
		[null, null, null],
		['Ana', 'X', '["2.50"]'],
	]);
});

test('a SELECT knows the file of each row', async () => {
	const { table, path } = await given(
		'v STRING, file STRING, name STRING, size BIGINT, at TIMESTAMP',
		{ 'a.csv': 'v\nx\n', 'b.csv': 'v\nyy\n' },
	);
	const at = new Date('2026-10-31T02:03:04.567Z');
	for (const name of ['a.csv', 'b.csv']) {
		const folder = path.slice('/Volumes/'.length);
		await utimes(join(opened.volumesRoot, folder, name), at, at);
	}
	await opened.run(`COPY INTO ${table} FROM (SELECT v, _metadata.file_path AS file,
			_metadata.file_name AS name, _metadata.file_size AS size,
			_metadata.file_modification_time AS at FROM '${path}')
		FILEFORMAT = CSV FORMAT_OPTIONS ('header' = 'true')`);
	expect(await all(table)).toEqual([
		['x', `dbfs:${path}/a.csv`, 'a.csv', '4', '2026-10-31T02:03:04.567Z'],
		['yy', `dbfs:${path}/b.csv`, 'b.csv', '5', '2026-10-31T02:03:04.567Z'],
	]);
});

test('_metadata of Parquet and of JSON; a column of that name stands for itself', async () => {
	const { table, path } = await given('n BIGINT, file STRING', { 'x/a.json': '{"n": 1}\n' });
	const select = `COPY INTO ${table} FROM (SELECT n, _metadata.file_name AS file FROM '${path}/x')`;
	await opened.run(`${select} FILEFORMAT = JSON`);
	const folder = join(opened.volumesRoot, path.slice('/Volumes/'.length), 'x');
	const duckdb = await DuckDBInstance.create(':memory:');
	const connection = await duckdb.connect();
	await connection.run(`COPY (SELECT 2::BIGINT AS n) TO '${folder}/b.parquet' (FORMAT parquet)`);
	connection.closeSync();
	await opened.run(`${select} FILEFORMAT = PARQUET FILES = ('b.parquet')`);
	await write(`${table}/y`, { 'c.json': '{"n": 3, "_metadata": {"file_name": "own"}}\n' });
	await opened.run(`${select.replace('/x', '/y')} FILEFORMAT = JSON`);
	expect(await all(table)).toEqual([
		['1', 'a.json'],
		['2', 'b.parquet'],
		['3', 'own'],
	]);
});

describe('fields of CSV by their place', () => {
	test('BY POSITION casts them to the columns of the table', async () => {
		const { table, path } = await given('id BIGINT, amount DECIMAL(10,2), day DATE', {
			'a.csv': '1,2.505,2026-10-31\n2,,\n',
		});
		const copy = `COPY INTO ${table} BY POSITION FROM '${path}' FILEFORMAT = CSV`;
		expect(await opened.rows(copy)).toEqual([['2', '2', '0']]);
		expect(await all(table)).toEqual([
			['1', '2.51', '2026-10-31'],
			['2', null, null],
		]);
		await write(table, { 'b.csv': 'x,1,\n' });
		expect(await opened.conditionOf(copy)).toBe('CAST_INVALID_INPUT');
	});

	test('a list of columns gets them, the others get their defaults or NULL', async () => {
		const { table, path } = await given("id INT, note STRING, at STRING DEFAULT 'now', n INT", {
			'a.csv': '7,x\n',
		});
		await opened.run(`COPY INTO ${table} (N, note) FROM '${path}' FILEFORMAT = CSV`);
		expect(await all(table)).toEqual([[null, 'x', 'now', '7']]);
	});

	test.each([
		['(n)', 'COPY_INTO_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS'],
		['(n, m, o)', 'COPY_INTO_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'],
		['(n, N)', 'COLUMN_ALREADY_EXISTS'],
		['(n, p)', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
		['BY POSITION', 'COPY_INTO_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'],
	])('%s is %s', async (columns, condition) => {
		const { table, path } = await given('n INT, m INT, o INT', { 'a.csv': '1,2\n' });
		const copy = `COPY INTO ${table} ${columns} FROM '${path}' FILEFORMAT = CSV`;
		expect(await opened.conditionOf(copy)).toBe(condition);
	});
});

test('files in folders below come with recursiveFileLookup, whatever the folders are called', async () => {
	const { table, path } = await given('n BIGINT', {
		'a.json': '{"n": 1}\n',
		'x/b.json': '{"n": 2}\n',
		'x/day=1/c.json': '{"n": 3}\n',
	});
	const copy = `COPY INTO ${table} FROM '${path}' FILEFORMAT = JSON
		FORMAT_OPTIONS ('recursiveFileLookup' = 'true')`;
	expect(await opened.rows(copy)).toEqual([['3', '3', '0']]);
	await write(table, { 'y/d.json': '{"n": 4}\n' });
	expect(await opened.rows(copy)).toEqual([['1', '1', '0']]);
	expect(await all(table)).toEqual([['1'], ['2'], ['3'], ['4']]);
});

test.each([
	['lines', '', [[''], ['one'], ['three'], ['two ']]],
	['whole files', "FORMAT_OPTIONS ('wholetext' = 'true')", [['one\r\n\r\ntwo \nthree\n']]],
])('TEXT is %s, as Spark 4.1 reads them', async (_name, options, rows) => {
	const { table, path } = await given('value STRING', {
		'a.txt': 'one\r\n\r\ntwo \nthree\n',
		'empty.txt': '',
	});
	await opened.run(`COPY INTO ${table} FROM '${path}' FILEFORMAT = TEXT ${options}`);
	expect(await all(table)).toEqual(rows);
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
		['inferred CSV', csv('n\n1\n', "FORMAT_OPTIONS ('inferSchema' = 'true')"), 'inferSchema'],
		['an option', csv('n\n', "FORMAT_OPTIONS ('mode' = 'DROPMALFORMED')"), 'the option mode'],
		['a copy option', csv('n\n', "COPY_OPTIONS ('onError' = 'skip')"), 'the option onError'],
		['another format', { files: {}, clause: 'FILEFORMAT = ORC' }, 'FILEFORMAT = ORC'],
		['a line that is no JSON', json('{"n": 1}\nsoon'), 'line 2 of the JSON file'],
		['two values in a line', json('{"n": 1} {"n": 2}'), 'line 1 of the JSON file'],
		['a list of no objects', json('[1]'), 'line 1 of the JSON file'],
		[
			'two values in a file',
			json('{"n": 1}\n{"n": 2}', "FORMAT_OPTIONS ('multiLine' = 'true')"),
			'which is no JSON',
		],
		['a struct for a number', json('{"n": {"a": 1}}'), 'STRUCT<a: BIGINT> into n of the type INT'],
		['a file that is not there', json('{}', "FILES = ('b.json')"), 'FILES with b.json'],
		['a folder below', { files: { 'x/a.csv': 'n\n1\n' }, clause: 'FILEFORMAT = CSV' }, 'folders'],
	])('%s', async (_name, { files, clause }, message) => {
		const { table, path } = await given('n INT', { '.keep': '', ...files });
		const copy = `COPY INTO ${table} FROM '${path}' ${clause}`;
		await expect(opened.run(copy)).rejects.toThrow(message);
	});

	test.each([
		['BY POSITION of JSON', (path: string) => `BY POSITION FROM '${path}' FILEFORMAT = JSON`],
		[
			'a list of columns with a header',
			(path: string) => `(n) FROM '${path}' FILEFORMAT = CSV FORMAT_OPTIONS ('HEADER' = 'true')`,
		],
		[
			'a list of columns with a SELECT',
			(path: string) => `(n) FROM (SELECT _c0 FROM '${path}') FILEFORMAT = CSV`,
		],
		[
			'a place in a file',
			(path: string) => `FROM (SELECT _metadata.file_block_start FROM '${path}') FILEFORMAT = CSV`,
		],
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
