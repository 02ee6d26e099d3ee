import { Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create('t', "SELECT 1 AS x, struct(1 AS p) AS s, true AS a, 'hello' AS w");
});
afterAll(() => session.close());

/** Names that Spark 4.1 gives to columns without an alias. */
test.each<[expressions: string, names: string[]]>([
	['CAST(x AS STRING), TRY_CAST(X AS INT), x::INT, int(x)', ['x', 'X', 'x', 'x']],
	['CAST(t.x AS DOUBLE), (CAST(x AS INT))', ['x', 'x']],
	['CAST(x AS INT) + 1, int(x) + 1', ['(CAST(x AS INT) + 1)', '(x + 1)']],
	['CAST(CAST(x AS INT) AS STRING)', ['CAST(CAST(x AS INT) AS STRING)']],
	['x + 1 AS b, CAST(b AS STRING)', ['b', 'b']],
	['x BETWEEN 1 AND 2, x NOT BETWEEN 1 AND 2', ['between(x, 1, 2)', '(NOT between(x, 1, 2))']],
	['a IS TRUE, a IS NOT FALSE', ['(a <=> true)', '(NOT (a <=> false))']],
	['a IS NULL, a IS NOT NULL', ['(a IS NULL)', '(a IS NOT NULL)']],
	[
		"substring(w, 2), substr('hello', 2)",
		['substring(w, 2, 2147483647)', 'substr(hello, 2, 2147483647)'],
	],
	['substring(w, 2, 1)', ['substring(w, 2, 1)']],
	["lpad(w, 5), rpad(w, 5), lpad(w, 5, 'x')", ['lpad(w, 5,  )', 'rpad(w, 5,  )', 'lpad(w, 5, x)']],
	["replace('a', 'b')", ['replace(a, b, )']],
	[
		"locate('b', w), position('b' IN w), position('b', w)",
		['locate(b, w, 1)', 'locate(b, w, 1)', 'position(b, w, 1)'],
	],
	[
		"trim('x' FROM w), trim(BOTH 'x' FROM w), trim(w)",
		['TRIM(BOTH x FROM w)', 'TRIM(BOTH x FROM w)', 'trim(w)'],
	],
	["regexp_like(w, 'b'), rlike(w, 'b')", ['REGEXP_LIKE(w, b)', 'RLIKE(w, b)']],
	["w LIKE 'b' ESCAPE '!'", ["w LIKE b ESCAPE '!'"]],
	["unix_timestamp(DATE '2024-01-01')", ["unix_timestamp(DATE '2024-01-01', yyyy-MM-dd HH:mm:ss)"]],
	[
		"dateadd(DATE '2024-01-01', 1), dateadd(Day, 1, DATE '2024-01-01')",
		["date_add(DATE '2024-01-01', 1)", "timestampadd(Day, 1, DATE '2024-01-01')"],
	],
	["struct(1 AS a, 'x' AS b), struct(1, x)", ['struct(1 AS a, x AS b)', 'struct(1, x)']],
	['CAST(array(1) AS ARRAY<BIGINT>)', ['array(1)']],
	['percentile(x, 0.5), first(x, true)', ['percentile(x, 0.5, 1)', 'first(x)']],
	['last_value(x) IGNORE NULLS, last_value(x, true)', ['last(x)', 'last_value(x)']],
	['s.*', ['p']],
	['mod(5, 3), 5 % 3', ['mod(5, 3)', '(5 % 3)']],
	['sqrt(2), signum(3), sign(3)', ['SQRT(2)', 'SIGNUM(3)', 'sign(3)']],
	['1e-2, 1e7, 1.0e-4, 123456789.123D', ['0.01', '1.0E7', '1.0E-4', '1.23456789123E8']],
	['12345678.9F, 1.5F, -0.0D, 1e6, 1e-3D', ['1.2345679E7', '1.5', '-0.0', '1000000.0', '0.001']],
	['0.0000001, 0.0000010, 0.00000000, 1.50', ['1E-7', '0.0000010', '0E-8', '1.50']],
	["CAST(1 AS STRING), int('5'), string(5)", ['CAST(1 AS STRING)', '5', '5']],
])('%s', async (expressions, names) => {
	const outcome = await session.run(`SELECT ${expressions} FROM t`);
	const got = 'error' in outcome ? outcome.error.message : outcome.answer.columns;
	expect(got).toEqual(names.map((name) => expect.objectContaining({ name })));
});

test('a cast column is found by the name of the column, grouped or from outside', async () => {
	const query =
		'SELECT x, n FROM (SELECT CAST(x AS STRING), count(*) AS n FROM t GROUP BY CAST(x AS STRING))';
	expect(await session.run(query)).toEqual({
		answer: {
			columns: [
				{ name: 'x', type: 'string' },
				{ name: 'n', type: 'bigint' },
			],
			rows: [['1', '1']],
		},
	});
});
