import { storeTo, stringOf, textOf, translateExpression } from '../../sql/translate';
import { physicalName, type Column, type Relation } from '../../sql/scope';
import { SqlError, type Place } from '../../sql/sqlError';
import type { SqlType } from '../../sql/sqlType';
import { sqlName } from '../../sql/stringLiteral';
import { tokenize } from '../../sql/tokens';
import { holdsTime } from '../../sql/types/commonType';
import type { Context } from '../context';
import { lastingScope } from '../lastingScope';
import { queryColumns } from '../rowVersions';
import { typeOf, type StoredColumn, type StoredTable } from '../storedTable';

/** Rows that a statement is about to write wait here, to be counted and checked. */
export const stage = 'temp.main."stage"';

/** DuckDB's name of a column of a relation that is called `alias`. */
export function columnOf(alias: string, column: Column): string {
	return `${sqlName(alias)}.${sqlName(physicalName(column))}`;
}

/** The value that a column gets when a statement does not name it: its DEFAULT, or NULL. */
export async function defaultOf(context: Context, column: StoredColumn): Promise<string> {
	const type = typeOf(column);
	if (column.defaultExpression === undefined)
		return storeTo('NULL', { kind: 'void' }, type, column.name);
	const value = await translateExpression(column.defaultExpression, context.scope, []);
	return storeTo(value.sql, value.type, type, column.name);
}

/** Fills the stage with a query whose columns have the physical names. Answers the row count. */
export async function fillStage(context: Context, select: string): Promise<number> {
	await context.transaction.run(`CREATE OR REPLACE TEMP TABLE "stage" AS ${select}`);
	return await context.transaction.count(`SELECT count(*) FROM ${stage}`);
}

/** Fills the stage with rows of a relation, in the order of the table's columns. */
export async function stageRelation(
	context: Context,
	table: StoredTable,
	source: Relation,
	/** For each column of the table, the column of the source that it takes. */
	sourceOf: (column: StoredColumn, index: number) => Column | undefined,
	/** where a type that does not fit a column is told of */
	place?: Place,
): Promise<number> {
	const values: string[] = [];
	for (const [index, column] of table.state.columns.entries()) {
		const from = sourceOf(column, index);
		const taken = (source: Column): string =>
			storeTo(columnOf('source', source), source.type, typeOf(column), column.name, source.name);
		const value =
			from === undefined
				? await defaultOf(context, column)
				: place === undefined
					? taken(from)
					: SqlError.locate(place, () => taken(from));
		values.push(`${value} AS ${column.physical}`);
	}
	return await fillStage(context, `SELECT ${values.join(', ')} FROM ${source.sql} AS "source"`);
}

/**
 * Holds NOT NULL, the lengths of VARCHAR and CHECK against the staged rows (or other rows with the
 * physical names). Delta refuses a row for which a check gives NULL, unlike standard SQL.
 * @throws SqlError DELTA_NOT_NULL_CONSTRAINT_VIOLATED, DELTA_EXCEED_CHAR_VARCHAR_LIMIT,
 *   DELTA_VIOLATE_CONSTRAINT_WITH_VALUES
 */
export async function checkRows(context: Context, table: StoredTable, rows = stage): Promise<void> {
	const { transaction } = context;
	for (const column of table.state.columns.filter(({ nullable }) => !nullable)) {
		const missing = `SELECT count(*) FROM ${rows} WHERE ${column.physical} IS NULL`;
		if ((await transaction.count(missing)) === 0) continue;
		const text = `NOT NULL constraint violated for column: ${column.name}.`;
		throw new SqlError('DELTA_NOT_NULL_CONSTRAINT_VIOLATED', '23502', text);
	}
	for (const column of table.state.columns) await checkLength(context, column, rows);
	for (const { name, expression } of table.state.constraints) {
		const violated = await violations(context, table, expression);
		const shown = columnsIn(table, expression);
		const texts = shown.map((column) => shownText(`"row".${column.physical}`, typeOf(column)));
		const [found] = await transaction.rows(
			`SELECT ${['1', ...texts].join(', ')} FROM ${rows} AS "row" WHERE ${violated} LIMIT 1`,
		);
		if (found === undefined) continue;
		const values = shown.map((column, at) => ` - ${column.name} : ${found[at + 1] ?? 'null'}`);
		const text = `CHECK constraint ${name} (${expression}) violated by row with values:\n${values.join('\n')}`;
		throw new SqlError('DELTA_VIOLATE_CONSTRAINT_WITH_VALUES', '23001', text);
	}
}

/** A value as it is told in an error; a TIME has no text of its own on the wire. */
const shownText = (sql: string, type: SqlType): string =>
	holdsTime(type) ? stringOf(sql, type) : textOf(sql, type);

/** Every character counts, blanks at the end too (recorded from Delta 4.3). */
async function checkLength(context: Context, column: StoredColumn, rows: string): Promise<void> {
	const type = typeOf(column);
	if (type.kind !== 'varchar') return;
	const { name, physical } = column;
	const [found] = await context.transaction.rows(
		`SELECT ${physical} FROM ${rows} WHERE length(${physical}) > ${type.length} LIMIT 1`,
	);
	if (found === undefined) return;
	const check = `((${name} IS NULL) OR (length(${name}) <= ${type.length}))`;
	const text = `Value "${found[0] ?? ''}" exceeds char/varchar type length limitation. Failed check: ${check}.`;
	throw new SqlError('DELTA_EXCEED_CHAR_VARCHAR_LIMIT', '22001', text);
}

/** A condition over rows called "row" that is true where the check does not hold. */
export async function violations(
	context: Context,
	table: StoredTable,
	expression: string,
): Promise<string> {
	const relations = [{ alias: 'row', columns: queryColumns(table.state) }];
	const scope = lastingScope(context, 'TABLE', [table.catalog, table.schema, table.name]);
	const check = await translateExpression(expression, scope, relations);
	return `NOT coalesce((${check.sql}), FALSE)`;
}

function columnsIn(table: StoredTable, expression: string): StoredColumn[] {
	const names = new Set(tokenize(expression).map((token) => token.value.toLowerCase()));
	return table.state.columns.filter(({ name }) => names.has(name.toLowerCase()));
}
