import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CALENDAR_INTERVAL, VARIANT } from '../../../workspace/sql/sqlType';
import { parseType } from '../../../workspace/sql/types/typeReader';
import { arrowStream } from '../../../workspace/statements/arrow/arrowStream';
import { readArrow } from '../arrowTable';
import { openLakehouse } from '../delta/openLakehouse';

const recorded = (name: string) => readFileSync(join(__dirname, '../../recordings/arrow', name));

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
	expect(written).toEqual(readArrow(recorded('types.arrow')));
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

test('nested types and intervals are what Spark writes for them', async () => {
	const lake = await openLakehouse();
	try {
		const { columns, rows } = await lake.run(recorded('nested.sql').toString());
		expect(readArrow(arrowStream(columns, rows))).toEqual(readArrow(recorded('nested.arrow')));
	} finally {
		await lake.close();
	}
});

test('a member of a map keeps its place, whatever its name is', () => {
	const columns = [{ name: 'm', type: parseType('MAP<STRING, STRING>') }];
	const rows = [['{"b":"1","2":null,"1":"x","b":"\\"]}"}']];
	expect(readArrow(arrowStream(columns, rows)).rows).toEqual([
		[
			[
				['b', '1'],
				['2', null],
				['1', 'x'],
				['b', '"]}'],
			],
		],
	]);
});

test('VARIANT is its JSON, and an INTERVAL of months and days is refused by its name', () => {
	const columns = [{ name: 'v', type: VARIANT }];
	expect(readArrow(arrowStream(columns, [['{"a":[1]}'], [null]]))).toEqual({
		columns: [{ name: 'v', type: 'utf8' }],
		rows: [['{"a":[1]}'], [null]],
	});
	expect(() => arrowStream([{ name: 'x', type: CALENDAR_INTERVAL }], [])).toThrow(
		'the type INTERVAL in the result format ARROW_STREAM',
	);
});
