import { noDefault, storeTo, translateExpression } from '../../sql/translate';
import type { Column } from '../../sql/scope';
import { quoteName, SqlError, unresolvedColumn, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { columnNamed, typeOf, type StoredColumn, type StoredTable } from '../storedTable';
import { defaultOf } from './stage';

/** Text of the new value by the lower-case name of the column. */
export type Assignments = Map<string, string>;

/** `column = expression, …` up to one of `stops`. Columns may be qualified by the target's name. */
export function readAssignments(
	cursor: Cursor,
	table: StoredTable,
	alias: string,
	stops: readonly string[],
): Assignments {
	const assignments: Assignments = new Map();
	do {
		const column = targetColumn(cursor.name(), table, alias);
		cursor.expect('=');
		const key = column.name.toLowerCase();
		if (assignments.has(key)) {
			const name = quoteName([column.name]);
			const text = `There is a conflict from these SET columns: [${name}, ${name}].`;
			throw new SqlError('DELTA_CONFLICT_SET_COLUMN', '42701', text);
		}
		assignments.set(key, cursor.until(',', ...stops).trim());
	} while (cursor.accept(','));
	return assignments;
}

/** The table's column that a qualified or plain name means. @throws SqlError UNRESOLVED_COLUMN */
export function targetColumn(
	parts: readonly string[],
	table: StoredTable,
	alias: string,
): StoredColumn {
	const qualifiers = [alias, table.name, `${table.schema}.${table.name}`].map((text) =>
		text.toLowerCase(),
	);
	const qualifier = parts.slice(0, -1).join('.').toLowerCase();
	const isQualified = qualifier === '' || qualifiers.includes(qualifier);
	const column = isQualified ? columnNamed(table.state, parts.at(-1) ?? '') : undefined;
	if (column !== undefined) return column;
	if (columnNamed(table.state, parts[0] ?? '') !== undefined) {
		throw unsupported('setting a field inside a column');
	}
	throw unresolvedColumn(
		parts,
		table.state.columns.map(({ name }) => [name]),
	);
}

/** DuckDB's expression for the value that an assignment gives a column. */
export async function assignedValue(
	context: Context,
	column: StoredColumn,
	text: string,
	relations: { alias: string; columns: Column[] }[],
): Promise<string> {
	if (text.toUpperCase() === 'DEFAULT') {
		if (!column.nullable && column.defaultExpression === undefined) throw noDefault(column.name);
		return await defaultOf(context, column);
	}
	const value = await translateExpression(text, context.scope, relations);
	return storeTo(value.sql, value.type, typeOf(column), column.name);
}
