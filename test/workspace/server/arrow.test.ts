import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseType } from '../../../workspace/sql/types/typeReader';
import { arrowStream } from '../../../workspace/statements/arrow/arrowStream';
import { readArrow } from '../arrowTable';

/** Columns with a value at each end of their type, and what an Arrow reader makes of them. */
const types: [string, string, string, string, string, string][] = [
	['b', 'BOOLEAN', 'true', 'false', 'true', 'false'],
	['t', 'TINYINT', '-128', '127', '-128', '127'],
	['s', 'SMALLINT', '-32768', '32767', '-32768', '32767'],
	['i', 'INT', '-2147483648', '2147483647', '-2147483648', '2147483647'],
	[
		'l',
		'BIGINT',
		'-9223372036854775808',
		'9223372036854775807',
		'-9223372036854775808',
		'9223372036854775807',
	],
	['f', 'FLOAT', '1.5', 'NaN', '1.5', 'NaN'],
	['d', 'DOUBLE', '-0.25', 'Infinity', '-0.25', 'Infinity'],
	[
		'dec',
		'DECIMAL(38,18)',
		'-12345678901234567890.123456789012345678',
		'0.000000000000000001',
		'-12345678901234567890123456789012345678',
		'1',
	],
	['str', 'STRING', 'ü€😀', '', 'ü€😀', ''],
	['bin', 'BINARY', 'AAH/', '', 'AAH/', ''],
	['day', 'DATE', '0001-01-01', '9999-12-31', '-719162', '2932896'],
	[
		'ts',
		'TIMESTAMP',
		'1969-12-31T23:59:59.999999Z',
		'2026-10-31T02:00:00.000Z',
		'-1',
		'1793412000000000',
	],
	[
		'ntz',
		'TIMESTAMP_NTZ',
		'2026-10-31T02:00:00.123',
		'0001-01-01T00:00:00.000',
		'1793412000123000',
		'-62135596800000000',
	],
];
const columns = types.map(([name, type]) => ({ name, type: parseType(type) }));

test('every type is what Arrow itself writes for it', () => {
	const rows = [
		[...types.map(([, , cell]) => cell), null],
		[...types.map(([, , , cell]) => cell), null],
		types.map(() => null).concat(null),
	];
	const written = readArrow(
		arrowStream([...columns, { name: 'v', type: parseType('VOID') }], rows),
	);
	expect(written.rows).toEqual([
		[...types.map(([, , , , value]) => value), null],
		[...types.map(([, , , , , value]) => value), null],
		types.map(() => null).concat(null),
	]);
	const recorded = readFileSync(join(__dirname, '../../recordings/arrow/types.arrow'));
	expect(written).toEqual(readArrow(recorded));
});

test('any number of rows and columns of texts and numbers is read back', () => {
	fc.assert(
		fc.property(
			fc.array(
				fc.tuple(
					fc.option(fc.string({ unit: 'grapheme' })),
					fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
					fc.option(fc.boolean().map(String)),
				),
				{ maxLength: 70 },
			),
			fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 3, maxLength: 3 }),
			(rows, names) => {
				const shape = ['STRING', 'BIGINT', 'BOOLEAN'].map((type, index) => ({
					name: names[index] ?? '',
					type: parseType(type),
				}));
				expect(readArrow(arrowStream(shape, rows))).toEqual({
					columns: ['utf8', 'int64', 'bool'].map((type, index) => ({ name: names[index], type })),
					rows,
				});
			},
		),
		{ numRuns: 100 },
	);
});

test.each(['ARRAY<INT>', 'MAP<STRING, INT>', 'STRUCT<a: INT>', 'INTERVAL DAY TO SECOND'])(
	'%s is refused by its name',
	(type) => {
		expect(() => arrowStream([{ name: 'x', type: parseType(type) }], [])).toThrow(type);
	},
);
