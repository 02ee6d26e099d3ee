import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
let folder: string;
const path = '/Volumes/spark_catalog/s/landing';
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE VOLUME landing');
	folder = join(opened.volumesRoot, 'spark_catalog/s/landing');
	await mkdir(join(folder, 'json/rim'), { recursive: true });
	await mkdir(join(folder, 'json/_ignored'), { recursive: true });
	await mkdir(join(folder, 'empty'));
	const lines = [
		'{"id": 1, "name": "a", "amount": 1.50, "day": "2026-01-31", "at": "2026-01-31T10:00:00+08:00", "ok": true}',
		'{"id": "2", "name": {"x": 1}, "amount": "2.005", "day": "soon", "at": null, "ok": "yes"}',
		'this is no JSON',
		'{"id": 3.5, "other": 1}',
	];
	await writeFile(join(folder, 'json/rim/a.jsonl'), lines.join('\n'));
	await writeFile(join(folder, 'json/_ignored/b.jsonl'), '{"id": 99}\n');
	await writeFile(join(folder, 'json/c.jsonl.gz'), gzipSync('{"id": 4, "name": "zip"}\n'));
	await mkdir(join(folder, 'plain'));
	await writeFile(
		join(folder, 'plain/a.jsonl'),
		'{"b": 1, "a": 1.5, "c": "x", "n": null}\n{"b": 2.5, "a": 2, "d": false}\n',
	);
	await mkdir(join(folder, 'csv'));
	await writeFile(join(folder, 'csv/a.csv'), 'id,name,amount\n1,"a, \\"b\\"",1.50\n2,,x\n');
	await symlink('/etc', join(folder, 'outside'));
	await mkdir(join(folder, 'parquet'));
	const duckdb = await DuckDBInstance.create(':memory:');
	const connection = await duckdb.connect();
	await connection.run(`COPY (SELECT 1::BIGINT AS id, 2.50::DECIMAL(18,2) AS amount, DATE '2026-01-31' AS day)
		TO '${join(folder, 'parquet/a.parquet')}' (FORMAT parquet)`);
	connection.closeSync();
});
afterAll(() => opened.close());

test('JSON lines with a schema: what does not fit is NULL, a line that is no JSON is a row of NULLs', async () => {
	const schema = 'id BIGINT, name STRING, amount DECIMAL(18,2), day DATE, at TIMESTAMP, ok BOOLEAN';
	const query = `SELECT * FROM read_files('${path}/json', format => 'json', schema => '${schema}')
		ORDER BY id NULLS LAST, name NULLS LAST`;
	expect(await opened.rows(query)).toEqual([
		['1', 'a', '1.50', '2026-01-31', '2026-01-31T02:00:00.000Z', 'true'],
		['4', 'zip', null, null, null, null],
		[null, '{"x": 1}', '2.01', null, null, null],
		[null, null, null, null, null, null],
		[null, null, null, null, null, null],
	]);
});

/** Measured with Spark 4.1. */
test('nested types of a schema: what does not fit is NULL, as is its list or map, but only a field', async () => {
	const lines = [
		'{"a": [1, 2], "aa": [[1], ["x", 2]], "s": {"x": 1, "y": "t"}, "m": {"k": 1, "l": null}, "ms": {"k": {"x": 1}}, "as": [{"x": 1, "z": 5}, null, {"y": 2.50}], "st": {"q": 1.10}}',
		'{"a": [1, "x"], "aa": [[1.5]], "s": {"x": "1", "y": {"a": 1}}, "m": {"k": "1"}, "ms": {"k": {"x": "q"}}, "as": [{"x": true}, {"x": 3}], "st": [1, 2.50]}',
		'{"a": {"x": 1}, "aa": [1], "s": [1], "m": [1], "ms": {"k": 1}, "as": [1], "st": true}',
		'{"a": 1, "aa": [null, [null]], "s": "t", "m": {"k": 1, "j": "x"}, "ms": {"k": null, "i": {"x": 2}}, "as": {"x": 7}, "st": null}',
		'{"a": [], "aa": [[]], "s": {}, "m": {}, "ms": {"i": {}}, "as": [], "st": ""}',
		'{"a": null, "s": {"X": 4, "x": null}, "m": null}',
		'{"a": [3000000000], "s": {"x": 3000000000, "y": true}, "m": {"k": 3000000000}, "ms": {"k": {"x": 3000000000}}, "as": [{"x": 3000000000}, {"x": 1}]}',
	];
	await mkdir(join(folder, 'nested'));
	await writeFile(join(folder, 'nested/a.jsonl'), lines.join('\n'));
	const schema =
		'a ARRAY<INT>, aa ARRAY<ARRAY<INT>>, s STRUCT<x: INT, y: STRING>, m MAP<STRING, INT>, ms MAP<STRING, STRUCT<x: INT>>, `as` ARRAY<STRUCT<x: INT, y: DECIMAL(10,2)>>, st STRING';
	const rows = await opened.rows(
		`SELECT * FROM read_files('${path}/nested', schema => '${schema}')`,
	);
	const columns = [
		['["1","2"]', null, null, null, '[]', null, null],
		[null, null, null, '[null,[null]]', '[[]]', null, null],
		[
			'{"x":"1","y":"t"}',
			'{"x":null,"y":"{\\"a\\": 1}"}',
			null,
			null,
			'{"x":null,"y":null}',
			'{"x":null,"y":null}',
			'{"x":null,"y":"true"}',
		],
		['{"k":"1","l":null}', null, null, null, '{}', null, null],
		[
			'{"k":{"x":"1"}}',
			'{"k":{"x":null}}',
			null,
			'{"k":null,"i":{"x":"2"}}',
			'{"i":{"x":null}}',
			null,
			'{"k":{"x":null}}',
		],
		[
			'[{"x":"1","y":null},null,{"x":null,"y":"2.50"}]',
			'[{"x":null,"y":null},{"x":"3","y":null}]',
			null,
			null,
			'[]',
			null,
			'[{"x":null,"y":null},{"x":"1","y":null}]',
		],
		['{"q": 1.10}', '[1, 2.50]', 'true', null, '', null, null],
	];
	const expected = lines.map((_line, at) => columns.map((column) => column[at] ?? null));
	// Rows of files have no order.
	expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
		new Set(expected.map((row) => JSON.stringify(row))),
	);
});

test.each([
	['{"n": [1.999]}', 'n ARRAY<DECIMAL(3,2)>', '1.999 of JSON as DECIMAL(3,2)'],
	['{"n": ["2026-10-31"]}', 'n ARRAY<DATE>', 'DATE inside of a list'],
	['{"n": ["NaN"]}', 'n ARRAY<DOUBLE>', '"NaN" of JSON as DOUBLE'],
	['{"n": {"1": 2}}', 'n MAP<INT, INT>', 'JSON as MAP<INT, INT>'],
	['{"n": {"a": 1, "a": 2}}', 'n STRUCT<a: INT>', 'JSON with a member twice'],
	['[{"n": 1}]', 'n INT', 'a list as a line of JSON'],
])('%s as %s is refused by its name', async (line, schema, message) => {
	await mkdir(join(folder, 'refused'), { recursive: true });
	await writeFile(join(folder, 'refused/a.jsonl'), line);
	const query = `SELECT * FROM read_files('${path}/refused', schema => '${schema}')`;
	await expect(opened.run(query)).rejects.toThrow(message);
});

test('_metadata says which file a row is of; * leaves it out', async () => {
	const query = `SELECT DISTINCT _metadata.file_path, _metadata.file_name, _metadata.file_size
		FROM read_files('${path}/plain/*.jsonl', schema => 'b DOUBLE')`;
	expect(await opened.rows(query)).toEqual([
		['dbfs:/Volumes/spark_catalog/s/landing/plain/a.jsonl', 'a.jsonl', '71'],
	]);
});

test('without a schema, types are inferred as Spark does, columns in alphabetical order', async () => {
	const { columns, rows } = await opened.run(`SELECT * FROM read_files('${path}/plain')`);
	expect(columns.map(({ name, type }) => [name, type.kind])).toEqual([
		['a', 'double'],
		['b', 'double'],
		['c', 'string'],
		['d', 'boolean'],
		['n', 'string'],
		['_rescued_data', 'string'],
	]);
	expect(rows).toEqual([
		['1.5', '1.0', 'x', null, null, null],
		['2.0', '2.5', null, 'false', null, null],
	]);
});

const refusal = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each([
	['{"a": 1, "a": 2}', 'COLUMN_ALREADY_EXISTS'],
	['{"a": 1, "A": 2}', refusal],
	['{"a": 1}\n{"A": 2}', refusal],
	['{"s": [{"x": 1}, {"X": 2}]}', refusal],
	['{"s": {"x": 1}}\n{"s": {"X": 1}}', refusal],
])('names that come twice, as in %s, are %s', async (line, condition) => {
	await mkdir(join(folder, 'twice'), { recursive: true });
	await writeFile(join(folder, 'twice/a.jsonl'), line);
	const query = `SELECT * FROM read_files('${path}/twice')`;
	expect(await opened.conditionOf(query)).toBe(condition);
});

test('CSV and Parquet', async () => {
	const csv = `SELECT * FROM read_files('${path}/csv', format => 'csv', header => true,
		schema => 'id INT, name STRING, amount DECIMAL(18,2)')`;
	expect(await opened.rows(csv)).toEqual([
		['1', 'a, "b"', '1.50'],
		['2', null, null],
	]);
	const parquet = await opened.run(`SELECT * FROM read_files('${path}/parquet',
		schemaEvolutionMode => 'none')`);
	expect(parquet.rows).toEqual([['1', '2.50', '2026-01-31']]);
});

test('an empty folder has no rows, a missing one is an error', async () => {
	const read = (place: string) =>
		`SELECT count(*) FROM read_files('${path}/${place}', format => 'json', schema => 'id INT')`;
	expect(await opened.rows(read('empty'))).toEqual([['0']]);
	expect(await opened.conditionOf(read('nowhere'))).toBe('PATH_NOT_FOUND');
});

test.each([
	['/etc/passwd', ''],
	[`${path}/../../../../etc/passwd`, ''],
	[`${path}/outside/passwd`, ''],
	['file:/etc/passwd', ''],
	['s3://bucket/key', ''],
	['/Volumes', ''],
	[`${path}/json`, ", cloudFiles.format => 'json'"],
	[`${path}/json`, ", mode => 'FAILFAST'"],
])('read_files refuses %s%s', async (place, option) => {
	const sql = `SELECT * FROM read_files('${place}', format => 'csv', schema => 'line STRING'${option})`;
	const refusals = ['UNSUPPORTED_FEATURE.LOCAL_WORKSPACE', 'PARSE_SYNTAX_ERROR'];
	expect(refusals).toContain(await opened.conditionOf(sql));
});

test.each([
	"SELECT * FROM read_csv('/etc/passwd')",
	"SELECT * FROM read_text('/etc/passwd')",
	"SELECT * FROM read_blob('/etc/passwd')",
	"SELECT * FROM glob('/etc/*')",
	"SELECT * FROM '/etc/passwd'",
	'SELECT * FROM `/etc/passwd`',
	'SELECT * FROM csv.`/etc/passwd`',
	'SELECT * FROM duckdb_settings()',
	"SELECT getenv('HOME')",
	'SELECT * FROM lakehouse_state.documents',
	"SELECT * FROM query('SELECT 1')",
	"INSERT INTO t SELECT * FROM read_text('/etc/passwd')",
	"COPY t TO '/x'",
	"ATTACH '/x' AS y",
	'INSTALL httpfs',
	'PRAGMA database_list',
	'SET enable_external_access = true',
])('no other way leads to a file or to the database below: %s', async (sql) => {
	await opened.run('CREATE TABLE IF NOT EXISTS t (line STRING)');
	expect(await opened.conditionOf(sql)).not.toBe('none');
});

test('a name cannot break out of its quotes', async () => {
	const name = `x" AS y, read_text('/etc/passwd') AS "z`;
	expect(await opened.rows(`SELECT 1 AS \`${name}\` FROM (SELECT 1) AS \`${name}\``)).toEqual([
		['1'],
	]);
	await opened.run(`CREATE TABLE odd (\`a"b'c\` STRING)`);
	await opened.run("INSERT INTO odd VALUES ('it''s \\'x\\' \"y\"')");
	expect(await opened.rows('SELECT * FROM odd')).toEqual([[`it's 'x' "y"`]]);
});
