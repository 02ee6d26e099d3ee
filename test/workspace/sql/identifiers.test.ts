import { Session, typed } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create('t', 'SELECT * FROM VALUES (1), (2) AS v(id)');
	session.parameters = new Map([
		['f', typed('upper', 'STRING')],
		['s', typed('s', 'STRING')],
		['c', typed('`the name`', 'STRING')],
	]);
});
afterAll(() => session.close());

test.each<[query: string, name: string, rows: unknown]>([
	["SELECT identifier(:f)('a') v", 'v', [['A']]],
	["SELECT identifier('sum')(id) OVER (ORDER BY id) v FROM t ORDER BY id", 'v', [['1'], ['3']]],
	['SELECT 1 AS identifier(:c)', 'the name', [['1']]],
	['SELECT count(*) FROM identifier(:s).t', 'count(1)', [['2']]],
	["SELECT count(*) FROM identifier('spark_catalog').s.t", 'count(1)', [['2']]],
	["SELECT (SELECT identifier('max')(id) FROM identifier('s').t) AS identifier('m')", 'm', [['2']]],
])('%s', async (query, name, rows) => {
	expect(await session.run(query)).toMatchObject({ answer: { columns: [{ name }], rows } });
});

test.each([
	["SELECT identifier('nofn')('a')", 'UNRESOLVED_ROUTINE'],
	["SELECT 1 AS identifier('a.b')", 'IDENTIFIER_TOO_MANY_NAME_PARTS'],
	["SELECT 1 AS identifier('')", 'PARSE_EMPTY_STATEMENT'],
	["SELECT identifier('upper) --')('a')", 'PARSE_SYNTAX_ERROR'],
	["SELECT * FROM identifier('s').nope", 'TABLE_OR_VIEW_NOT_FOUND'],
])('%s is %s', async (query, condition) => {
	expect(await session.run(query)).toMatchObject({ error: { condition } });
});

test('concat_ws takes an empty list, and says which types it takes', async () => {
	expect(
		await session.run("SELECT concat_ws('/', array()) e, concat_ws('/', array(NULL), 'a') a"),
	).toMatchObject({
		answer: { rows: [['', 'a']] },
	});
	expect(await session.run("SELECT concat_ws('/', struct(1))")).toMatchObject({
		error: { message: expect.stringContaining('requires the ("ARRAY<STRING>" or "STRING") type') },
	});
});
