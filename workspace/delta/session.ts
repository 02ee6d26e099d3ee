import type { Constant } from '../sql/scope';
import type { Column } from '../sql/translate';
import type { RoutineText } from './storedRoutine';

/** Who asks, and where names without a catalog or schema are looked up. */
export interface SqlSession {
	catalog?: string;
	schema?: string;
	user: string;
	/** The time zone by whose clocks timestamps are read and written as text; UTC when absent. */
	timeZone?: string;
	/** The time zone that it began with; `timeZone` until that is changed. */
	defaultTimeZone?: string;
	/** Variables, the later declared last. */
	variables?: readonly Variable[];
	/** Temporary views by their name in lower case. */
	temporaryViews?: ReadonlyMap<string, TemporaryView>;
	/** Temporary functions by their name in lower case. */
	temporaryFunctions?: ReadonlyMap<string, RoutineText>;
}

/** A view that only its session knows, looked up where it was made. */
export interface TemporaryView {
	definition: string;
	catalog: string;
	schema: string;
	/** The names of its columns; undefined for those of its query. */
	columns?: readonly string[];
}

/** A variable of a session or of a script. */
export interface Variable {
	/** Its name after the names that qualify it: system.session, the label of a block or a loop's row. */
	path: readonly string[];
	value: Constant;
	/** The text of its DEFAULT, for SET x = DEFAULT. */
	original: string;
	/** Spark's name of its place, as texts of expressions show it. */
	place: string;
}

/** A named parameter of a statement; `type` as the statement API takes it, STRING when absent. */
export interface StatementParameter {
	name: string;
	value?: string | null;
	type?: string;
}

/** What a statement answers. Cells are already the text that goes on the wire. */
export interface SqlResult {
	columns: Column[];
	rows: (string | null)[][];
	/** What kind of statement it was: SELECT, INSERT, CREATE TABLE, SHOW TABLES … */
	statementType: string;
}

/** What a statement answers, and the session for the statements after it. */
export interface SessionChange {
	result: SqlResult;
	session: SqlSession;
}
