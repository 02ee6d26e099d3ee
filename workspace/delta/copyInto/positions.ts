import { castSql } from '../../sql/casts/cast';
import { physicalName, type Relation } from '../../sql/scope';
import { quoteName, SqlError } from '../../sql/sqlError';
import { sqlName } from '../../sql/stringLiteral';
import { columnTwice } from '../objectErrors';
import { columnNamed, typeOf, type StoredTable } from '../storedTable';

/**
 * The fields of headerless CSV as columns of the table, by their place, each cast to the type of its
 * column. Source: "COPY INTO": BY POSITION, and lists of columns. @throws SqlError when there are more
 * or fewer of one than of the other
 */
export function byPosition(
	table: StoredTable,
	files: Relation,
	positions: 'all' | readonly string[],
): Relation {
	const targets = positions === 'all' ? table.state.columns : named(table, positions);
	const fields = files.columns.filter(({ hidden }) => hidden !== true);
	if (fields.length !== targets.length) throw otherCount(table, targets, fields);
	const list = fields.map((field, at) => {
		const target = targets[at];
		if (target === undefined) return '';
		const value = `"field".${sqlName(physicalName(field))}`;
		return `${castSql(value, field.type, typeOf(target), 'explicit').sql} AS f${at}`;
	});
	return {
		sql: `(SELECT ${list.join(', ')} FROM ${files.sql} AS "field")`,
		columns: targets.map((target, at) => ({
			name: target.name,
			type: typeOf(target),
			physical: `f${at}`,
		})),
	};
}

function named(table: StoredTable, names: readonly string[]) {
	return names.map((name, at) => {
		const column = columnNamed(table.state, name);
		if (column === undefined) throw noColumn(table, name);
		const first = names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
		if (first < at) throw columnTwice(name);
		return column;
	});
}

function noColumn(table: StoredTable, name: string): SqlError {
	const columns = table.state.columns.map((column) => quoteName([column.name])).join(', ');
	const text = `A column, variable, or function parameter with name ${quoteName([name])} cannot be resolved. Did you mean one of the following? [${columns}].`;
	return new SqlError('UNRESOLVED_COLUMN.WITH_SUGGESTION', '42703', text);
}

function otherCount(
	{ catalog, schema, name }: StoredTable,
	targets: readonly { name: string }[],
	fields: readonly { name: string }[],
): SqlError {
	const hasTooMany = fields.length > targets.length;
	const list = (columns: readonly { name: string }[]) =>
		columns.map((column) => quoteName([column.name])).join(', ');
	const text = `Cannot write to ${quoteName([catalog, schema, name])}, the reason is ${
		hasTooMany ? 'too many' : 'not enough'
	} data columns compared to specified columns:\nSpecified columns: ${list(targets)}.\nData columns: ${list(fields)}.`;
	const reason = hasTooMany ? 'TOO_MANY_DATA_COLUMNS' : 'NOT_ENOUGH_DATA_COLUMNS';
	return new SqlError(`COPY_INTO_COLUMN_ARITY_MISMATCH.${reason}`, '21S01', text);
}
