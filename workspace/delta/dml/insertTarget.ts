import type { Column } from '../../sql/scope';
import { quoteName, SqlError, unresolvedColumn } from '../../sql/sqlError';
import type { Cursor } from '../cursor';
import { mustDiffer } from '../ddl/tableDefinition';
import { columnNamed, fullName, type StoredColumn, type StoredTable } from '../storedTable';

/** Which columns an INSERT names: by place all of them, by name, or a list. */
export type InsertTarget = { byName: boolean; columns?: string[] };

export function readTarget(cursor: Cursor, table: StoredTable): InsertTarget {
	if (cursor.accept('BY', 'NAME')) return { byName: true };
	const mark = cursor.mark();
	// A parenthesis may also begin the query.
	if (!cursor.sees('(') || cursor.peek(1).kind === 'symbol') return { byName: false };
	const first = cursor.peek(1).text.toUpperCase();
	if (['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE'].includes(first)) {
		cursor.backTo(mark);
		return { byName: false };
	}
	const columns = cursor.list(() => cursor.identifier());
	mustDiffer(columns);
	for (const name of columns) {
		if (columnNamed(table.state, name) !== undefined) continue;
		throw unresolvedColumn(
			[name],
			table.state.columns.map((column) => [column.name]),
		);
	}
	return { byName: false, columns };
}

/** Says which column of the source each column of the table takes. */
export function matchColumns(
	table: StoredTable,
	target: InsertTarget,
	source: readonly Column[],
): (column: StoredColumn, index: number) => Column | undefined {
	const known = table.state.columns;
	if (target.byName) {
		const extra = source.find(({ name }) => columnNamed(table.state, name) === undefined);
		if (extra !== undefined) throw tooMany(table, source);
		mustDiffer(source.map(({ name }) => name));
		return (column) => source.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
	}
	if (target.columns !== undefined) {
		const named = target.columns.map((name) => name.toLowerCase());
		if (source.length > named.length) throw tooMany(table, source);
		if (source.length < named.length) throw tooFew(table, source);
		return (column) => {
			const at = named.indexOf(column.name.toLowerCase());
			return at === -1 ? undefined : source[at];
		};
	}
	if (source.length > known.length) {
		const text = `A schema mismatch detected when writing to the Delta table (Table ID: ${table.detailId}): the table has ${known.length} columns, the data ${source.length}.`;
		throw new SqlError('DELTA_METADATA_MISMATCH', '42KDG', text);
	}
	if (source.length < known.length) {
		const text = `Cannot write to '${fullName(table)}', not enough data columns; target table has ${known.length} column(s) but the inserted data has ${source.length} column(s)`;
		throw new SqlError('DELTA_INSERT_COLUMN_ARITY_MISMATCH', '42802', text);
	}
	return (_column, index) => source[index];
}

function arity(table: StoredTable, source: readonly Column[], which: string, what: string) {
	const list = (names: readonly string[]) => names.map((name) => quoteName([name])).join(', ');
	return new SqlError(
		`INSERT_COLUMN_ARITY_MISMATCH.${which}`,
		'21S01',
		`Cannot write to ${quoteName([table.catalog, table.schema, table.name])}, the reason is ${what} data columns:\n` +
			`Table columns: ${list(table.state.columns.map(({ name }) => name))}.\n` +
			`Data columns: ${list(source.map(({ name }) => name))}.`,
	);
}

const tooMany = (table: StoredTable, source: readonly Column[]) =>
	arity(table, source, 'TOO_MANY_DATA_COLUMNS', 'too many');
const tooFew = (table: StoredTable, source: readonly Column[]) =>
	arity(table, source, 'NOT_ENOUGH_DATA_COLUMNS', 'not enough');
