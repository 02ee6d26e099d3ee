import { columnValue } from '../../nodes/ModelPredict/columnValues';
import { writeJson } from '../../nodes/databricks/ids';
import type { ColumnType } from '../../nodes/databricks/serving/modelColumn';

/** What is sent for a value, as JSON, or what is wrong with it. */
function sent(type: ColumnType, value: unknown, required = true): string {
	const result = columnValue(value, { name: 'x', type, required });
	return result.ok ? writeJson(result.value) : result.problem;
}

test.each<[ColumnType, unknown, string]>([
	['double', 1, '1'],
	['double', 450000.5, '450000.5'],
	['double', '450000.50', '450000.50'],
	['double', ' 1e3 ', '1e3'],
	['double', null, 'null'],
	['long', 45, '45'],
	['long', '9007199254740993', '9007199254740993'],
	['long', '9223372036854775807', '9223372036854775807'],
	['long', 12n, '12'],
	['long', '12.0', '12'],
	['integer', -2147483648, '-2147483648'],
	['boolean', true, 'true'],
	['boolean', 'False', 'false'],
	['string', 'RIM', '"RIM"'],
	['string', 12, '"12"'],
	['string', null, 'null'],
	['datetime', '2026-10-31', '"2026-10-31T00:00:00.000000"'],
	['datetime', '2026-10-31T08:00:00', '"2026-10-31T08:00:00.000000"'],
	['datetime', '2026-10-31 08:00', '"2026-10-31T08:00:00.000000"'],
	['datetime', '2026-10-31T08:00:00.1234567Z', '"2026-10-31T08:00:00.123456"'],
	['datetime', '2026-10-31T08:00:00+08:00', '"2026-10-31T00:00:00.000000"'],
	['datetime', '2026-10-31T08:00:00-0130', '"2026-10-31T09:30:00.000000"'],
	['datetime', new Date('2026-10-31T08:00:00Z'), '"2026-10-31T08:00:00.000000"'],
	['doubles', [1, 2.5, 3e21], '[1.0,2.5,3e+21]'],
	['array', ['a'], '["a"]'],
	['object', { a: 1 }, '{"a":1}'],
	['other', [[1]], '[[1]]'],
])('a %s is sent: %j', (type, value, json) => {
	expect(sent(type, value)).toBe(json);
});

test.each<[ColumnType, unknown, string]>([
	['double', 'many', 'is "many", and the model takes a number'],
	['double', '', 'is "", and the model takes a number'],
	['double', true, 'is true, and the model takes a number'],
	['double', [1], 'is a list, and the model takes a number'],
	['long', 45.5, 'is 45.5, and the model takes a whole number'],
	['long', '9223372036854775808', 'is "9223372036854775808", and the model takes a whole number'],
	['long', true, 'is true, and the model takes a whole number'],
	['integer', 2147483648, 'is 2147483648, and the model takes a whole number of 32 bits'],
	['long', null, 'is empty, and the model has no empty value there'],
	['boolean', null, 'is empty, and the model has no empty value there'],
	['boolean', 0, 'is 0, and the model takes true or false'],
	['boolean', 'no', 'is "no", and the model takes true or false'],
	['string', true, 'is true, and the model takes a text'],
	['string', { a: 1 }, 'is an object, and the model takes a text'],
	[
		'datetime',
		1793433600000,
		'is 1793433600000, and the model takes a date and time such as 2026-10-31T08:00:00; numbers are ambiguous',
	],
	['datetime', '2026-02-30', 'is "2026-02-30", and the model takes a date that exists'],
	['doubles', ['a'], 'is "a", and the model takes a list of numbers'],
	['object', [1], 'is a list, and the model takes an object'],
	['double', 'x'.repeat(50), 'is a text of 50 characters, and the model takes a number'],
])('a %s is refused: %j', (type, value, problem) => {
	expect(sent(type, value)).toBe(problem);
});

test('an empty whole number that is optional is to be left out', () => {
	expect(sent('long', null, false)).toBe(
		'is empty, and the model has no empty value there; leave the field out of all items instead',
	);
});
