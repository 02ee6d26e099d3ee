import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { schemaMessage } from '../../../nodes/databricks/sql/arrowSchema';
import { endOfStream } from '../../../nodes/databricks/sql/arrowStream';
import type { ResultColumn } from '../../../nodes/databricks/sql/statementState';
import { readArrow } from '../../workspace/arrowTable';

const recordings = join(__dirname, '../../recordings');
const recorded = (name: string) => readArrow(readFileSync(join(recordings, 'arrow', name)));

/** The table that a reader finds where there is nothing but a schema. */
const emptyTable = (columns: readonly ResultColumn[]) =>
	readArrow(Buffer.concat([schemaMessage(columns), endOfStream]));

const columnsOf = (types: readonly (readonly [string, string])[]) =>
	types.map(([name, type_text], position) => ({ name, type_text, position }));

const simple = [
	['b', 'BOOLEAN'],
	['t', 'TINYINT'],
	['s', 'SMALLINT'],
	['i', 'INT'],
	['l', 'BIGINT'],
	['f', 'FLOAT'],
	['d', 'DOUBLE'],
	['dec', 'DECIMAL(38,18)'],
	['str', 'STRING'],
	['bin', 'BINARY'],
	['day', 'DATE'],
	['ts', 'TIMESTAMP'],
	['ntz', 'TIMESTAMP_NTZ'],
	['v', 'VOID'],
] as const;

const nested = [
	['a', 'ARRAY<INT>'],
	['aa', 'ARRAY<ARRAY<STRING>>'],
	['m', 'MAP<STRING, INT>'],
	['mi', 'MAP<INT, ARRAY<STRING>>'],
	['s', 'STRUCT<i: INT, t: STRING>'],
	[
		'deep',
		'ARRAY<STRUCT<k: MAP<STRING, STRUCT<d: DECIMAL(10,2), on: DATE>>, b: BINARY, ts: TIMESTAMP, n: TIMESTAMP_NTZ, ok: BOOLEAN>>',
	],
	['ms', 'MAP<STRUCT<a: INT>, INT>'],
	['y', 'INTERVAL YEAR TO MONTH'],
	['mo', 'INTERVAL MONTH'],
	['d', 'INTERVAL DAY TO SECOND'],
	['h', 'INTERVAL HOUR TO MINUTE'],
	['ai', 'ARRAY<INTERVAL DAY>'],
	['v', 'ARRAY<VOID>'],
	['nothing', 'VOID'],
] as const;

test.each([
	['Arrow', 'types.arrow', simple],
	['Spark', 'nested.arrow', nested],
])('a schema without rows is the one that %s writes', (_name, file, types) => {
	expect(emptyTable(columnsOf(types))).toEqual({ columns: recorded(file).columns, rows: [] });
});

test.each([
	['VARIANT', 'utf8'],
	['STRING COLLATE UTF8_LCASE', 'utf8'],
	['INTERVAL', 'utf8'],
	['TIME(6)', 'time[ns,64]'],
	['A TYPE TO COME', 'utf8'],
])('%s is %s', (type_text, type) => {
	expect(emptyTable([{ name: 'x', type_text }]).columns).toEqual([{ name: 'x', type }]);
});

test('a manifest without texts of types has their names, the digits of decimals and places', () => {
	const columns = [
		{ name: 'amount', type_name: 'DECIMAL', type_precision: 18, type_scale: 2, position: 1 },
		{ name: 'id', type_name: 'LONG', position: 0 },
	];
	expect(emptyTable(columns).columns).toEqual([
		{ name: 'id', type: 'int64' },
		{ name: 'amount', type: 'decimal(18,2)' },
	]);
});

test('every type that was recorded has a schema', () => {
	const found = new Set<string>();
	JSON.parse(readFileSync(join(recordings, 'delta/types.json'), 'utf8'), (key, value: unknown) => {
		if (key === 'sql' && typeof value === 'string' && /^[A-Z]+\b(?! )/.test(value))
			found.add(value);
		return value;
	});
	expect(found.size).toBeGreaterThan(50);
	const { columns } = emptyTable(columnsOf([...found].map((type) => [type, type])));
	expect(columns.map(({ name }) => name)).toEqual([...found]);
	expect(columns.filter(({ type }) => type === '')).toEqual([]);
});

test('names of any length, twice and with any letters, are read back', () => {
	fc.assert(
		fc.property(fc.array(fc.string({ unit: 'grapheme' })), (names) => {
			const { columns } = emptyTable(columnsOf(names.map((name) => [name, 'INT'])));
			expect(columns).toEqual(names.map((name) => ({ name, type: 'int32' })));
		}),
		{ numRuns: 60 },
	);
});
