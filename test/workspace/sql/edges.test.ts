import { cell, Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create(
		't',
		"SELECT -128Y AS ti, named_struct('p', 1, 'q', 'a') AS s, array('b') AS l",
	);
});
afterAll(() => session.close());

/** What Spark 4.1 answers, or what is refused by name. */
test.each<[query: string, answer: string | null]>([
	['SELECT abs(ti) FROM t', '[ARITHMETIC_OVERFLOW]'],
	['SELECT -ti FROM t', '[ARITHMETIC_OVERFLOW]'],
	['SELECT abs(cast(-127 AS TINYINT))', '127'],
	['SELECT 32767S + 1S', '[BINARY_ARITHMETIC_OVERFLOW]'],
	['SELECT ti - 1Y FROM t', '[BINARY_ARITHMETIC_OVERFLOW]'],
	['SELECT 2147483647 * 2', '[ARITHMETIC_OVERFLOW]'],
	["SELECT NOT 'true'", 'false'],
	["SELECT true AND 'false'", 'false'],
	["SELECT NOT 'x'", '[CAST_INVALID_INPUT]'],
	["SELECT try_cast(concat('to', 'day') AS DATE)", '[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]'],
	["SELECT try_cast(concat('nowa', 'days') AS DATE)", null],
	['SELECT ti FROM t LIMIT 1 + 1', '[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]'],
	['SELECT ti FROM t LIMIT ti', '[INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE]'],
	['SELECT reverse(l) FROM t', '[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]'],
	["SELECT cast(TIMESTAMP '2024-01-01' AS FLOAT)", '[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]'],
	['SELECT id.* FROM (SELECT 1 AS id) AS x', '[CANNOT_RESOLVE_STAR_EXPAND]'],
	['VALUES (1, 2) AS t(a)', '[INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH]'],
])('%s', async (query, answer) => {
	expect(await cell(session, query)).toBe(answer);
});

test('the fields of a struct, the columns of VALUES, and FROM before SELECT', async () => {
	expect(await session.run('SELECT s.*, t.s.* FROM t')).toEqual({
		answer: {
			columns: ['p', 'q', 'p', 'q'].map((name, at) => ({ name, type: at % 2 ? 'string' : 'int' })),
			rows: [['1', 'a', '1', 'a']],
		},
	});
	expect(await session.run('VALUES (1, 2) AS t(a, b)')).toEqual({
		answer: {
			columns: ['a', 'b'].map((name) => ({ name, type: 'int' })),
			rows: [['1', '2']],
		},
	});
	expect(await cell(session, 'FROM t SELECT s.q')).toBe('a');
});
