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
