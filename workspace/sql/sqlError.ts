/**
 * An error of a SQL statement, in the form Spark gives it: a condition (error class), an SQLSTATE and
 * a text `[CONDITION] what is wrong SQLSTATE: xxxxx`.
 */
export class SqlError extends Error {
	readonly condition: string;
	readonly sqlState: string;

	/** @param detail the text between the condition and the SQLSTATE */
	constructor(condition: string, sqlState: string, detail: string) {
		super(`[${condition}] ${detail} SQLSTATE: ${sqlState}`);
		this.name = 'SqlError';
		this.condition = condition;
		this.sqlState = sqlState;
	}
}

/** The condition of every refusal: what Databricks may do and this workspace has not verified. */
export const UNSUPPORTED_HERE = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

/** Refuses a construct or function by its name; nothing unverified is ever passed on to DuckDB. */
export function unsupported(construct: string): SqlError {
	return new SqlError(
		UNSUPPORTED_HERE,
		'0A000',
		`The local workspace does not support ${construct}. It runs only SQL whose result it can give exactly as Databricks does.`,
	);
}

export function quoteName(parts: readonly string[]): string {
	return parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

export function tableNotFound(name: readonly string[]): SqlError {
	return new SqlError(
		'TABLE_OR_VIEW_NOT_FOUND',
		'42P01',
		`The table or view ${quoteName(name)} cannot be found. Verify the spelling and correctness of the schema and catalog.\n` +
			'If you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\n' +
			'To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.',
	);
}

/** A column that cannot be resolved, with up to five suggestions. */
export function unresolvedColumn(
	name: readonly string[],
	suggestions: readonly string[][],
): SqlError {
	const text = `A column, variable, or function parameter with name ${quoteName(name)} cannot be resolved.`;
	if (suggestions.length === 0) {
		return new SqlError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', '42703', text);
	}
	const list = suggestions.slice(0, 5).map(quoteName).join(', ');
	return new SqlError(
		'UNRESOLVED_COLUMN.WITH_SUGGESTION',
		'42703',
		`${text} Did you mean one of the following? [${list}].`,
	);
}

/** A syntax error at an offset of the statement, with Spark's excerpt of the line. */
export function syntaxError(statement: string, offset: number, near: string): SqlError {
	const before = statement.slice(0, offset);
	const line = before.split('\n').length;
	const position = offset - (before.lastIndexOf('\n') + 1);
	const at = near === '' ? 'end of input' : `'${near}'`;
	return new SqlError(
		'PARSE_SYNTAX_ERROR',
		'42601',
		`Syntax error at or near ${at} (line ${line}, pos ${position}).`,
	);
}

/** A wrong argument or operand type; `condition` is the part after DATATYPE_MISMATCH. */
export function typeMismatch(condition: string, expression: string, reason: string): SqlError {
	return new SqlError(
		`DATATYPE_MISMATCH.${condition}`,
		'42K09',
		`Cannot resolve "${expression}" due to data type mismatch: ${reason}`,
	);
}
