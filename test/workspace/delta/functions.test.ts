import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLakehouse, shapeOf, type OpenLakehouse } from './openLakehouse';

/** What Spark 4.1 answered, in a catalog of three-part names. */
let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	for (const sql of [
		'CREATE TABLE t (x INT, y STRING)',
		"INSERT INTO t VALUES (1, 'a'), (2, 'b'), (2, 'c')",
		'CREATE FUNCTION add2(a INT, b INT DEFAULT 10) RETURNS BIGINT RETURN a + b',
		'CREATE FUNCTION nr(a INT) RETURN a * 2',
		'CREATE FUNCTION count_of(a INT) RETURNS BIGINT RETURN (SELECT count(*) FROM t WHERE x = a)',
		'CREATE FUNCTION many(abc INT, abd INT DEFAULT 4, xyz INT DEFAULT 5) RETURNS INT RETURN abc + abd + xyz',
		'CREATE FUNCTION dec(a DECIMAL(5,2)) RETURNS DECIMAL(10,1) RETURN a * 3',
		'CREATE FUNCTION text(a STRING) RETURNS STRING RETURN upper(a)',
		'CREATE FUNCTION first_of(a ARRAY<INT>) RETURNS INT RETURN a[0]',
		'CREATE FUNCTION x_of(v VARIANT) RETURNS STRING RETURN v:x::STRING',
		'CREATE FUNCTION abs(a INT) RETURNS INT RETURN a',
		'CREATE FUNCTION minus(a INT, b INT) RETURNS INT RETURN -a -b',
		'CREATE FUNCTION shadow(x INT) RETURNS BIGINT RETURN (SELECT count(*) FROM t WHERE x = x)',
		'CREATE FUNCTION qualified(x INT) RETURNS BIGINT RETURN SELECT count(*) FROM t WHERE t.x = qualified.x',
		'CREATE FUNCTION ratio(a INT, b INT) RETURNS DOUBLE RETURN a / b',
		'CREATE FUNCTION tf(a INT) RETURNS TABLE (p INT, q STRING) RETURN SELECT x, y FROM t WHERE x = a',
		'CREATE FUNCTION plain(a INT) RETURNS TABLE RETURN SELECT x AS p, y FROM t WHERE x = a',
		'CREATE FUNCTION product(a INT, b INT DEFAULT 2) RETURNS TABLE (c STRING) RETURN WITH p AS (SELECT a * b AS n) SELECT n FROM p',
		'CREATE VIEW v AS SELECT add2(1) AS a, nr(2) AS b',
	]) {
		await opened.run(sql);
	}
});
afterAll(() => opened.close());

const s = 'spark_catalog.s';
const path = '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`s`]';

test.each<[sql: string, names: string[], rows: (string | null)[][]]>([
	['SELECT add2(1, 2)', [`${s}.add2(1, 2)`], [['3']]],
	['SELECT add2(1)', [`${s}.add2(1)`], [['11']]],
	['SELECT add2(b => 3, a => 4)', [`${s}.add2(4, 3)`], [['7']]],
	['SELECT many(1, XYZ => 2)', [`${s}.many(1, 4, 2)`], [['7']]],
	['SELECT s.add2(1), SPARK_CATALOG.S.Add2(2)', [`${s}.add2(1)`, `${s}.add2(2)`], [['11', '12']]],
	["SELECT add2('5', 2.7)", [`${s}.add2(5, 2.7)`], [['7']]],
	['SELECT add2(true), add2(NULL)', [`${s}.add2(true)`, `${s}.add2(NULL)`], [['11', null]]],
	["SELECT dec(1.255), dec('2.5')", [`${s}.dec(1.255)`, `${s}.dec(2.5)`], [['3.8', '7.5']]],
	['SELECT typeof(dec(1))', [`typeof(${s}.dec(1))`], [['decimal(10,1)']]],
	[
		"SELECT text(5), text(DATE'2024-01-01'), text(array(1,2))",
		[`${s}.text(5)`, `${s}.text(DATE '2024-01-01')`, `${s}.text(array(1, 2))`],
		[['5', '2024-01-01', '[1, 2]']],
	],
	["SELECT first_of(array('4', '5'))", [`${s}.first_of(array(4, 5))`], [['4']]],
	[`SELECT x_of(parse_json('{"x":5}')) AS x`, ['x'], [['5']]],
	['SELECT s.abs(-7), abs(-7)', [`${s}.abs(-7)`, 'abs(-7)'], [['-7', '7']]],
	['SELECT minus(-1, -2)', [`${s}.minus(-1, -2)`], [['3']]],
	['SELECT shadow(1)', [`${s}.shadow(1)`], [['3']]],
	['SELECT qualified(2)', [`${s}.qualified(2)`], [['2']]],
	['SELECT add2(*) FROM (SELECT 1, 2)', [`${s}.add2(1, 2)`], [['3']]],
	['SELECT add2((SELECT 3))', [`${s}.add2(scalarsubquery())`], [['13']]],
	["SELECT IDENTIFIER('nr')(1)", [`${s}.nr(1)`], [['2']]],
	['SELECT add2(nr(x)) FROM t WHERE x = 1', [`${s}.add2(${s}.nr(x))`], [['12']]],
	['SELECT x FROM t WHERE add2(x) > 11', ['x'], [['2'], ['2']]],
	[
		'SELECT x, count_of(x) AS n FROM t ORDER BY y',
		['x', 'n'],
		[
			['1', '1'],
			['2', '2'],
			['2', '2'],
		],
	],
	['SELECT add2(sum(x)) FROM t', [`${s}.add2(sum(x))`], [['15']]],
	['SELECT sum(add2(x)) FROM t', [`sum(${s}.add2(x))`], [['35']]],
	[
		'SELECT add2(x), count(*) FROM t GROUP BY add2(x) ORDER BY 1',
		[`${s}.add2(x)`, 'count(1)'],
		[
			['11', '1'],
			['12', '2'],
		],
	],
	[
		'SELECT count_of(x), count(*) FROM t GROUP BY ALL ORDER BY 1',
		[`${s}.count_of(x)`, 'count(1)'],
		[
			['1', '1'],
			['2', '2'],
		],
	],
	['SELECT max(x) FROM t GROUP BY y HAVING add2(max(x)) > 11', ['max(x)'], [['2'], ['2']]],
	['SELECT row_number() OVER (ORDER BY add2(x)) AS r FROM t', ['r'], [['1'], ['2'], ['3']]],
	['SELECT add2(x) AS k FROM t ORDER BY k', ['k'], [['11'], ['12'], ['12']]],
	['SELECT count(*) AS n FROM t a JOIN t b ON nr(a.x) = nr(b.x)', ['n'], [['5']]],
	[
		'SELECT IF(x > 1, ratio(x, x - 1), 0) AS r FROM t ORDER BY y',
		['r'],
		[['0.0'], ['2.0'], ['2.0']],
	],
	['SELECT * FROM v', ['a', 'b'], [['11', '4']]],
	[
		'SELECT * FROM tf(2) ORDER BY q',
		['p', 'q'],
		[
			['2', 'b'],
			['2', 'c'],
		],
	],
	['SELECT tf.q FROM spark_catalog.s.tf(a => 1)', ['q'], [['a']]],
	['SELECT f.m FROM tf(1) AS f(m, n)', ['m'], [['1']]],
	['SELECT * FROM plain(1)', ['p', 'y'], [['1', 'a']]],
	['SELECT * FROM product(1), product(b => 5, a => 2)', ['c', 'c'], [['2', '10']]],
	[
		'SELECT t.y, f.q FROM t, LATERAL tf(t.x) f ORDER BY 1, 2',
		['y', 'q'],
		[
			['a', 'a'],
			['b', 'b'],
			['b', 'c'],
			['c', 'b'],
			['c', 'c'],
		],
	],
	['SELECT (SELECT max(q) FROM tf(t.x)) AS q FROM t ORDER BY y', ['q'], [['a'], ['c'], ['c']]],
])('%s', async (sql, names, rows) => {
	const result = await opened.run(sql);
	expect([result.columns.map(({ name }) => name), result.rows]).toEqual([names, rows]);
});

test('the columns of a table function have the types that it returns', async () => {
	expect(shapeOf(await opened.run('SELECT * FROM product(2)'))).toEqual([
		{ name: 'c', type: 'string' },
	]);
	expect(shapeOf(await opened.run('SELECT add2(1), nr(1) AS n'))).toEqual([
		{ name: `${s}.add2(1)`, type: 'bigint' },
		{ name: 'n', type: 'int' },
	]);
});

test('a temporary function is there for the rest of a SQL file and hides one of the schema', async () => {
	const { lakehouse, session } = opened;
	const results = await lakehouse.runScript(
		`CREATE FUNCTION f1() RETURNS INT RETURN 6;
		CREATE TEMPORARY FUNCTION f1() RETURNS INT RETURN 5;
		CREATE TEMPORARY FUNCTION f2(a INT) RETURNS TABLE (Z INT) RETURN SELECT a + f1();
		SELECT F1(), s.f1();
		SELECT * FROM f2(1);
		CREATE OR REPLACE TEMPORARY FUNCTION f1() RETURNS INT RETURN 50;
		SELECT f1() + 1;
		DROP TEMPORARY FUNCTION f1;
		SELECT f1();
		DROP FUNCTION f1`,
		session,
	);
	expect(results.map(({ columns, rows }) => [columns.map(({ name }) => name), rows])).toEqual([
		[[], []],
		[[], []],
		[[], []],
		[['f1()', `${s}.f1()`], [['5', '6']]],
		[['Z'], [['6']]],
		[[], []],
		[['(f1() + 1)'], [['51']]],
		[[], []],
		[[`${s}.f1()`], [['6']]],
		[[], []],
	]);
	expect(await opened.conditionOf('SELECT f1()')).toBe('UNRESOLVED_ROUTINE');
	const lasting = 'CREATE TEMPORARY FUNCTION f1() RETURN 5; CREATE VIEW w AS SELECT f1() AS a';
	await expect(lakehouse.runScript(lasting, session)).rejects.toThrow(
		'Cannot create the persistent object `spark_catalog`.`s`.`w` of the type VIEW because it references to the temporary object `f1` of the type FUNCTION.',
	);
	expect(
		await opened.rows(
			'BEGIN CREATE TEMPORARY FUNCTION f3(a INT) RETURN a * 3; SELECT f3(x) FROM t LIMIT 1; END',
		),
	).toEqual([['3']]);
});

test('what a function names is looked up where it was made, and told of where it is called', async () => {
	await opened.run('CREATE SCHEMA other');
	const elsewhere = { ...opened.session, schema: 'other' };
	const { rows } = await opened.lakehouse.run('SELECT s.count_of(2)', elsewhere);
	expect(rows).toEqual([['2']]);
	await opened.run('CREATE TABLE gone (x INT)');
	await opened.run('CREATE FUNCTION of_gone() RETURN (SELECT max(x) FROM gone)');
	await opened.run('CREATE FUNCTION of_that() RETURN of_gone()');
	await opened.run('DROP TABLE gone');
	await expect(opened.run('SELECT 1, of_that()')).rejects.toThrow(
		/^\[TABLE_OR_VIEW_NOT_FOUND\] The table or view `gone` cannot be found.*; line 1 pos 10$/s,
	);
	await opened.run('DROP FUNCTION of_gone');
	await expect(opened.run('SELECT 1, of_that()')).rejects.toThrow(
		`[UNRESOLVED_ROUTINE] Cannot resolve routine \`of_gone\` on search path ${path}. SQLSTATE: 42883; line 1 pos 10`,
	);
	await opened.run('CREATE FUNCTION of_gone() RETURN of_that()').catch(() => undefined);
	expect(await opened.conditionOf('SELECT of_gone()')).toBe('UNRESOLVED_ROUTINE');
});

test('functions are replaced, kept by IF NOT EXISTS, and go with their schema', async () => {
	await opened.run('CREATE SCHEMA short');
	await opened.run('CREATE FUNCTION short.f(a INT) RETURNS INT RETURN a');
	await opened.run('CREATE FUNCTION IF NOT EXISTS short.f(a INT) RETURNS INT RETURN a + 1');
	expect(await opened.rows('SELECT short.f(1)')).toEqual([['1']]);
	await opened.run('CREATE OR REPLACE FUNCTION short.f(a INT) RETURNS STRING RETURN a + 2');
	expect(await opened.rows('SELECT short.f(1)')).toEqual([['3']]);
	expect(await opened.conditionOf('DROP SCHEMA short')).toBe('SCHEMA_NOT_EMPTY');
	await opened.run('DROP SCHEMA short CASCADE');
	await opened.run('CREATE SCHEMA short');
	expect(await opened.conditionOf('SELECT short.f(1)')).toBe('UNRESOLVED_ROUTINE');
	await opened.run('DROP FUNCTION IF EXISTS short.f');
});

test('a view and a function that lead to each other are found out', async () => {
	await opened.run('CREATE VIEW round AS SELECT 1 AS a');
	await opened.run('CREATE FUNCTION trip() RETURN (SELECT max(a) FROM round)');
	expect(await opened.conditionOf('CREATE OR REPLACE VIEW round AS SELECT trip() AS a')).toBe(
		'none',
	);
	expect(await opened.conditionOf('SELECT * FROM round')).toBe('RECURSIVE_VIEW');
	expect(await opened.conditionOf('SELECT trip()')).toBe('RECURSIVE_VIEW');
});

test('functions are there again after a restart', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'functions-'));
	const path = join(folder, 'lakehouse.duckdb');
	const before = await openLakehouse(path);
	await before.run("CREATE FUNCTION f(a INT DEFAULT 2 COMMENT 'n') COMMENT 'twice' RETURN a * 2");
	await before.run('CREATE FUNCTION g(a INT) RETURNS TABLE (n BIGINT) RETURN SELECT f(a)');
	await before.close();
	const after = await openLakehouse(path);
	expect(await after.rows('SELECT f(), n FROM g(4)')).toEqual([['4', '8']]);
	await after.close();
	await rm(folder, { recursive: true });
});
