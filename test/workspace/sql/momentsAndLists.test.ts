import { Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create('doubles', 'SELECT * FROM VALUES (1, -0.0D), (2, 1D), (3, -2D) AS v(id, x)');
	await session.create(
		'lists',
		"SELECT * FROM VALUES (1, array('x', 'y'), map('k', 1, 'l', 2)), (2, array(), NULL), (3, NULL, NULL) AS v(id, a, m)",
	);
});
afterAll(() => session.close());

/** The rows, or the condition of the error. */
async function rows(query: string): Promise<(string | null)[][] | string> {
	const outcome = await session.run(query);
	return 'error' in outcome ? outcome.error.condition : outcome.answer.rows;
}

/** Every answer here is that of Spark 4.1. */
test.each<[text: string, want: string | null]>([
	['2024-01-05T10', '2024-01-05 10:00:00'],
	['2024-01-05 7', '2024-01-05 07:00:00'],
	['2024-01-05 10:20', '2024-01-05 10:20:00'],
	['2024-01-05 ', '2024-01-05 00:00:00'],
	['2024-01', '2024-01-01 00:00:00'],
	['2024-01-05 10:20:30.', '2024-01-05 10:20:30'],
	['2024-01-05 10:20:30Z', '2024-01-05 10:20:30'],
	['2024-01-05 10:20:30 +05:3', '2024-01-05 05:17:30'],
	['2024-01-05T', null],
	['2024-01-05 10:', null],
	['2024-01-05 10Z', null],
	['2024-01-05 10:20Z', null],
	['2024 10:20:30', null],
	['2024-01T', null],
	['2024-01 10:20:30', null],
	['nowx', null],
])('%j is the timestamp %s', async (text, want) => {
	const cast = `CAST('${text}' AS TIMESTAMP)`;
	expect(await rows(`SELECT TRY_${cast}`)).toEqual([[want]]);
	expect(await rows(`SELECT ${cast}`)).toEqual(want === null ? 'CAST_INVALID_INPUT' : [[want]]);
	const literal = await rows(`SELECT TIMESTAMP '${text}'`);
	expect(literal).toEqual(want === null ? 'INVALID_TYPED_LITERAL' : [[want]]);
});

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each<[query: string, want: (string | null)[][] | string]>([
	["SELECT TRY_CAST('today' AS DATE)", REFUSED],
	["SELECT CAST(' EPOCH ' AS TIMESTAMP)", REFUSED],
	["SELECT DATE 'tomorrow'", REFUSED],
	["SELECT TIMESTAMP 'now'", REFUSED],
	['WITH a AS (SELECT 1 x), a AS (SELECT 2 x) SELECT * FROM a', 'DUPLICATED_CTE_NAMES'],
	['WITH a AS (SELECT 1 x), A AS (SELECT 2 x) SELECT * FROM a', [['2']]],
	['SELECT x FROM doubles ORDER BY x', [['-2.0'], ['-0.0'], ['1.0']]],
	['SELECT x FROM doubles ORDER BY 1 DESC LIMIT 2', [['1.0'], ['-0.0']]],
	[
		'SELECT x, id FROM doubles ORDER BY ALL LIMIT 2',
		[
			['-2.0', '3'],
			['-0.0', '1'],
		],
	],
	['VALUES (-0.0D), (1D)', [['-0.0'], ['1.0']]],
	['SELECT DISTINCT x FROM VALUES (-0.0D), (0.0D) AS v(x)', [['0.0']]],
	["SELECT 4L + DATE '2024-01-31'", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	["SELECT DATE '2024-01-31' + 4L", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	["SELECT DATE '2024-01-31' - 4L", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	["SELECT 4 + DATE '2024-01-31'", [['2024-02-04']]],
	["SELECT array_contains(array(1, 2), '1')", 'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES'],
	["SELECT array_contains(array('1'), 1)", 'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES'],
	['SELECT array_contains(array(1, 2), NULL)', 'DATATYPE_MISMATCH.NULL_TYPE'],
	['SELECT array_contains(NULL, 1)', 'DATATYPE_MISMATCH.NULL_TYPE'],
	['SELECT array_contains(array(1, 2), 1.0), array_contains(array(1, NULL), 2L)', [['true', null]]],
	[
		'SELECT id, explode_outer(a) FROM lists ORDER BY id',
		[
			['1', 'x'],
			['1', 'y'],
			['2', null],
			['3', null],
		],
	],
	[
		'SELECT id, posexplode_outer(a) FROM lists ORDER BY id',
		[
			['1', '0', 'x'],
			['1', '1', 'y'],
			['2', null, null],
			['3', null, null],
		],
	],
	[
		'SELECT id, key, value FROM lists LATERAL VIEW OUTER explode(m) AS key, value ORDER BY id',
		[
			['1', 'k', '1'],
			['1', 'l', '2'],
			['2', null, null],
			['3', null, null],
		],
	],
	[
		'SELECT posexplode(a) FROM lists',
		[
			['0', 'x'],
			['1', 'y'],
		],
	],
	['SELECT explode_outer(CAST(NULL AS ARRAY<INT>))', [[null]]],
	['SELECT inline_outer(CAST(NULL AS ARRAY<STRUCT<q: INT, r: INT>>))', [[null, null]]],
])('%s', async (query, want) => {
	expect(await rows(query)).toEqual(want);
});
