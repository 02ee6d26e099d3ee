import { cell, Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create(
		'v',
		`SELECT parse_json('{"i":5,"d":2.5,"e":1e3,"s":"12","t":true,"n":null,"a":[1,2,3],"o":{"x":1,"y":"z"},"dt":"2024-01-31","big":3000000000}') AS v`,
	);
});
afterAll(() => session.close());

const rowOf = async (expressions: string): Promise<unknown> => {
	const outcome = await session.run(`SELECT ${expressions} FROM v`);
	return 'error' in outcome ? outcome.error.message : outcome.answer.rows[0];
};

/** What Spark 4.1 answers. */
test.each<[expressions: string, values: (string | null)[]]>([
	["CAST(parse_json('1.0') AS STRING), CAST(parse_json('-0.0') AS STRING)", ['1', '0']],
	["CAST(parse_json('1E400') AS STRING), CAST(parse_json('1.5E0') AS STRING)", ['Infinity', '1.5']],
	[
		"CAST(parse_json('99999999999999999999999999999999999999') AS STRING), CAST(parse_json('999999999999999999999999999999999999999') AS STRING)",
		['99999999999999999999999999999999999999', '1.0E39'],
	],
	[
		"CAST(parse_json('0.123456789012345678901234567890123456789') AS STRING)",
		['0.12345678901234568'],
	],
	["CAST(parse_json('1 2') AS STRING), CAST(parse_json('{}x') AS STRING)", ['1', '{}']],
	[
		`to_json(parse_json('{"b": 1.0, "a": 1e3, "10":1,"2":2}'))`,
		['{"10":1,"2":2,"a":1000.0,"b":1}'],
	],
	[`to_json(parse_json('"\\\\u001f\\\\n\\\\/é"'))`, ['"\\u001F\\n/é"']],
	[
		'v:i::int, v:d::int, v:e::int, v:s::int, v:t::int, v:n::int',
		['5', '2', '1000', '12', '1', null],
	],
	[
		'v:big::string, v:d::string, v:e::string, v:s::string, v:t::string, v:n::string',
		['3000000000', '2.5', '1000.0', '12', 'true', null],
	],
	['v:a::string, v:o::string', ['[1,2,3]', '{"x":1,"y":"z"}']],
	['v:i::double, v:d::decimal(3,0), v:e::decimal(10,2)', ['5.0', '3', '1000.00']],
	['v:dt::date, v:dt::timestamp', ['2024-01-31', '2024-01-31 00:00:00']],
	[
		'v:a::array<int>, v:o::map<string,string>, v:o::struct<x:int,y:string,z:int>',
		['[1, 2, 3]', '{x -> 1, y -> z}', '{1, z, null}'],
	],
	[
		'v:a[0], v:a[9], v:o.x, v:o["y"], v:nope, v:I, v:o.x.y',
		['1', null, '1', 'z', null, null, null],
	],
	["try_cast(v:o AS int), try_variant_get(v, '$.big', 'int')", [null, null]],
	[
		`variant_get(v, '$.a[1]', 'string'), variant_get(v, '$.o["y"]', 'string'), variant_get(v, '$[\\'i\\']', 'int')`,
		['2', 'z', '5'],
	],
	["try_variant_get(parse_json('[\"x\",1]'), '$', 'array<int>')", ['[null, 1]']],
	[
		'is_variant_null(v:n), is_variant_null(v:i), is_variant_null(v:nope)',
		['true', 'false', 'false'],
	],
	[
		"parse_json('null') IS NULL, parse_json(NULL) IS NULL, try_parse_json('{bad')",
		['false', 'true', null],
	],
	[
		"schema_of_variant(parse_json('[1,2.5]')), schema_of_variant(parse_json('[1,\"a\"]')), schema_of_variant(parse_json('[]'))",
		['ARRAY<DECIMAL(21,1)>', 'ARRAY<VARIANT>', 'ARRAY<VOID>'],
	],
	[
		`schema_of_variant(parse_json('{}')), schema_of_variant(parse_json('[{"a":1},{"b":true}]')), schema_of_variant(parse_json('{"a b":1,"c":[1.5,2.25]}'))`,
		[
			'OBJECT<>',
			'ARRAY<OBJECT<a: BIGINT, b: BOOLEAN>>',
			'OBJECT<`a b`: BIGINT, c: ARRAY<DECIMAL(3,2)>>',
		],
	],
	[
		"schema_of_variant(parse_json('12345678901234567890')), schema_of_variant(parse_json('[1e3,2.5]')), schema_of_variant(parse_json('100.00'))",
		['DECIMAL(20,0)', 'ARRAY<DOUBLE>', 'DECIMAL(3,0)'],
	],
	[
		'schema_of_variant(cast(1.5F as variant)), schema_of_variant(cast(1 as variant)), schema_of_variant(cast(1.50 as variant))',
		['FLOAT', 'BIGINT', 'DECIMAL(2,1)'],
	],
	[
		"to_json(cast(double('nan') as variant)), to_json(cast(1.1F as variant)), to_json(cast(X'00ff' as variant))",
		['"NaN"', '1.1', '"AP8="'],
	],
	[
		"to_json(cast(array(timestamp'2024-01-01 00:00:00.123', null) as variant)), to_json(cast(timestamp_ntz'2024-01-01 00:00:00.5' as variant))",
		['["2024-01-01 00:00:00.123+00:00",null]', '"2024-01-01 00:00:00.5"'],
	],
	[
		"to_variant_object(named_struct('b',1,'a',array('x',null), 'c', map('k',1.5)))",
		['{"a":["x",null],"b":1,"c":{"k":1.5}}'],
	],
	["to_json(named_struct('v', parse_json('{\"a\":1.0}'), 'w', 1))", ['{"v":{"a":1},"w":1}']],
	['coalesce(v:nope, v:i), CASE WHEN true THEN v:i END, typeof(v)', ['5', '5', 'variant']],
])('%s', async (expressions, values) => {
	expect(await rowOf(expressions)).toEqual(values);
});

test.each<[expression: string, message: string]>([
	[
		'v:big::int',
		'[INVALID_VARIANT_CAST] The variant value `3000000000` cannot be cast into `"INT"`. Please use `try_variant_get` instead. SQLSTATE: 22023',
	],
	[
		'v:o::int',
		'[INVALID_VARIANT_CAST] The variant value `{"x":1,"y":"z"}` cannot be cast into `"INT"`. Please use `try_variant_get` instead. SQLSTATE: 22023',
	],
	[
		"parse_json('{bad')",
		"[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] Malformed records are detected in record parsing: {bad.\nParse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.  SQLSTATE: 22023",
	],
])('%s fails', async (expression, message) => {
	expect(await rowOf(expression)).toBe(message);
});

test.each([
	'1.',
	'.5',
	'01',
	'+1',
	'NaN',
	'1x',
	'1]',
	'true1',
	'-',
	'',
	'[1,]',
	'{"a":1,"a":2}',
	'{"a":1,}',
	'{a:1}',
	'"a\tb"',
])('parse_json does not take %j', async (text) => {
	expect(await cell(session, `SELECT parse_json('${text}')`)).toBe(
		'[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION]',
	);
	expect(await cell(session, `SELECT try_parse_json('${text}')`)).toBeNull();
});

test.each<[query: string, condition: string]>([
	['SELECT v = v FROM v', 'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE'],
	['SELECT v:i = 5 FROM v', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	['SELECT v FROM v ORDER BY v', 'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE'],
	['SELECT v FROM v GROUP BY v', 'GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE'],
	['SELECT DISTINCT v FROM v', 'UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE'],
	['SELECT cast(struct(1 AS a) AS variant)', 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["SELECT variant_get(v, 'a') FROM v", 'INVALID_VARIANT_GET_PATH'],
	['SELECT v FROM v UNION SELECT v FROM v', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
	['SELECT upper(v:s) FROM v', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
	['SELECT max(v) FROM v', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
	['SELECT array_contains(array(v), v) FROM v', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
])('%s is %s', async (query, condition) => {
	expect(await cell(session, query)).toBe(`[${condition}]`);
});

test('a path brings its name with it, and on the wire a VARIANT is JSON', async () => {
	const outcome = await session.run(
		'SELECT v:i, v:a[0], v:o["y"], v:i::int, v:n, v:nope FROM v',
		true,
	);
	expect(outcome).toEqual({
		answer: {
			columns: [
				{ name: 'i', type: 'variant' },
				{ name: 'a', type: 'variant' },
				{ name: 'y', type: 'variant' },
				{ name: 'i', type: 'int' },
				{ name: 'n', type: 'variant' },
				{ name: 'nope', type: 'variant' },
			],
			rows: [['5', '1', '"z"', '5', 'null', null]],
		},
	});
});
