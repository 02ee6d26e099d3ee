import { writeFile } from 'node:fs/promises';
import { openLakehouse, type OpenLakehouse } from './openLakehouse';

/** What Delta 4.3 (shallow) and a Databricks runtime (deep, `isShallow`) answered; bytes are left out. */
let opened: OpenLakehouse;
beforeEach(async () => {
	opened = await openLakehouse();
	for (const sql of [
		"CREATE TABLE src (id BIGINT NOT NULL, v STRING COMMENT 'vv', p INT) PARTITIONED BY (p) COMMENT 'the source' TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'my.prop' = 'x')",
		'ALTER TABLE src ADD CONSTRAINT pos CHECK (id > 0)',
		"INSERT INTO src VALUES (1, 'a', 1), (2, 'b', 2)",
		"INSERT INTO src VALUES (3, 'c', 1)",
	]) {
		await opened.run(sql);
	}
});
afterEach(() => opened.close());

const names = [
	'source_table_size',
	'source_num_of_files',
	'num_removed_files',
	'num_copied_files',
	'removed_files_size',
	'copied_files_size',
];
const ids = (table: string) => opened.rows(`SELECT id FROM ${table} ORDER BY id`);
const refused = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each<[how: string, row: (string | null)[], metrics: object, isShallow: string]>([
	[
		'SHALLOW CLONE src',
		[null, '2', '0', '0', '0', '0'],
		{ sourceNumOfFiles: '2', numCopiedFiles: '0', copiedFilesSize: '0' },
		'true',
	],
	[
		'DEEP CLONE src',
		[null, '2', '0', '2', '0', null],
		{ sourceNumOfFiles: '2', numCopiedFiles: '2' },
		'false',
	],
	[
		'CLONE src',
		[null, '2', '0', '2', '0', null],
		{ sourceNumOfFiles: '2', numCopiedFiles: '2' },
		'false',
	],
])('CREATE TABLE c %s', async (how, row, metrics, isShallow) => {
	const { columns, rows } = await opened.run(`CREATE TABLE c ${how}`);
	expect([columns.map(({ name }) => name), rows]).toEqual([names, [row]]);
	expect(await opened.rows('SELECT * FROM c ORDER BY id')).toEqual([
		['1', 'a', '1'],
		['2', 'b', '2'],
		['3', 'c', '1'],
	]);
	const [history] = await opened.rows('DESCRIBE HISTORY c');
	expect(
		history?.map((cell) => (cell?.startsWith('{') === true ? JSON.parse(cell) : cell)),
	).toEqual([
		'0',
		expect.any(String),
		null,
		opened.session.user,
		'CLONE',
		{ source: 'spark_catalog.s.src', sourceVersion: '3', isShallow },
		null,
		null,
		null,
		'-1',
		'Serializable',
		'false',
		{ ...metrics, numRemovedFiles: '0', removedFilesSize: '0' },
		null,
		'Local-Workspace',
	]);
	const [detail] = await opened.rows('DESCRIBE DETAIL c');
	const [source] = await opened.rows('DESCRIBE DETAIL src');
	expect(detail?.[1]).not.toBe(source?.[1]);
	expect([detail?.[3], detail?.[5], detail?.[7], detail?.[9]]).toEqual([
		null,
		source?.[5],
		'["p"]',
		'2',
	]);
	expect(detail?.slice(11)).toEqual(source?.slice(11));
	expect((await opened.rows('DESCRIBE TABLE c')).slice(0, 3)).toEqual([
		['id', 'bigint', null],
		['v', 'string', 'vv'],
		['p', 'int', null],
	]);
});

test('a clone goes its own way: rows, constraints, versions and change feed', async () => {
	await opened.run('CREATE TABLE c SHALLOW CLONE src');
	await opened.run("INSERT INTO c VALUES (4, 'd', 1)");
	await opened.run('DELETE FROM src WHERE id = 1');
	await opened.run('VACUUM src');
	expect(await ids('c')).toEqual([['1'], ['2'], ['3'], ['4']]);
	expect(await ids('src')).toEqual([['2'], ['3']]);
	expect(await ids('c VERSION AS OF 0')).toEqual([['1'], ['2'], ['3']]);
	expect(await opened.conditionOf("INSERT INTO c VALUES (-4, 'd', 1)")).toBe(
		'DELTA_VIOLATE_CONSTRAINT_WITH_VALUES',
	);
	expect(await opened.conditionOf("INSERT INTO c VALUES (NULL, 'd', 1)")).toBe(
		'DELTA_NOT_NULL_CONSTRAINT_VIOLATED',
	);
	const feed = "SELECT _change_type, _commit_version, id FROM table_changes('c', 0) ORDER BY ALL";
	expect(await opened.rows(feed)).toEqual([
		['insert', '0', '1'],
		['insert', '0', '2'],
		['insert', '0', '3'],
		['insert', '1', '4'],
	]);
});

test.each([
	['VERSION AS OF 2', [['1'], ['2']], '2'],
	['FOR VERSION AS OF 2', [['1'], ['2']], '2'],
	['@v2', [['1'], ['2']], '2'],
	["TIMESTAMP AS OF '2026-11-01T00:00:00.002Z'", [['1'], ['2']], '2'],
	['VERSION AS OF 0', [], '0'],
])('a clone of an older version: %s', async (at, rows, version) => {
	await opened.run(`CREATE TABLE c SHALLOW CLONE src ${at}`);
	expect(await ids('c')).toEqual(rows);
	const [[parameters] = []] = (await opened.rows('DESCRIBE HISTORY c')).map((row) => [row[5]]);
	expect(JSON.parse(parameters ?? '')).toMatchObject({ sourceVersion: version });
});

test('of an empty table everything is nothing', async () => {
	await opened.run('CREATE TABLE none (a INT DEFAULT 5, b INT) CLUSTER BY (b)');
	expect(await opened.rows('CREATE TABLE c DEEP CLONE none')).toEqual([
		['0', '0', '0', '0', '0', '0'],
	]);
	await opened.run('INSERT INTO c (b) VALUES (1)');
	expect(await opened.rows('SELECT * FROM c')).toEqual([['5', '1']]);
	expect((await opened.rows('DESCRIBE DETAIL c'))[0]?.[8]).toBe('["b"]');
});

test('properties of the statement win, and those of Delta have to be known', async () => {
	await opened.run(
		"CREATE TABLE c SHALLOW CLONE src TBLPROPERTIES ('my.prop' = 'y', 'other' = 'z')",
	);
	const shown = await opened.rows('SHOW TBLPROPERTIES c');
	expect(shown.filter(([key]) => !/^delta\.(min|feature)/.test(key ?? ''))).toEqual([
		['delta.constraints.pos', 'id > 0'],
		['delta.enableChangeDataFeed', 'true'],
		['my.prop', 'y'],
		['other', 'z'],
	]);
	expect(
		await opened.conditionOf("CREATE TABLE d CLONE src TBLPROPERTIES ('delta.nope' = '1')"),
	).toBe('DELTA_UNKNOWN_CONFIGURATION');
});

test('a clone takes the place of a table without rows, which keeps its history and comment', async () => {
	await opened.run("CREATE TABLE c (q INT) COMMENT 'mine' TBLPROPERTIES ('a' = 'b')");
	await opened.run('CREATE OR REPLACE TABLE c SHALLOW CLONE src');
	expect(await ids('c')).toEqual([['1'], ['2'], ['3']]);
	const history = await opened.rows('DESCRIBE HISTORY c');
	expect(history.map((row) => [row[0], row[4], row[9]])).toEqual([
		['1', 'CLONE', '0'],
		['0', 'CREATE TABLE', null],
	]);
	expect((await opened.rows('DESCRIBE DETAIL c'))[0]?.[3]).toBe('mine');
	expect(await opened.conditionOf('CREATE OR REPLACE TABLE c SHALLOW CLONE src')).toBe(refused);
	await opened.run('TRUNCATE TABLE c');
	await opened.run('CREATE OR REPLACE TABLE c DEEP CLONE src VERSION AS OF 2');
	const feed = "SELECT _change_type, id FROM table_changes('c', 3) ORDER BY id";
	expect(await opened.rows(feed)).toEqual([
		['insert', '1'],
		['insert', '2'],
	]);
});

test('only a deep clone knows the files that COPY INTO has loaded', async () => {
	const count = 'SELECT count(*) FROM c';
	await opened.run('CREATE VOLUME files');
	await writeFile(`${opened.volumesRoot}/spark_catalog/s/files/a.json`, '{"id":7,"v":"f","p":1}\n');
	const load = (table: string) =>
		opened.run(`COPY INTO ${table} FROM '/Volumes/spark_catalog/s/files' FILEFORMAT = JSON`);
	await opened.run('CREATE TABLE loads (id BIGINT, v STRING, p BIGINT)');
	await load('loads');
	for (const [how, rows] of [
		['DEEP', '1'],
		['SHALLOW', '2'],
	] as const) {
		await opened.run(`CREATE TABLE c ${how} CLONE loads`);
		await load('c');
		expect([how, await opened.rows(count)]).toEqual([how, [[rows]]]);
		await opened.run('DROP TABLE c');
	}
	expect(await opened.conditionOf('CREATE TABLE c CLONE loads VERSION AS OF 0')).toBe(refused);
});

test('Unity Catalog tells shallow clones from tables, and has none of them', async () => {
	await opened.run('CREATE TABLE shallow SHALLOW CLONE src');
	await opened.run('CREATE TABLE deep CLONE shallow');
	const kinds =
		'SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = ';
	expect(await opened.rows(`${kinds}'s' ORDER BY table_name`)).toEqual([
		['deep', 'MANAGED'],
		['shallow', 'MANAGED_SHALLOW_CLONE'],
		['src', 'MANAGED'],
	]);
	const { tables } = opened.lakehouse;
	expect(await tables.get('spark_catalog', 's', 'shallow')).toMatchObject({
		kind: 'MANAGED_SHALLOW_CLONE',
	});
	expect(await opened.conditionOf('CREATE TABLE c SHALLOW CLONE shallow')).toBe(refused);
	expect(await opened.conditionOf('DROP TABLE src')).toBe(refused);
	await opened.run('CREATE OR REPLACE TABLE shallow (a INT)');
	await opened.run('DROP TABLE src');
	expect(await ids('deep')).toEqual([['1'], ['2'], ['3']]);
});

test('a schema goes with its tables and their clones', async () => {
	await opened.run('CREATE TABLE zz SHALLOW CLONE src');
	await opened.run('DROP SCHEMA s CASCADE');
	expect(await opened.conditionOf('SELECT * FROM spark_catalog.s.zz')).toBe(
		'TABLE_OR_VIEW_NOT_FOUND',
	);
});

test('IF NOT EXISTS leaves a table as it is, and answers the columns without a row', async () => {
	await opened.run('CREATE TABLE c (a INT)');
	const { columns, rows } = await opened.run('CREATE TABLE IF NOT EXISTS c SHALLOW CLONE src');
	expect([columns.map(({ name }) => name), rows]).toEqual([names, []]);
	expect((await opened.rows('DESCRIBE HISTORY c')).length).toBe(1);
});

const errors: [sql: string, message: string | RegExp][] = [
	[
		'CREATE TABLE src SHALLOW CLONE src',
		'[DELTA_TABLE_ALREADY_EXISTS] Table `spark_catalog`.`s`.`src` already exists. SQLSTATE: 42P07',
	],
	[
		'CREATE TABLE c SHALLOW CLONE v',
		"[DELTA_CLONE_UNSUPPORTED_SOURCE] Unsupported clone source 'spark_catalog.s.v', whose format is View.\nThe supported formats are 'delta', 'iceberg' and 'parquet'. SQLSTATE: 0AKDC",
	],
	[
		'CREATE OR REPLACE TABLE v SHALLOW CLONE src',
		'[DELTA_ONLY_OPERATION] CLONE is only supported for Delta tables. SQLSTATE: 0AKDD',
	],
	[
		'CREATE TABLE c SHALLOW CLONE src VERSION AS OF 99',
		'[DELTA_VERSION_NOT_FOUND] Cannot time travel Delta table to version 99. Available versions: [0, 3]. SQLSTATE: 22003',
	],
	['CREATE TABLE c SHALLOW CLONE nosuch', /^\[TABLE_OR_VIEW_NOT_FOUND\].*; line 1 pos 0$/s],
	['CREATE TABLE nowhere.c SHALLOW CLONE src', /^\[SCHEMA_NOT_FOUND\]/],
	["CREATE TABLE c SHALLOW CLONE src TIMESTAMP AS OF '2101-01-01'", /^\[DELTA_TIMESTAMP_GREATER/],
	["CREATE TABLE c SHALLOW CLONE src COMMENT 'x'", /PARSE_SYNTAX_ERROR.*pos 33\)/],
	['CREATE TABLE c (a INT) SHALLOW CLONE src', /PARSE_SYNTAX_ERROR/],
	["CREATE TABLE c CLONE src LOCATION 's3://b'", /LOCATION of their own/],
	['CREATE OR REPLACE TABLE src CLONE src', /in its own place/],
];

test('what is no clone is told as Delta tells it', async () => {
	await opened.run('CREATE VIEW v AS SELECT 1 AS a');
	for (const [sql, message] of errors) {
		const expected = typeof message === 'string' ? new Error(message) : message;
		await expect(opened.run(sql)).rejects.toThrow(expected);
	}
});
