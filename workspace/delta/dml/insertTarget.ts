import type { Written } from '../../sql/translate';
import type { Column } from '../../sql/scope';
import { quoteName, SqlError, unresolvedColumn } from '../../sql/sqlError';
import type { Cursor } from '../cursor';
import { mustDiffer } from '../ddl/tableDefinition';
import { schemaMismatch } from '../schemaMismatch';
import { columnNamed, fullName, typeOf, type StoredColumn, type StoredTable } from '../storedTable';

/** Which columns an INSERT names: by place all of them, by name, or a list. */
export type InsertTarget = { byName: boolean; columns?: string[] };

export function readTarget(cursor: Cursor, table: StoredTable): InsertTarget {
	if (cursor.accept('BY', 'NAME')) return { byName: true };
	const mark = cursor.position;
	// A parenthesis may also begin the query.
	if (!cursor.sees('(') || cursor.peek(1).kind === 'symbol') return { byName: false };
	const first = cursor.peek(1).text.toUpperCase();
	if (['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE'].includes(first)) {
		cursor.rewind(mark);
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

/** The columns that an INSERT writes by place; undefined when it goes by name. */
export function writtenColumns(
	table: StoredTable,
	{ byName, columns }: InsertTarget,
): Written[] | undefined {
	if (byName) return undefined;
	const named = columns?.flatMap((name) => columnNamed(table.state, name) ?? []);
	return (named ?? table.state.columns).map((column) => ({ ...column, type: typeOf(column) }));
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
		if (extra !== undefined) {
			throw source.length > known.length ? tooMany(table, source) : schemaMismatch(table, source);
		}
		mustDiffer(source.map(({ name }) => name));
		mustBeNamed(
			table,
			source.map(({ name }) => name),
		);
		return (column) => source.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
	}
	if (target.columns !== undefined) {
		const named = target.columns.map((name) => name.toLowerCase());
		if (source.length > named.length) throw tooMany(table, source);
		if (source.length < named.length) throw tooFew(table, source);
		mustBeNamed(table, named);
		return (column) => {
			const at = named.indexOf(column.name.toLowerCase());
			return at === -1 ? undefined : source[at];
		};
	}
	if (source.length > known.length) {
		const named = source.map((column, at) => {
			const into = known[at];
			return into === undefined ? column : { ...column, name: into.name, type: typeOf(into) };
		});
		throw schemaMismatch(table, named);
	}
	if (source.length < known.length) {
		const text = `Cannot write to '${fullName(table)}', not enough data columns; target table has ${known.length} column(s) but the inserted data has ${source.length} column(s)`;
		throw new SqlError('DELTA_INSERT_COLUMN_ARITY_MISMATCH', '42802', text);
	}
	return (_column, index) => source[index];
}

/** A column that takes no NULL and has no default must be among the named ones. */
function mustBeNamed(table: StoredTable, names: readonly string[]): void {
	const lower = names.map((name) => name.toLowerCase());
	const missing = table.state.columns.find(
		({ name, nullable, defaultExpression }) =>
			!nullable && defaultExpression === undefined && !lower.includes(name.toLowerCase()),
	);
	if (missing === undefined) return;
	const text = `Column ${missing.name} is not specified in INSERT`;
	throw new SqlError('DELTA_INSERT_COLUMN_MISMATCH', '42802', text);
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
