import { quoteIdentifier, quoteTableName, quoteText } from './quoting';
import { leafTypeSql, type SqlType, typeSql } from './sqlTypes';
import type { StatementParameter } from './statements';

/** A column of a table that rows are written to. */
export interface TargetColumn {
	name: string;
	type: SqlType;
	/** False for NOT NULL. */
	isNullable: boolean;
}

/** A statement that writes many rows with one parameter: all of them as JSON text. */
export interface BatchStatement {
	statement: string;
	parameters: StatementParameter[];
}

const rowsMarker = 'rows';

/** INSERT of rows, each with the JSON leaves of `columns` in their order; see `jsonLeaves`. */
export function insertStatement(
	table: readonly string[],
	columns: readonly TargetColumn[],
	rowTexts: readonly string[],
): BatchStatement {
	const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
	return {
		statement: `INSERT INTO ${quoteTableName(table)} (${names}) ${sourceQuery(columns)}`,
		parameters: rowsParameter(rowTexts),
	};
}

export interface MergeKeys {
	/** Names of the columns that tell whether a row is there. */
	matchColumns: readonly string[];
	/** Whether NULL is the same key as NULL; otherwise a row with a NULL key is always inserted. */
	nullsMatch: boolean;
}

/** MERGE of rows: those whose keys are there are updated, the others inserted. */
export function mergeStatement(
	table: readonly string[],
	columns: readonly TargetColumn[],
	{ matchColumns, nullsMatch }: MergeKeys,
	rowTexts: readonly string[],
): BatchStatement {
	const names = columns.map(({ name }) => quoteIdentifier(name));
	const keys = matchColumns.map(quoteIdentifier);
	const rest = names.filter((name) => !keys.includes(name));
	const same = nullsMatch ? '<=>' : '=';
	const on = keys.map((key) => `target.${key} ${same} source.${key}`).join(' AND ');
	const update = rest.map((name) => `target.${name} = source.${name}`).join(', ');
	return {
		statement: [
			`MERGE INTO ${quoteTableName(table)} AS target`,
			`USING (${sourceQuery(columns)}) AS source ON ${on}`,
			...(rest.length === 0 ? [] : [`WHEN MATCHED THEN UPDATE SET ${update}`]),
			`WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${names.map((name) => `source.${name}`).join(', ')})`,
		].join('\n'),
		parameters: rowsParameter(rowTexts),
	};
}

/**
 * The rows as a query. Each value travels as a text inside of the JSON and is turned into its type by
 * a CAST, which is strict: what does not fit is an error and never a NULL.
 */
export function sourceQuery(columns: readonly TargetColumn[]): string {
	const fields = columns.map(({ type }, index) => `c${index}: ${leafTypeSql(type)}`).join(', ');
	const values = columns.map(
		({ name, type }, index) => `${castSql(`r.c${index}`, type)} AS ${quoteIdentifier(name)}`,
	);
	const list = `explode(from_json(:${rowsMarker}, ${quoteText(`ARRAY<STRUCT<${fields}>>`)}))`;
	return `SELECT ${values.join(', ')} FROM (SELECT ${list} AS r)`;
}

/** The value of a text, or of bytes for BINARY, in its type. */
export function castSql(value: string, type: SqlType): string {
	if (type.kind === 'scalar') {
		if (['STRING', 'VARCHAR', 'CHAR', 'BINARY'].includes(type.name)) return value;
		if (type.name === 'VARIANT') return `parse_json(${value})`;
	}
	return `CAST(${value} AS ${typeSql(type)})`;
}

/** The JSON of one row for `insertStatement` and `mergeStatement`. */
export function rowText(leaves: readonly unknown[]): string {
	const members = leaves.flatMap((leaf, index) =>
		leaf === null || leaf === undefined ? [] : [`"c${index}":${JSON.stringify(leaf)}`],
	);
	return `{${members.join(',')}}`;
}

/** The parameter that `sourceQuery` reads. */
export function rowsParameter(rowTexts: readonly string[]): StatementParameter[] {
	const value = `[${rowTexts.join(',')}]`;
	const rows: StatementParameter = { name: rowsMarker, type: 'STRING', value };
	return [rows];
}
