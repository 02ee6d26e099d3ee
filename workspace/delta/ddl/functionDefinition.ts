import { SqlError, unsupported } from '../../sql/sqlError';
import type { SqlType } from '../../sql/sqlType';
import type { Cursor } from '../cursor';
import { refuseParameters } from './keptExpressions';
import { holds } from './tableDefinition';

export interface FunctionColumn {
	name: string;
	type: SqlType;
	comment?: string;
}

export interface FunctionParameter extends FunctionColumn {
	defaultExpression?: string;
}

/** What follows CREATE [OR REPLACE] [TEMPORARY] FUNCTION. */
export interface FunctionDefinition {
	ifNotExists: boolean;
	name: string[];
	parameters: FunctionParameter[];
	/** The type of the value, or the columns of the rows; undefined for those of the body. */
	returns:
		| { kind: 'value'; type: SqlType | undefined }
		| { kind: 'rows'; columns: FunctionColumn[] | undefined };
	comment?: string;
	deterministic?: boolean;
	/** CONTAINS SQL or READS SQL DATA, where one was written. */
	access?: 'CONTAINS SQL' | 'READS SQL DATA';
	body: string;
}

/**
 * Reads the definition of a function in SQL, of a value or of rows.
 * @throws SqlError PARSE_SYNTAX_ERROR, DUPLICATE_CLAUSES, 0A000 for other languages
 */
export function readFunction(cursor: Cursor): FunctionDefinition {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const name = cursor.name();
	const parameters = readParameters(cursor);
	const last = name.at(-1) ?? '';
	mustDiffer(
		parameters.map((parameter) => parameter.name),
		'DUPLICATE_ROUTINE_PARAMETER_NAMES',
		'42734',
		(twice) =>
			`Found duplicate name(s) in the parameter list of the user-defined routine ${last}: \`${twice}\`.`,
	);
	const returns = readReturns(cursor);
	if (returns.kind === 'rows' && returns.columns !== undefined) {
		mustDiffer(
			returns.columns.map((column) => column.name),
			'DUPLICATE_ROUTINE_RETURNS_COLUMNS',
			'42711',
			(twice) =>
				`Found duplicate column(s) in the RETURNS clause column list of the user-defined routine ${last}: \`${twice}\`.`,
		);
	}
	const characteristics = readCharacteristics(cursor);
	if (cursor.sees('AS')) throw unsupported('a function in another language than SQL (AS …)');
	cursor.expect('RETURN');
	const body = cursor.rest();
	return { ifNotExists, name, parameters, returns, ...characteristics, body };
}

function mustDiffer(
	names: readonly string[],
	condition: string,
	sqlState: string,
	text: (twice: string) => string,
): void {
	const lower = names.map((name) => name.toLowerCase());
	const twice = lower.find((name, at) => lower.indexOf(name) !== at);
	if (twice !== undefined) throw new SqlError(condition, sqlState, text(twice));
}

function readParameters(cursor: Cursor): FunctionParameter[] {
	return cursor.list(() => {
		const start = cursor.peek().start;
		const parameter: FunctionParameter = readColumn(cursor);
		if (cursor.sees('NOT', 'NULL')) {
			const written = cursor.slice(start, cursor.peek(1).end);
			const text = `User defined function is invalid: Cannot specify NOT NULL on function parameters: ${written}`;
			throw new SqlError('USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS', '42601', text);
		}
		if (cursor.accept('DEFAULT')) {
			parameter.defaultExpression = cursor.until(',', ')', 'COMMENT', 'DEFAULT');
			refuseParameters(parameter.defaultExpression, 'DEFAULT');
		}
		if (cursor.accept('COMMENT')) parameter.comment = cursor.string();
		return parameter;
	});
}

function readColumn(cursor: Cursor): FunctionColumn {
	return { name: cursor.identifier(), type: readType(cursor) };
}

/** CHAR and VARCHAR are refused: open-source Spark has no functions of them. */
function readType(cursor: Cursor): SqlType {
	const type = cursor.type();
	for (const kind of ['char', 'varchar', 'void'] as const) {
		if (holds(type, kind)) throw unsupported(`a function of the type ${kind.toUpperCase()}`);
	}
	return type;
}

function readReturns(cursor: Cursor): FunctionDefinition['returns'] {
	if (cursor.sees('RETURNS', 'NULL') || !cursor.accept('RETURNS')) {
		return { kind: 'value', type: undefined };
	}
	if (!cursor.accept('TABLE')) return { kind: 'value', type: readType(cursor) };
	if (!cursor.sees('(')) return { kind: 'rows', columns: undefined };
	const columns = cursor.list(() => {
		const column = readColumn(cursor);
		if (cursor.accept('COMMENT')) column.comment = cursor.string();
		return column;
	});
	return { kind: 'rows', columns };
}

type Characteristics = Pick<FunctionDefinition, 'comment' | 'deterministic' | 'access'>;

/** The clauses between RETURNS and RETURN, each at most once. */
function readCharacteristics(cursor: Cursor): Characteristics {
	const read: Characteristics = {};
	const seen = new Set<string>();
	for (;;) {
		const clause = readClause(cursor, read);
		if (clause === undefined) return read;
		if (seen.has(clause)) {
			const text = `Found duplicate clauses: ${clause}. Please, remove one of them.`;
			throw new SqlError('DUPLICATE_CLAUSES', '42614', text);
		}
		seen.add(clause);
	}
}

function readClause(cursor: Cursor, read: Characteristics): string | undefined {
	if (cursor.accept('LANGUAGE')) {
		const language = cursor.identifier();
		if (language.toUpperCase() === 'SQL') return 'LANGUAGE';
		throw unsupported(`functions in the language ${language.toUpperCase()}`);
	}
	if (cursor.accept('COMMENT')) {
		read.comment = cursor.string();
		return 'COMMENT';
	}
	const isNot = cursor.accept('NOT', 'DETERMINISTIC');
	if (isNot || cursor.accept('DETERMINISTIC')) {
		read.deterministic = !isNot;
		return 'DETERMINISTIC';
	}
	const contains = cursor.accept('CONTAINS', 'SQL');
	if (contains || cursor.accept('READS', 'SQL', 'DATA')) {
		read.access = contains ? 'CONTAINS SQL' : 'READS SQL DATA';
		return 'SQL DATA ACCESS';
	}
	for (const word of [
		'CALLED',
		'RETURNS',
		'SQL',
		'DEFAULT',
		'ENVIRONMENT',
		'HANDLER',
		'PARAMETER',
	]) {
		if (cursor.sees(word)) throw unsupported(`CREATE FUNCTION … ${word}`);
	}
	return undefined;
}
