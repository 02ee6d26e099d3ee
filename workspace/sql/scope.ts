import type { SqlType } from './sqlType';

/** A column of a relation. `physical` is DuckDB's name of it where that differs from `name`. */
export interface Column {
	name: string;
	type: SqlType;
	nullable?: boolean;
	physical?: string;
	/** In a result: its texts may be bytes as a client decodes them, see `Typed.shown`. */
	decoded?: boolean;
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

/** A parameter of a user's function; the text of its default is an expression without columns. */
export interface RoutineParameter {
	name: string;
	type: SqlType;
	defaultExpression?: string;
}

/** A function that a user made with SQL: its text, and where the names in it are looked up. */
export interface Routine {
	/** its whole name, in lower case; one part for a temporary one */
	name: readonly string[];
	parameters: readonly RoutineParameter[];
	returns: RoutineResult;
	body: string;
	scope: Scope;
}

/** The type of a value, or the columns of rows; undefined for those that the text itself gives. */
export type RoutineResult =
	| { kind: 'value'; type: SqlType | undefined }
	| { kind: 'rows'; columns: readonly { name: string; type: SqlType }[] | undefined };

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
	/** The user's function of a name that no built-in function has; undefined when there is none. */
	routine?(name: readonly string[]): Promise<Routine | undefined>;
	session: { catalog?: string; schema?: string; user: string; timeZone?: string };
	now: Date;
}
