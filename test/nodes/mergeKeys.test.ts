import { parseSqlType } from '../../nodes/databricks/sql/sqlTypes';
import { jsonLeaves } from '../../nodes/databricks/sql/sqlValues';
import { sortByKey } from '../../nodes/SqlStatement/mergeKeys';

const columns = ['id', 'amount'].map((name) => ({
	name,
	type: parseSqlType('STRING'),
	isNullable: true,
}));
const [id] = columns;
if (id === undefined) throw new Error('There is a first column.');
const matchColumns = [id];

function rowOf(item: number, key: string | null) {
	return { item, columns, leaves: [key, `${item}.00`] };
}

const rows = [rowOf(0, 'a'), rowOf(1, 'b'), rowOf(2, null), rowOf(3, 'a'), rowOf(4, null)];

test.each([
	['fail', 'fail', { written: [0, 1], failed: [2, 3, 4], leftOut: [] }],
	['first', 'insert', { written: [0, 1, 2, 4], failed: [], leftOut: [3] }],
	['last', 'insert', { written: [1, 2, 3, 4], failed: [], leftOut: [0] }],
	['last', 'match', { written: [1, 3, 4], failed: [], leftOut: [0, 2] }],
] as const)('the same key twice: %s, NULL: %s', (duplicateKeys, nullKeys, expected) => {
	const sorted = sortByKey(rows, { matchColumns, duplicateKeys, nullKeys });
	expect({
		written: sorted.rows.map(({ item }) => item),
		failed: sorted.failed.map(({ item }) => item),
		leftOut: sorted.leftOut,
	}).toEqual(expected);
});

test('as many rows as come, not as many as the stack has room for', () => {
	const many = Array.from({ length: 150_000 }, (_, item) => rowOf(item, `${item}`));
	const rules = { matchColumns, duplicateKeys: 'last', nullKeys: 'fail' } as const;
	expect(sortByKey(many, rules).rows).toEqual(many);
});

describe('which values are the same key', () => {
	test.each<[string, unknown, unknown, boolean]>([
		['TIMESTAMP', '2026-10-31T02:00:00+08:00', '2026-10-30T18:00:00Z', true],
		['TIMESTAMP', '2026-10-30T18:00:00.000Z', '2026-10-30T18:00:00+00:00', true],
		['TIMESTAMP', '2026-10-30 18:00:00.0Z', '2026-10-30T18:00:00Z', true],
		['TIMESTAMP', '2026-10-30T18:00:00Z', '2026-10-30T09:30:00-08:30', true],
		['TIMESTAMP', '2026-10-30', '2026-10-30T00:00:00', true],
		['TIMESTAMP', '0099-01-01T00:00:00Z', '1999-01-01T00:00:00Z', false],
		['TIMESTAMP', '2026-10-30T18:00:00.000001Z', '2026-10-30T18:00:00.000002Z', false],
		['TIMESTAMP', '2026-10-30T18:00:00.1Z', '2026-10-30T18:00:00.01Z', false],
		// In which zone the first one is, the session says.
		['TIMESTAMP', '2026-10-30T18:00:00', '2026-10-30T18:00:00Z', false],
		['TIMESTAMP_NTZ', '2026-1-2T02:00:00', '2026-01-02 2:00:00', true],
		['TIMESTAMP_NTZ', '2026-01-02T02:00:00', '2026-01-02T02:00:01', false],
		['DATE', '2026-1-2', '2026-01-02', true],
		['FLOAT', 0.1, '0.10000000001', true],
		['FLOAT', '-0.0', 0, true],
		['FLOAT', 0.1, 0.11, false],
		['DOUBLE', '1e0', 1, true],
		['DOUBLE', 0.1, '0.10000000001', false],
		['DECIMAL(9,2)', '1', '1.00', true],
		['BINARY', 'YQ==', 'YR==', true],
		['STRUCT<a: INT, b: FLOAT>', { a: 1, b: 0.5 }, { B: '0.50', A: 1 }, true],
		['STRUCT<a: INT, b: INT>', { a: 1 }, { b: null, a: '1' }, true],
		['STRUCT<a: INT, b: INT>', { a: 1 }, { b: 1 }, false],
		['ARRAY<DOUBLE>', [1], ['1.0'], true],
		['ARRAY<DOUBLE>', [1, 2], [2, 1], false],
		[
			'ARRAY<STRUCT<at: TIMESTAMP>>',
			[{ at: '2026-10-31T02:00:00+08:00' }],
			'[{"at":"2026-10-30T18:00:00Z"}]',
			true,
		],
	])('%s: %j and %j: %s', (typeText, first, second, isSame) => {
		const column = { name: 'key', type: parseSqlType(typeText), isNullable: true };
		const of = (item: number, value: unknown) => ({
			item,
			columns: [column],
			leaves: [jsonLeaves(value, column.type)],
		});
		const sorted = sortByKey([of(0, first), of(1, second)], {
			matchColumns: [column],
			duplicateKeys: 'last',
			nullKeys: 'fail',
		});
		expect(sorted.leftOut).toEqual(isSame ? [0] : []);
	});
});
