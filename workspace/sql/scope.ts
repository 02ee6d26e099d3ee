import type { SqlType } from './sqlType';

/** A column of a relation. `physical` is DuckDB's name of it where that differs from `name`. */
export interface Column {
	name: string;
	type: SqlType;
	nullable?: boolean;
	physical?: string;
	/** Found by its name only: `*` leaves it out, as it does `_metadata` of files. */
	hidden?: boolean;
}

/** The name under which DuckDB knows a column of a relation. */
export function physicalName(column: Column): string {
	return column.physical ?? column.name;
}

/** A typed DuckDB FROM item (a table name or a parenthesised query). */
export interface Relation {
	sql: string;
	columns: Column[];
}

/** A constant argument or parameter: its value as text (Spark's CAST AS STRING form) and its type. */
export interface Constant {
	value: string | null;
	type: SqlType;
}

/** A constant with the text that it has inside of an expression. */
export interface NamedConstant {
	value: Constant;
	text: string;
}

/** Time travel or streaming asked for on a table reference. */
export interface TableAt {
	version?: number;
	timestamp?: string;
	stream?: boolean;
}

/** What a query sees of the workspace around it. */
export interface Scope {
	/** @throws SqlError TABLE_OR_VIEW_NOT_FOUND */
	table(name: string[], at: TableAt): Promise<Relation>;
	/** table_changes, read_files …; undefined when there is no such function */
	tableFunction(
		name: string,
		args: Constant[],
		named: Record<string, Constant>,
		stream: boolean,
	): Promise<Relation | undefined>;
	parameters: ReadonlyMap<string, Constant>;
	/** The variable of a name that no column has; undefined when there is none. */
	variable?(name: readonly string[]): NamedConstant | undefined;
	session: { catalog?: string; schema?: string; user: string; timeZone?: string };
	now: Date;
}
