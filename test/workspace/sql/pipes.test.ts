import { Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create('t', "SELECT * FROM VALUES (1, 'a'), (2, 'b'), (3, 'a') AS v(id, name)");
});
afterAll(() => session.close());

test.each<[query: string, columns: string, rows: string[][]]>([
	['from range(3) |> where id > 0 |> select id', 'id', [['1'], ['2']]],
	["FROM t |> WHERE t.id > 1 |> WHERE name = 'a' |> SELECT id, t.name AS n", 'id,n', [['3', 'a']]],
	[
		'FROM t |> AGGREGATE count(*) AS n, sum(id) s GROUP BY name |> ORDER BY name DESC |> LIMIT 1',
		'name,n,s',
		[['b', '1', '2']],
	],
	['FROM t |> AGGREGATE GROUP BY upper(name) AS k |> ORDER BY k', 'k', [['A'], ['B']]],
	['FROM t |> AGGREGATE max(id) - min(id)', '(max(id) - min(id))', [['2']]],
	[
		'FROM t |> EXTEND id * 2 AS twice |> DROP name |> ORDER BY id |> OFFSET 2',
		'id,twice',
		[['3', '6']],
	],
	['FROM t |> SELECT id, name |> AS x |> WHERE x.id = 2', 'id,name', [['2', 'b']]],
	[
		'FROM t |> AS x |> JOIN t y ON x.id = y.id AND y.id = 2 |> SELECT x.id, y.name',
		'id,name',
		[['2', 'b']],
	],
	['FROM t |> WHERE id = 1 |> CROSS JOIN (SELECT 7 AS c) |> SELECT id, c', 'id,c', [['1', '7']]],
	['SELECT id FROM t |> UNION ALL (SELECT 9) |> ORDER BY id DESC |> LIMIT 2', 'id', [['9'], ['3']]],
	[
		'SELECT name FROM t |> EXCEPT SELECT upper(name) FROM t |> ORDER BY name',
		'name',
		[['a'], ['b']],
	],
	['WITH c AS (SELECT 5 AS v) FROM c |> EXTEND (SELECT max(v) FROM c) AS m', 'v,m', [['5', '5']]],
	['SELECT id FROM t ORDER BY id DESC |> LIMIT 1', 'id', [['3']]],
	['FROM t |> ORDER BY id |> LIMIT 2 |> LIMIT 1 |> SELECT id', 'id', [['1']]],
	['FROM t |> SELECT DISTINCT name |> ORDER BY name', 'name', [['a'], ['b']]],
	['FROM t |> SELECT id, sum(id) OVER () AS s |> WHERE id = 1', 'id,s', [['1', '6']]],
	['SELECT count(*) FROM (FROM t |> WHERE id > 1)', 'count(1)', [['2']]],
])('%s', async (query, columns, rows) => {
	const outcome = await session.run(query);
	if ('error' in outcome) throw outcome.error;
	expect(outcome.answer.columns.map(({ name }) => name).join()).toBe(columns);
	expect(outcome.answer.rows).toEqual(rows);
});

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each([
	['FROM t |> SELECT sum(id)', 'PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION'],
	['FROM t |> EXTEND sum(id) AS s', 'PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION'],
	[
		'FROM t |> AGGREGATE id + 1',
		'PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION',
	],
	['FROM t |> AGGREGATE sum(id) GROUP BY 1', REFUSED],
	['FROM t |> SET id = 1', REFUSED],
	['FROM t |> SELECT id |> WHERE t.id = 1', REFUSED],
	['SELECT id FROM t |> ORDER BY name', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
	['FROM t |>', 'PARSE_SYNTAX_ERROR'],
	['FROM t |> 5', 'PARSE_SYNTAX_ERROR'],
])('%s is %s', async (query, condition) => {
	expect(await session.run(query)).toMatchObject({ error: { condition } });
});
