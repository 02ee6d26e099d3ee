import { parseSqlType } from '../../nodes/databricks/sql/sqlTypes';
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
