import { parseSqlType } from '../../../nodes/databricks/sql/sqlTypes';
import { jsonLeaves } from '../../../nodes/databricks/sql/sqlValues';

describe('values as text', () => {
	it.each<[string, unknown, unknown]>([
		['STRING', '', ''],
		['STRING', 7, '7'],
		['STRING', { a: [1] }, '{"a":[1]}'],
		['BOOLEAN', 'Yes', 'true'],
		['BOOLEAN', 0, 'false'],
		['TINYINT', '-128', '-128'],
		['BIGINT', '-9223372036854775808', '-9223372036854775808'],
		['BIGINT', '+07', '7'],
		['DOUBLE', '1e-7', '1e-7'],
		['DOUBLE', 'NaN', 'NaN'],
		['FLOAT', '-Infinity', '-Infinity'],
		['DECIMAL(18,2)', '12.5', '12.50'],
		['DECIMAL(18,2)', '-0.00', '0.00'],
		['DECIMAL(38,9)', 1.5e-7, '0.000000150'],
		['DECIMAL(38,0)', '1E3', '1000'],
		[
			'DECIMAL(38,0)',
			'99999999999999999999999999999999999999',
			'99999999999999999999999999999999999999',
		],
		['DECIMAL(4,2)', '1234e-2', '12.34'],
		['DATE', '2024-02-29', '2024-02-29'],
		['DATE', '2026-10-31T00:00:00', '2026-10-31'],
		['DATE', { toISO: () => '2026-10-31T09:15:00.000' }, '2026-10-31'],
		['TIMESTAMP', '2026-10-31 02:00:00.123456+08:00', '2026-10-31 02:00:00.123456+08:00'],
		['TIMESTAMP_NTZ', '2026-10-31T02:00:00', '2026-10-31T02:00:00'],
		['TIME', ' 8:15 ', '08:15:00'],
		['TIME(3)', '08:15:30.500', '08:15:30.5'],
		['TIME(0)', '12:00:01 am', '00:00:01'],
		['ARRAY<TIME(2)>', ['8:15PM', null], ['20:15:00', null]],
		['INTERVAL DAY TO SECOND', '2 05:00:00', '2 05:00:00'],
		['INTERVAL YEAR TO MONTH', '-1-2', '-1-2'],
		['BINARY', 'AQI=', 'AQI='],
		['BINARY', Buffer.from([1, 2]), 'AQI='],
		['ARRAY<DECIMAL(38,18)>', ['1', null], ['1.000000000000000000', null]],
		['MAP<DATE, BIGINT>', { '2026-1-5': '9007199254740993' }, { '2026-01-05': '9007199254740993' }],
		['STRUCT<a: INT, `B c`: ARRAY<BOOLEAN>>', { 'b C': [true], A: 1 }, { 'B c': ['true'], a: '1' }],
		['ARRAY<INT>', '[1,2]', ['1', '2']],
	])('%s %j is %j', (type, value, expected) => {
		expect(jsonLeaves(value, parseSqlType(type))).toEqual(expected);
	});

	it.each<[string, unknown, string]>([
		['TINYINT', 128, 'is 128, which is beyond what TINYINT holds'],
		['INT', '1.0', 'is "1.0", which is no INT'],
		['INT', true, 'is true, which is no INT'],
		[
			'DECIMAL(18,2)',
			0.1 + 0.2,
			'is 0.30000000000000004, which has more digits behind the point than DECIMAL(18,2) keeps',
		],
		['DECIMAL(4,2)', '100', 'is "100", which has more digits than DECIMAL(4,2) holds'],
		['DECIMAL(4,2)', '.', 'is ".", which is no DECIMAL(4,2)'],
		['DATE', '2026-02-30', 'is "2026-02-30", which is no DATE'],
		[
			'DATE',
			'2026-10-31T02:00:00Z',
			'is "2026-10-31T02:00:00Z", whose time of day a DATE would lose',
		],
		['TIMESTAMP', '2026-10-31T25:00:00', 'is "2026-10-31T25:00:00", which is no TIMESTAMP'],
		['TIMESTAMP', '2026-10-31T02:00:00.1234567', 'has more than six digits of a second'],
		[
			'TIMESTAMP_NTZ',
			'2026-10-31T02:00:00Z',
			'is "2026-10-31T02:00:00Z", whose time zone a TIMESTAMP_NTZ would lose',
		],
		['TIME', '24:00', 'is "24:00", which is no TIME'],
		['TIME', '13:00 PM', 'is "13:00 PM", which is no TIME'],
		['TIME', 815, 'is 815, which is no TIME'],
		['TIME', new Date(0), 'is a date with its time, whose date a TIME would lose'],
		[
			'TIME(2)',
			'08:15:30.125',
			'is "08:15:30.125", which has more digits of a second than TIME(2) keeps',
		],
		['BINARY', 'not base64', 'is no BINARY'],
		['BOOLEAN', 'maybe', 'is "maybe", which is no BOOLEAN'],
		['INTERVAL DAY TO SECOND', '5 hours', 'is "5 hours", which is no INTERVAL DAY TO SECOND'],
		['ARRAY<INT>', 5, 'is no list, which ARRAY<INT> asks for'],
		['STRUCT<a: INT>', { b: 1 }, 'has the field "b", which STRUCT<a: INT> does not have'],
	])('%s refuses %j', (type, value, message) => {
		expect(() => jsonLeaves(value, parseSqlType(type))).toThrow(message);
	});
});
