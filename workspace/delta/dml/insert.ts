import { translateQuery } from '../../sql/translate';
import type { Column } from '../../sql/scope';
import { quoteName, SqlError, unresolvedColumn, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { mustDiffer } from '../ddl/tableDefinition';
import type { SqlResult } from '../objects';
import { beginRows, endRows } from '../rowVersions';
import { columnNamed, fullName, type StoredColumn, type StoredTable } from '../storedTable';
import { commitWrite, counts, nextVersion } from '../tableWrite';
import { replaceWhere } from './replaceWhere';
import { checkRows, stage, stageRelation } from './stage';

/**
 * INSERT INTO | OVERWRITE [TABLE] name [(columns) | BY NAME] query, and INSERT INTO name REPLACE
 * WHERE condition query. An INSERT of no rows makes no version; an INSERT OVERWRITE of none does,
 * with numOutputRows 0, as recorded from Delta 4.3.
 */
export async function insert(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('INSERT');
	const overwrite = cursor.accept('OVERWRITE');
	if (!overwrite) cursor.expect('INTO');
	cursor.accept('TABLE');
	const table = nextVersion(await context.table(cursor.name(), 'INSERT'));
	if (table.kind !== 'MANAGED') throw notWritable(table);
	if (cursor.sees('PARTITION')) throw unsupported('INSERT … PARTITION');
	if (cursor.accept('REPLACE', 'WHERE')) return await replaceWhere(context, cursor, table);
	const target = readTarget(cursor, table);
	const source = await translateQuery(cursor.rest(), context.scope);
	const sourceOf = matchColumns(table, target, source.columns);
	const rows = await stageRelation(context, table, source, sourceOf);
	if (rows === 0 && !overwrite) context.discard();
	await checkRows(context, table);
	if (overwrite) await endRows(context.transaction, table, 'delete');
	await beginRows(context.transaction, table, 'insert', stage, 'new');
	await commitWrite(context, table, {
		operation: 'WRITE',
		parameters: { mode: overwrite ? 'Overwrite' : 'Append', partitionBy: '[]' },
		metrics: { numFiles: 1, numOutputRows: rows },
		isBlindAppend: !overwrite,
		changesRows: true,
		files: overwrite ? 'one' : 'append',
	});
	return counts('INSERT', { num_affected_rows: rows, num_inserted_rows: rows });
}

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

/** Streaming tables and materialized views are written by their pipeline only. */
export function notWritable(table: StoredTable): SqlError {
	const kind = table.kind === 'STREAMING_TABLE' ? 'streaming table' : 'materialized view';
	const text = `The operation is not allowed: ${fullName(table)} is a ${kind}, which only its pipeline writes.`;
	return new SqlError('OPERATION_NOT_ALLOWED_ON_PIPELINE_TABLE', '42601', text);
}
