/** A place in the text of a statement, or of a part of one. */
export interface Place {
	text: string;
	offset: number;
}

/** The name that an error is about, by which its place is found in the statement. */
interface Subject {
	name: readonly string[];
}

/**
 * An error of a SQL statement, in the form Spark gives it: a condition (error class), an SQLSTATE, a
 * text `[CONDITION] what is wrong SQLSTATE: xxxxx` and, where it is known, the place: `; line 1 pos 7`.
 */
export class SqlError extends Error {
	readonly condition: string;
	readonly sqlState: string;
	private isSettled = false;

	/** @param detail the text between the condition and the SQLSTATE */
	constructor(
		condition: string,
		sqlState: string,
		private readonly detail: string,
		private readonly where?: Place | Subject,
		/** whether the place is shown as the parser's errors show it, with the statement */
		private readonly ofParser = false,
	) {
		const text = `[${condition}] ${detail} SQLSTATE: ${sqlState}`;
		const place = where !== undefined && 'offset' in where ? where : undefined;
		super(ofParser ? withExcerpt(text, place) : withPlace(text, place));
		this.name = 'SqlError';
		this.condition = condition;
		this.sqlState = sqlState;
	}

	/** The same error at a place, unless it knows a nearer one or is one that Spark gives no place. */
	at(place: Place): SqlError {
		if (this.isSettled || (this.where !== undefined && 'offset' in this.where)) return this;
		return PLACELESS.test(this.condition) ? this : this.placedAt(place);
	}

	/** Runs a step; an error of it that knows no nearer place is at the given one. */
	static locate<T>(place: Place, step: () => T): T {
		try {
			return step();
		} catch (error) {
			throw error instanceof SqlError ? error.at(place) : error;
		}
	}

	/** The same for a step that takes its time. */
	static async locateLater<T>(place: Place, step: () => Promise<T>): Promise<T> {
		try {
			return await step();
		} catch (error) {
			throw error instanceof SqlError ? error.at(place) : error;
		}
	}

	/**
	 * The same error with its place in a whole statement, of which its text is a part. A part that is
	 * not found there, or twice, gives no place.
	 */
	within(statement: string): SqlError {
		const { where } = this;
		if (where === undefined || this.isSettled) return this;
		if ('name' in where) {
			const offset = onlyOffsetOf(statement, where.name);
			return offset === undefined ? this : this.placedAt({ text: statement, offset });
		}
		if (where.text === statement) return this;
		const start = onlyIndexOf(statement, where.text);
		if (start === undefined) return this.placedAt(undefined);
		return this.placedAt({ text: statement, offset: start + where.offset });
	}

	/** The same error without its place, which was in the text of a function. */
	unplaced(): SqlError {
		return this.isSettled && this.where === undefined ? this : this.placedAt(undefined);
	}

	/** The same error with the place that it has now, if any, whatever it turns out to be a part of. */
	settled(): SqlError {
		const same = this.placedAt(this.where);
		same.isSettled = true;
		return same;
	}

	private placedAt(place: Place | Subject | undefined): SqlError {
		return new SqlError(this.condition, this.sqlState, this.detail, place, this.ofParser);
	}
}

/** Conditions that Spark raises without a place, or at run time. */
const PLACELESS =
	/^(?:UNSUPPORTED_FEATURE\.(?:LOCAL_WORKSPACE|TIME_TRAVEL)|DELTA_|NOT_A_CONSTANT|COLUMN_ALREADY_EXISTS|PARSE_EMPTY|INVALID_(?:EXTRACT|TYPED_LITERAL|FORMAT|PARAMETER_VALUE|TIME_TRAVEL|ESCAPE)|CAST_INVALID_INPUT|MISSING_AGGREGATION|_LEGACY)/;

/** Where a name stands in a statement, with or without back quotes; undefined if not once. */
function onlyOffsetOf(statement: string, name: readonly string[]): number | undefined {
	const parts = name.map((part) => {
		const plain = part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
		return `(?:${plain}|\`${plain}\`)`;
	});
	const pattern = new RegExp(`(?<![\\w\`.])${parts.join('\\s*\\.\\s*')}(?![\\w\`.])`, 'gi');
	const [found, ...more] = statement.matchAll(pattern);
	return more.length > 0 ? undefined : found?.index;
}

function onlyIndexOf(text: string, part: string): number | undefined {
	const first = text.indexOf(part);
	return first === -1 || text.includes(part, first + 1) ? undefined : first;
}

function lineOf({ text, offset }: Place): { line: number; position: number } {
	const before = text.slice(0, offset);
	return { line: before.split('\n').length, position: offset - (before.lastIndexOf('\n') + 1) };
}

function withPlace(text: string, place: Place | undefined): string {
	if (place === undefined) return text;
	const { line, position } = lineOf(place);
	return `${text}; line ${line} pos ${position}`;
}

/** The statement under the error, with a mark under the place. */
function withExcerpt(text: string, place: Place | undefined): string {
	if (place === undefined) return `\n${text}`;
	const { line, position } = lineOf(place);
	const lines = place.text.split('\n');
	lines.splice(line, 0, `${'-'.repeat(position)}^^^`);
	return `\n${text} (line ${line}, pos ${position})\n\n== SQL ==\n${lines.join('\n')}\n`;
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
		{ name },
	);
}

/** A column that cannot be resolved, with up to five suggestions. */
export function unresolvedColumn(
	name: readonly string[],
	suggestions: readonly string[][],
): SqlError {
	const text = `A column, variable, or function parameter with name ${quoteName(name)} cannot be resolved.`;
	if (suggestions.length === 0) {
		return new SqlError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', '42703', `${text} `, { name });
	}
	const list = suggestions.slice(0, 5).map(quoteName).join(', ');
	return new SqlError(
		'UNRESOLVED_COLUMN.WITH_SUGGESTION',
		'42703',
		`${text} Did you mean one of the following? [${list}].`,
		{ name },
	);
}

/** A syntax error at an offset of the statement; `isLast` when only this token is too many. */
export function syntaxError(
	statement: string,
	offset: number,
	near: string,
	isLast = false,
): SqlError {
	const at = near === '' ? 'end of input' : `'${near}'`;
	const extra = isLast && near !== '' ? `: extra input '${near}'` : '';
	return new SqlError(
		'PARSE_SYNTAX_ERROR',
		'42601',
		`Syntax error at or near ${at}${extra}.`,
		{ text: statement, offset },
		true,
	);
}

/** A text without a statement. */
export function emptyStatement(statement: string): SqlError {
	return new SqlError(
		'PARSE_EMPTY_STATEMENT',
		'42617',
		'Syntax error, unexpected empty statement.',
		{ text: statement, offset: statement.length },
		true,
	);
}

/** A name with other letters than Spark reads without back quotes. */
export function invalidIdentifier(name: string, place: Place): SqlError {
	return new SqlError(
		'INVALID_IDENTIFIER',
		'42602',
		`The unquoted identifier ${name} is invalid and must be back quoted as: \`${name}\`.\n` +
			"Unquoted identifiers can only contain ASCII letters ('a' - 'z', 'A' - 'Z'), digits ('0' - '9'), and underbar ('_').\n" +
			'Unquoted identifiers must also not start with a digit.\n' +
			'Different data sources and meta stores may impose additional restrictions on valid identifiers.',
		place,
		true,
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
