import { Session, told } from './session';

/** Values and types at the edges of the rules of Spark 4.1, and what is refused there. */

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create('n', 'SELECT * FROM VALUES (1), (2), (CAST(NULL AS INT)) AS t(a)');
	await session.create(
		'u',
		"SELECT * FROM VALUES (1, 'x'), (1, 'x'), (2, 'x'), (3, NULL), (CAST(NULL AS INT), 'y') AS t(id, g)",
	);
	await session.create(
		'pr',
		"SELECT * FROM VALUES (1, 'Äpfel'), (2, CAST(NULL AS STRING)), (3, 'Brot'), (4, 'x') AS t(id, name)",
	);
	await session.create(
		'money',
		'SELECT id, CAST(amount AS DECIMAL(10,2)) AS amount FROM VALUES (1, 1.25), (2, 2.5) AS t(id, amount)',
	);
});
afterAll(() => session.close());

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';
const WRONG_TYPE = 'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE';

test.each([
	// NOT of LIKE ANY and LIKE ALL stands before each pattern
	["SELECT 'abc' NOT LIKE ALL ('x', 'a%')", 'boolean: false'],
	["SELECT 'abc' NOT LIKE ANY ('x', 'a%')", 'boolean: true'],
	["SELECT 'abc' NOT LIKE SOME ('a%', 'ab%')", 'boolean: false'],
	["SELECT 'abc' NOT ILIKE ALL ('x', 'A%')", 'boolean: false'],
	["SELECT 'abc' NOT ILIKE ANY ('x', 'A%')", 'boolean: true'],
	["SELECT NOT ('abc' LIKE ANY ('x', 'a%'))", 'boolean: false'],
	["SELECT 'abc' NOT LIKE 'a%'", 'boolean: false'],
	["SELECT id FROM pr WHERE name NOT LIKE ALL ('Ä%', 'x')", 'int: 3'],
	["SELECT id FROM pr WHERE name NOT LIKE ANY ('Ä%', 'x') ORDER BY id", 'int: 1, 3, 4'],
	// the distinct rows without any NULL
	['SELECT count(DISTINCT *) FROM u', 'bigint: 2'],
	['SELECT count(DISTINCT *), count(*) FROM n', 'bigint, bigint: 2 | 3'],
	// a value has the decimals of its type
	['SELECT try_divide(1.0, 3)', 'decimal(7,6): 0.333333'],
	['SELECT try_divide(1.0, 3) * 3', 'decimal(9,6): 0.999999'],
	['SELECT 1.0 / 3', 'decimal(7,6): 0.333333'],
	['SELECT try_divide(1.0, 0), try_mod(1.5, 0)', 'decimal(7,6), decimal(2,1): NULL | NULL'],
	['SELECT try_mod(10.25, 3), 10.25 % 3', 'decimal(3,2), decimal(3,2): 1.25 | 1.25'],
	[
		'SELECT try_divide(amount, 3), amount / 3 FROM money WHERE id = 1',
		'decimal(14,6), decimal(14,6): 0.416667 | 0.416667',
	],
	// the default of LAG and LEAD takes the type of the value
	[
		'SELECT lag(amount, 1, 0) OVER (ORDER BY id), lead(amount, 2, 0) OVER (ORDER BY id) FROM money',
		'decimal(10,2), decimal(10,2): 0.00 | 0.00, 1.25 | 0.00',
	],
	['SELECT lag(id, 1, 0L) OVER (ORDER BY id) FROM money', 'int: 0, 1'],
	['SELECT lag(id, 1, 2.5) OVER (ORDER BY id) FROM money', 'int: 2, 1'],
	['SELECT lag(id, 1, NULL) OVER (ORDER BY id) FROM money', 'int: NULL, 1'],
	['SELECT lag(name, 1, 0) OVER (ORDER BY id) FROM pr WHERE id > 2', 'string: 0, Brot'],
	['SELECT lag(id, 1, CAST(amount AS STRING)) OVER (ORDER BY id) FROM money', REFUSED],
	// a TINYINT literal counts as three digits, other whole numbers as those written
	['SELECT 1Y + 1.25, 1S + 1.25', 'decimal(6,2), decimal(4,2): 2.25 | 2.25'],
	['SELECT 1Y * CAST(7 AS DECIMAL(18,2))', 'decimal(22,2): 7.00'],
	// IN (subquery) as a value, where Spark has no NULL
	['SELECT 1 IN (SELECT a FROM n)', 'boolean: true'],
	['SELECT 3 IN (SELECT a FROM n WHERE a IS NOT NULL)', 'boolean: false'],
	['SELECT 1 NOT IN (SELECT a FROM n)', 'boolean: false'],
	['SELECT 3 IN (SELECT a FROM n)', REFUSED],
	['SELECT 3 NOT IN (SELECT a FROM n)', REFUSED],
	['SELECT a IN (SELECT 1) FROM n', REFUSED],
	['SELECT count(*) FROM n WHERE (3 IN (SELECT a FROM n)) IS NULL', REFUSED],
	['SELECT CASE WHEN 3 NOT IN (SELECT a FROM n) THEN 1 ELSE 0 END', 'int: 0'],
	['SELECT count(*) FILTER (WHERE a NOT IN (SELECT 1)) FROM n', 'bigint: 1'],
	['SELECT a FROM n WHERE a IN (SELECT a FROM n) AND NOT (a = 2)', 'int: 1'],
	['SELECT a FROM n WHERE a NOT IN (SELECT a FROM n) OR a = 2', 'int: 2'],
	// texts become numbers only beside numbers
	["SELECT '6' + '6'", WRONG_TYPE],
	["SELECT '6' - '6'", WRONG_TYPE],
	["SELECT '6' * '6'", WRONG_TYPE],
	["SELECT '6' / '6'", WRONG_TYPE],
	["SELECT '6' % '6'", WRONG_TYPE],
	["SELECT '6' + NULL", WRONG_TYPE],
	['SELECT name + name FROM pr', WRONG_TYPE],
	["SELECT '6' + 6, '6' * 1.5", 'bigint, double: 12 | 9.0'],
	["SELECT greatest('6', CAST(5 AS DECIMAL(5,0)))", REFUSED],
	["SELECT least('6', 1.5F)", REFUSED],
	["SELECT greatest('6', '5', NULL), least(1, 2.5)", 'string, decimal(11,1): 6 | 1.0'],
	["SELECT +'5', +5, +1.50", 'double, int, decimal(3,2): 5.0 | 5 | 1.50'],
	['SELECT +true', 'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE'],
	['SELECT +NULL', REFUSED],
	// a name of ORDER BY that two columns have
	['SELECT id AS a, id AS a FROM money ORDER BY a', REFUSED],
	['SELECT id, id FROM money ORDER BY id', 'int, int: 1 | 1, 2 | 2'],
])('%s', async (sql, expected) => {
	expect(told(await session.run(sql))).toBe(expected);
});

test.each([
	["SELECT name LIKE ANY ('a') FROM pr", 'likeany(name)'],
	["SELECT name NOT LIKE ALL ('a', 'b') FROM pr", 'notlikeall(name)'],
	["SELECT name NOT ILIKE ANY ('a', 'b') FROM pr", 'notlikeany(lower(name))'],
	['SELECT count(DISTINCT *) FROM u', 'count(DISTINCT id, g)'],
	["SELECT +'5'", '(+ 5)'],
])('%s is named %s', async (sql, name) => {
	const outcome = await session.run(sql);
	expect('answer' in outcome && outcome.answer.columns.map((column) => column.name)).toEqual([
		name,
	]);
});
