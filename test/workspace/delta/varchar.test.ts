import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeEach(async () => {
	opened = await openLakehouse();
	await opened.run("CREATE TABLE t (id INT, v VARCHAR(3) DEFAULT 'dft')");
});
afterEach(() => opened.close());

const tooLong = (value: string, column = 'v', length = 3) =>
	`[DELTA_EXCEED_CHAR_VARCHAR_LIMIT] Value "${value}" exceeds char/varchar type length limitation. ` +
	`Failed check: ((${column} IS NULL) OR (length(${column}) <= ${length})). SQLSTATE: 22001`;

test.each([
	['a text', "INSERT INTO t VALUES (1, 'abcd')", 'abcd'],
	['blanks at its end', "INSERT INTO t VALUES (1, 'ab    ')", 'ab    '],
	['a number', 'INSERT INTO t VALUES (1, 3000000000)', '3000000000'],
	['a decimal', 'INSERT INTO t VALUES (1, 1.555)', '1.555'],
	['a date', "INSERT INTO t VALUES (1, DATE '2024-01-31')", '2024-01-31'],
	['a truth value', 'INSERT INTO t VALUES (1, true)', 'true'],
	['INSERT OVERWRITE', "INSERT OVERWRITE t VALUES (1, 'abcd')", 'abcd'],
	['REPLACE WHERE', "INSERT INTO t REPLACE WHERE id = 0 VALUES (0, 'abcd')", 'abcd'],
	['UPDATE', "UPDATE t SET v = v || 'd' WHERE id = 0", 'abcd'],
	[
		'MERGE that updates',
		"MERGE INTO t USING (SELECT 0 AS k) AS s ON t.id = s.k WHEN MATCHED THEN UPDATE SET v = 'abcd'",
		'abcd',
	],
	[
		'MERGE that inserts',
		"MERGE INTO t USING (SELECT 7 AS id, 'abcd' AS v) AS s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *",
		'abcd',
	],
])('VARCHAR(3) refuses more than three characters: %s', async (_name, statement, value) => {
	await opened.run("INSERT INTO t VALUES (0, 'abc')");
	await expect(opened.run(statement)).rejects.toThrow(tooLong(value));
	expect(await opened.rows('SELECT * FROM t')).toEqual([['0', 'abc']]);
});

test('VARCHAR counts characters, not bytes, keeps NULL and takes its default', async () => {
	await opened.run(
		"INSERT INTO t VALUES (1, 'äöü'), (2, '😀😀😀'), (3, NULL), (4, 'a  '), (5, '')",
	);
	await opened.run('INSERT INTO t (id) VALUES (6)');
	expect(await opened.rows("SELECT id, v || '|' FROM t ORDER BY id")).toEqual([
		['1', 'äöü|'],
		['2', '😀😀😀|'],
		['3', null],
		['4', 'a  |'],
		['5', '|'],
		['6', 'dft|'],
	]);
});

test('a column added later is held to its length as well', async () => {
	await opened.run('ALTER TABLE t ADD COLUMN code VARCHAR(2)');
	await opened.run("INSERT INTO t VALUES (1, 'a', 'xy')");
	const long = opened.run("UPDATE t SET code = 'xyz'");
	await expect(long).rejects.toThrow(tooLong('xyz', 'code', 2));
});

test.each([
	['CREATE TABLE n (c CHAR(5))', 'CHAR(5)'],
	['CREATE TABLE n (c CHARACTER(5))', 'CHAR(5)'],
	['CREATE TABLE n (c ARRAY<CHAR(5)>)', 'ARRAY<CHAR(5)>'],
	['CREATE TABLE n (c STRUCT<a: VARCHAR(5)>)', 'STRUCT<a: VARCHAR(5)>'],
	['CREATE TABLE n (c MAP<STRING, VARCHAR(5)>)', 'MAP<STRING, VARCHAR(5)>'],
	['ALTER TABLE t ADD COLUMN c CHAR(5)', 'CHAR(5)'],
	['ALTER TABLE t ALTER COLUMN v TYPE CHAR(5)', 'CHAR(5)'],
])('%s is refused by name', async (statement, type) => {
	const refused = opened.run(statement);
	await expect(refused).rejects.toMatchObject({ sqlState: '0A000' });
	await expect(refused).rejects.toThrow(type);
});
