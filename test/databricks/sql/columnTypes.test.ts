import {
	namedColumns,
	rowReader,
	type TypingOptions,
} from '../../../nodes/databricks/sql/columnTypes';

/** The value of one cell. */
function cellValue(
	text: string | null,
	column: { type: string; typeText: string },
	options?: TypingOptions,
) {
	return rowReader([{ name: 'cell', ...column }], options)([text]).cell;
}

describe('a cell', () => {
	it.each<[string, string | null, unknown]>([
		['INT', null, null],
		['BOOLEAN', 'true', true],
		['BOOLEAN', 'false', false],
		['TINYINT', '-5', -5],
		['INT', '42', 42],
		['BIGINT', '9007199254740991', 9007199254740991],
		['BIGINT', '9007199254740992', '9007199254740992'],
		['BIGINT', '-9223372036854775808', '-9223372036854775808'],
		['DOUBLE', '1.5', 1.5],
		['DOUBLE', '1.0E10', 1e10],
		['DOUBLE', 'NaN', 'NaN'],
		['DOUBLE', '-Infinity', '-Infinity'],
		['DECIMAL(18,2)', '1234567890123456.70', '1234567890123456.70'],
		['STRING', '007', '007'],
		['STRING', '', ''],
		['DATE', '2026-10-31', '2026-10-31'],
		['TIMESTAMP', '2026-10-31T10:00:00.000Z', '2026-10-31T10:00:00.000Z'],
		['BINARY', 'AQI=', 'AQI='],
		['INTERVAL DAY TO SECOND', '2 05:00:00.000000000', '2 05:00:00.000000000'],
		['TIME', '08:15:30.5', '08:15:30.5'],
		['TIME(3)', '08:15:30.500', '08:15:30.500'],
		['ARRAY<TIME(6)>', '["08:15:30",null]', ['08:15:30', null]],
		['VARIANT', '{"a":[1,"x"]}', { a: [1, 'x'] }],
		['VARIANT', 'broken {', 'broken {'],
		[
			'VARIANT',
			'{"a":12345678901234567890.12345,"f":0.12345678901234567890,"i":9007199254740993}',
			{ a: '12345678901234567890.12345', f: '0.12345678901234567890', i: '9007199254740993' },
		],
		[
			'VARIANT',
			'["\\u00001.10",1.0E10,1e400,0.1000000000000000000000,{"1234567890123456.5":-1e-400}]',
			['\u00001.10', 1e10, '1e400', 0.1, { '1234567890123456.5': '-1e-400' }],
		],
		['VARIANT', '12345678901234567890', '12345678901234567890'],
		['ARRAY<DECIMAL(38,20)>', '[1.50,-12345678901234567.50]', ['1.50', '-12345678901234567.50']],
		[
			'STRUCT<v: VARIANT, d: DOUBLE, n: BIGINT, x: DECIMAL(4,2)>',
			'{"v":{"a":[1.10,12345678901234567.50]},"d":1.50,"n":9007199254740993,"x":1.50}',
			{ v: { a: [1.1, '12345678901234567.50'] }, d: 1.5, n: '9007199254740993', x: '1.50' },
		],
		['ARRAY<INT>', '[1,2,null]', [1, 2, null]],
		['ARRAY<INT>', '["1","2"]', [1, 2]],
		['ARRAY<BIGINT>', '[9007199254740993]', ['9007199254740993']],
		['ARRAY<DECIMAL(10,2)>', '["1.50"]', ['1.50']],
		['ARRAY<STRING>', '["1"]', ['1']],
		['ARRAY<ARRAY<DOUBLE>>', '[["1.5"],["NaN"]]', [[1.5], ['NaN']]],
		['MAP<STRING, INT>', '{"a":"1","b":null}', { a: 1, b: null }],
		['MAP<STRING, INT>', '[{"key":"a","value":"1"}]', { a: 1 }],
		[
			'STRUCT<street: STRING, zip: INT, at: STRUCT<x: DOUBLE>>',
			'{"street":"1","zip":"7","at":{"x":"0.5"}}',
			{ street: '1', zip: 7, at: { x: 0.5 } },
		],
		[
			'STRUCT<`a,b: c`: INT, n: DECIMAL(4,1) NOT NULL>',
			'{"a,b: c":"1","n":"2.0"}',
			{ 'a,b: c': 1, n: '2.0' },
		],
		['ARRAY<INT>', 'not json', 'not json'],
	])('%s %j is %j', (typeText, text, expected) => {
		const names: Record<string, string> = { BIGINT: 'LONG', TINYINT: 'BYTE' };
		const bare = /^\w+/.exec(typeText)?.[0] ?? '';
		expect(cellValue(text, { type: names[bare] ?? bare, typeText })).toEqual(expected);
	});

	it('DECIMAL is a number only when asked for', () => {
		const column = { type: 'DECIMAL', typeText: 'DECIMAL(18,2)' };
		expect(cellValue('12.50', column, { decimalsAsNumbers: true })).toBe(12.5);
		expect(
			cellValue(
				'["12.50"]',
				{ type: 'ARRAY', typeText: 'ARRAY<DECIMAL(4,2)>' },
				{ decimalsAsNumbers: true },
			),
		).toEqual([12.5]);
	});
});

describe('columns', () => {
	const named = (...names: string[]) =>
		namedColumns(
			names.map((name, position) => ({ name, position, type_name: 'INT', type_text: 'INT' })),
		).map((column) => column.name);

	it.each([
		[
			['a', 'b'],
			['a', 'b'],
		],
		[
			['a', 'a', 'a'],
			['a', 'a_2', 'a_3'],
		],
		[
			['a', 'a', 'a_2'],
			['a', 'a_3', 'a_2'],
		],
	])('%j are named %j', (names, expected) => {
		expect(named(...names)).toEqual(expected);
	});

	it('stand in the order of their positions, and make an object of a row', () => {
		const columns = namedColumns([
			{ name: 'b', position: 1, type_name: 'STRING' },
			{ name: 'a', position: 0, type_name: 'INT', type_text: 'INT' },
			{ name: '__proto__', position: 2, type_name: 'INT' },
		]);
		const row = rowReader(columns)(['1', 'x', '3']);
		expect(Object.entries(row)).toEqual([
			['a', 1],
			['b', 'x'],
			['__proto__', 3],
		]);
	});
});

it.each(['TIME', 'TIME(6)', 'STRING', 'USER_DEFINED_TYPE', 'SOMETHING_NEW'])(
	'a TIME is its text, whatever Databricks calls the type: %s',
	(type) => {
		expect(cellValue('08:15:30.123456', { type, typeText: 'TIME(6)' })).toBe('08:15:30.123456');
	},
);
