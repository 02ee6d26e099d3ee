import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OTHER_CASE } from '../../../workspace/sql/types/collations';
import { Session, told } from './session';

/** Texts under a collation: measured with Spark 4.1. */

let session: Session;
beforeAll(async () => {
	session = await Session.open();
});
afterAll(() => session.close());

test.each([
	[
		"SELECT typeof('a' COLLATE utf8_lcase), collation('a' COLLATE UTF8_LCASE), CAST('a' COLLATE UTF8_LCASE AS STRING)",
		'string, string, string: string collate UTF8_LCASE | SYSTEM.BUILTIN.UTF8_LCASE | a',
	],
	[
		"SELECT typeof(collate('a', 'utf8_lcase')), typeof('a' COLLATE UTF8_BINARY), collation('a'), collation(NULL), typeof(collate(NULL, 'UTF8_LCASE'))",
		'string, string, string, string, string: string collate UTF8_LCASE | string | SYSTEM.BUILTIN.UTF8_BINARY | SYSTEM.BUILTIN.UTF8_BINARY | string collate UTF8_LCASE',
	],
	[
		"SELECT typeof('a' COLLATE SYSTEM.BUILTIN.UTF8_LCASE), typeof(CAST(1 AS STRING COLLATE UTF8_LCASE))",
		'string, string: string collate UTF8_LCASE | string collate UTF8_LCASE',
	],
	["SELECT 'a' COLLATE nope", 'COLLATION_INVALID_NAME'],
	["SELECT collate(1, 'UTF8_LCASE')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	["SELECT collate('a', 1)", 'UNEXPECTED_INPUT_TYPE'],
	['SELECT collation(1)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	[
		"SELECT 'A' COLLATE UTF8_LCASE = 'a', 'A' COLLATE UTF8_LCASE <=> 'a', 'A' COLLATE UTF8_LCASE IN ('a', 'b'), 'a' = 'A' COLLATE UTF8_LCASE",
		'boolean, boolean, boolean, boolean: true | true | true | true',
	],
	[
		"SELECT 'a' COLLATE UTF8_LCASE < 'B', 'B' COLLATE UTF8_LCASE < 'a', 'A' COLLATE UTF8_LCASE > '_', 'x' COLLATE UTF8_LCASE = 'X '",
		'boolean, boolean, boolean, boolean: true | false | true | false',
	],
	[
		"SELECT 'ä' COLLATE UTF8_LCASE = 'Ä', 'ß' COLLATE UTF8_LCASE = 'SS', 'Σ' COLLATE UTF8_LCASE = 'σ'",
		'boolean, boolean, boolean: true | false | true',
	],
	[
		"SELECT 'A' COLLATE UTF8_BINARY = 'a', CAST('A' COLLATE UTF8_LCASE AS STRING) = 'a', CAST('A' AS STRING COLLATE UTF8_LCASE) = 'a'",
		'boolean, boolean, boolean: false | false | true',
	],
	["SELECT 'A' COLLATE UTF8_LCASE = 'a' COLLATE UTF8_BINARY", 'COLLATION_MISMATCH.EXPLICIT'],
	[
		"SELECT CAST('1' COLLATE UTF8_LCASE AS INT), '1' COLLATE UTF8_LCASE = 1",
		'int, boolean: 1 | true',
	],
	[
		"SELECT c = 'a', c <> 'A', c >= 'a', c IN ('x', 'a'), c NOT IN ('a'), c IS NULL, c <=> NULL, c = NULL FROM (SELECT 'A' COLLATE UTF8_LCASE c)",
		'boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean: true | false | true | true | false | false | false | NULL',
	],
	[
		"SELECT c = d FROM (SELECT 'A' COLLATE UTF8_LCASE c, 'a' d)",
		'INDETERMINATE_COLLATION_IN_EXPRESSION',
	],
	[
		"SELECT c IN ('a', d) FROM (SELECT 'A' COLLATE UTF8_LCASE c, 'a' d)",
		'INDETERMINATE_COLLATION_IN_EXPRESSION',
	],
	[
		"SELECT d = c COLLATE UTF8_LCASE, d = 'A' COLLATE UTF8_LCASE, d COLLATE UTF8_BINARY = c FROM (SELECT 'A' COLLATE UTF8_LCASE c, 'a' d)",
		'boolean, boolean, boolean: true | true | false',
	],
	[
		"SELECT CAST(c AS STRING) FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('a'), ('B')) ORDER BY c",
		'string: A, B, a, b',
	],
	[
		"SELECT CAST(c AS STRING) FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('a'), ('B'), ('_')) ORDER BY c DESC",
		'string: b, a, _, B, A',
	],
	[
		"SELECT col1 FROM VALUES ('b'), ('A'), ('a'), ('B') ORDER BY col1 COLLATE UTF8_LCASE",
		'string: A, a, b, B',
	],
	[
		"SELECT CAST(c AS STRING), n FROM (SELECT c, count(*) n FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('a'), ('B')) GROUP BY c) ORDER BY c",
		'string, bigint: A | 2, b | 2',
	],
	[
		"SELECT count(*) FROM VALUES ('b'), ('A'), ('a') GROUP BY col1 COLLATE UTF8_LCASE ORDER BY 1",
		'bigint: 1, 2',
	],
	[
		"SELECT count(*) FROM (SELECT DISTINCT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('a'), ('B'))",
		'bigint: 2',
	],
	[
		"SELECT CAST(max(c) AS STRING), CAST(min(c) AS STRING), typeof(max(c)), count(c), max(c) = 'B' FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('_'))",
		'string, string, string, bigint, boolean: b | _ | string collate UTF8_LCASE | 3 | true',
	],
	[
		"SELECT CAST(max(c) AS STRING) = 'B' FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'))",
		'boolean: false',
	],
	[
		"SELECT count(*) OVER (PARTITION BY c), rank() OVER (ORDER BY c) FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('a'), ('B'))",
		'bigint, int: 2 | 1, 2 | 1, 2 | 3, 2 | 3',
	],
	[
		"SELECT count(*) FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('a'), ('A')) a JOIN (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('A'), ('b')) b ON a.c = b.c",
		'bigint: 2',
	],
	[
		"SELECT count(*) FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('a'), ('A')) a JOIN (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('A'), ('b')) b USING (c)",
		'bigint: 2',
	],
	[
		"SELECT CAST(c AS STRING) FROM (SELECT 'b' COLLATE UTF8_LCASE c UNION ALL SELECT 'A' COLLATE UTF8_LCASE) WHERE c > '_' ORDER BY c",
		'string: A, b',
	],
	[
		"SELECT c FROM (SELECT 'A' COLLATE UTF8_LCASE c UNION ALL SELECT 'a')",
		'INCOMPATIBLE_COLUMN_TYPE',
	],
	[
		"SELECT * FROM VALUES ('b' COLLATE UTF8_LCASE), ('A') t(c)",
		'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
	],
	[
		"SELECT typeof(coalesce(c, 'x')), typeof(CASE WHEN true THEN c ELSE 'x' END), coalesce(c, 'x') = 'A', if(true, c, 'x') = 'A' FROM (SELECT 'a' COLLATE UTF8_LCASE c)",
		'string, string, boolean, boolean: string collate UTF8_LCASE | string collate UTF8_LCASE | true | true',
	],
	[
		"SELECT CASE c WHEN 'A' THEN 1 END, CASE WHEN c = 'A' THEN 2 END FROM (SELECT 'a' COLLATE UTF8_LCASE c)",
		'int, int: 1 | 2',
	],
	[
		"SELECT c LIKE 'A%', c LIKE 'a_C', c NOT LIKE 'B%', c LIKE ANY ('x', 'A%'), c ILIKE 'A%' FROM (SELECT 'aBc' COLLATE UTF8_LCASE c)",
		'boolean, boolean, boolean, boolean, boolean: true | true | true | true | true',
	],
	[
		"SELECT length(c), typeof(c || 'x'), CAST('x' || c AS STRING), c || 'X' = 'aBCx', isnotnull(c) FROM (SELECT 'aBc' COLLATE UTF8_LCASE c)",
		'int, string, string, boolean, boolean: 3 | string collate UTF8_LCASE | xaBc | true | true',
	],
	["SELECT s FROM (SELECT 'x' s) WHERE s COLLATE UTF8_LCASE = 'X'", 'string: x'],
	[
		"SELECT CAST(c AS STRING) AS s FROM (SELECT col1 COLLATE UTF8_LCASE || '' c FROM VALUES ('b'), ('A'), ('a'), ('B')) ORDER BY c || 'x', s",
		'string: A, a, B, b',
	],
	[
		"SELECT CAST(c AS STRING) AS s FROM (SELECT col1 COLLATE UTF8_LCASE c FROM VALUES ('b'), ('A'), ('a'), ('B'), ('_')) ORDER BY c DESC, s",
		'string: B, b, A, a, _',
	],
	['SELECT collate FROM (SELECT 1 collate)', 'int: 1'],
])('%s as Spark 4.1 tells it', async (sql, expected) => {
	expect(told(await session.run(sql))).toBe(expected);
});

const FROM = "FROM (SELECT 'a' COLLATE UTF8_LCASE AS c, 'A' AS d)";

test.each([
	["SELECT 'a' COLLATE UNICODE_CI", 'the collation UNICODE_CI'],
	["SELECT collate('a', 'de_AI')", 'the collation de_AI'],
	["SELECT 'a' COLLATE UTF8_LCASE_RTRIM", 'the collation UTF8_LCASE_RTRIM'],
	["SELECT CAST('a' AS STRING COLLATE UNICODE)", 'the collation UNICODE'],
	[`SELECT c BETWEEN 'a' AND 'b' ${FROM}`, 'BETWEEN on STRING COLLATE UTF8_LCASE'],
	[`SELECT c IN (SELECT 'a') ${FROM}`, 'IN (subquery) over STRING COLLATE UTF8_LCASE'],
	[`SELECT upper(c) ${FROM}`, 'upper of a STRING COLLATE UTF8_LCASE; cast it to STRING'],
	[`SELECT replace(c, 'A', 'b') ${FROM}`, 'replace of a STRING COLLATE UTF8_LCASE'],
	[`SELECT array(c) ${FROM}`, 'array of a STRING COLLATE UTF8_LCASE'],
	[`SELECT count(DISTINCT c) ${FROM}`, 'count(DISTINCT …) of a text with a collation'],
	[`SELECT lag(c) OVER (ORDER BY c) ${FROM}`, 'lag of a STRING COLLATE UTF8_LCASE'],
	[`SELECT c RLIKE 'A' ${FROM}`, 'RLIKE on STRING COLLATE UTF8_LCASE'],
	[`SELECT c LIKE 'A!%' ESCAPE '!' ${FROM}`, 'LIKE on STRING COLLATE UTF8_LCASE'],
	[`SELECT * ${FROM} PIVOT (count(*) FOR c IN ('a'))`, 'PIVOT of rows with a collated text'],
	[`SELECT first_value(c) OVER (ORDER BY c) ${FROM}`, 'first_value of a STRING COLLATE'],
	[`SELECT c + 1 ${FROM}`, '+ on STRING COLLATE UTF8_LCASE'],
	[`SELECT NOT c ${FROM}`, 'STRING COLLATE UTF8_LCASE as a condition'],
	[`SELECT c = lower(d) ${FROM}`, 'an expression of STRING in (c = lower(d))'],
	[`SELECT coalesce(c, 1) ${FROM}`, 'STRING COLLATE UTF8_LCASE beside other types'],
	[`SELECT c ${FROM} UNION SELECT 'x' COLLATE UTF8_LCASE`, 'set operations on STRING COLLATE'],
	["SELECT CAST(array('a') AS ARRAY<STRING COLLATE UTF8_LCASE>)", 'CAST to ARRAY<STRING COLLATE'],
	["SELECT 'İ' COLLATE UTF8_LCASE = 'x'", 'letters whose case the engines see differently'],
	["SELECT 'x' COLLATE UTF8_LCASE = 'ς'", 'letters whose case the engines see differently'],
	["SELECT 'x' COLLATE UTF8_LCASE LIKE 'ς'", 'letters whose case the engines see differently'],
])('%s is refused by name', async (sql, what) => {
	const outcome = await session.run(sql);
	expect('error' in outcome && [outcome.error.condition, outcome.error.message]).toEqual([
		'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE',
		expect.stringContaining(what),
	]);
});

test('a collated text as a result is refused, with what to do', async () => {
	const outcome = await session.run("SELECT 'a' COLLATE UTF8_LCASE AS c", true);
	expect('error' in outcome && outcome.error.message).toContain(
		'STRING COLLATE UTF8_LCASE as a result; cast it to STRING',
	);
});

/** No letter beyond U+1FFFF has a case. */
test('the same letters are alike as in Spark, but for those that are refused', async () => {
	const spark = readFileSync(join(__dirname, 'lcaseClasses.txt'), 'utf8').trim().split(' ');
	const reader = await session.connection.runAndReadAll(
		`SELECT upper(array_to_string(list(to_hex(i) ORDER BY i), '/')) FROM range(1, 131072) AS t(i)
		WHERE i NOT BETWEEN 55296 AND 57343 AND NOT regexp_matches(chr(CAST(i AS INTEGER)), '${OTHER_CASE}')
		GROUP BY chr(CAST(i AS INTEGER)) COLLATE NOCASE HAVING count(*) > 1`,
	);
	const ours = z.array(z.tuple([z.string()])).parse(reader.getRowsJson());
	const refused = new RegExp(OTHER_CASE.replaceAll('\\x{', '\\u{'), 'u');
	const isKept = (letter: string): boolean =>
		!refused.test(String.fromCodePoint(parseInt(letter, 16)));
	const kept = spark.map((letters) => letters.split('/').filter(isKept));
	const expected = kept.filter(({ length }) => length > 1).map((letters) => letters.join('/'));
	expect(ours.map(([letters]) => letters).sort()).toEqual(expected.sort());
	expect([spark.length, expected.length]).toEqual([1451, 1421]);
});
