import { quoteName, SqlError, unsupported } from '../../sql/sqlError';
import { VOID, type SqlType } from '../../sql/sqlType';
import type { Constant } from '../../sql/scope';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SessionChange, SqlSession, Variable } from '../session';
import { rowsOf } from '../script/rowsOf';
import { done } from '../tableWrite';
import { findVariable, mustFind, valueOf, withValue } from '../variables';

const NULL: Constant = { value: null, type: VOID };

export interface Declaration {
	names: string[];
	type?: SqlType;
	original: string;
}

/** `a, b INT DEFAULT 5` of DECLARE. */
export function readDeclaration(cursor: Cursor): Declaration {
	const names = [cursor.identifier()];
	while (cursor.accept(',')) names.push(cursor.identifier());
	const isTyped =
		!cursor.sees('DEFAULT') && !cursor.sees('=') && !cursor.sees(';') && !cursor.atEnd;
	const type = isTyped ? cursor.type() : undefined;
	const isGiven = cursor.acceptOne('DEFAULT', '=') !== undefined;
	if (type === undefined && !isGiven) throw cursor.unexpected();
	const original = isGiven ? cursor.until(';') : 'NULL';
	return { names, original, ...(type === undefined ? {} : { type }) };
}

/** DECLARE [OR REPLACE] [VARIABLE] name, … [type] [DEFAULT value]: variables of the session. */
export async function declare(context: Context, cursor: Cursor): Promise<SessionChange> {
	cursor.expect('DECLARE');
	const replace = cursor.accept('OR', 'REPLACE');
	cursor.acceptOne('VARIABLE', 'VAR');
	const declaration = readDeclaration(cursor);
	cursor.expectEnd();
	let session: SqlSession = context.session;
	for (const name of declaration.names) {
		const path = ['system', 'session', name];
		const known = findVariable(session, path);
		if (known !== undefined && !replace) {
			const text = `Cannot create the variable ${quoteName(path)} because it already exists.\nChoose a different name, or drop or replace the existing variable.`;
			throw new SqlError('VARIABLE_ALREADY_EXISTS', '42723', text);
		}
		const variables = (session.variables ?? []).filter((each) => each !== known);
		session = {
			...session,
			variables: [...variables, await newVariable(context, declaration, path, 'system.session')],
		};
	}
	return { result: done('DECLARE VARIABLE'), session };
}

export async function newVariable(
	context: Context,
	{ type, original }: Declaration,
	path: readonly string[],
	place: string,
): Promise<Variable> {
	return { path, original, place, value: await valueOf(context, original, type) };
}

/** DROP TEMPORARY VARIABLE [IF EXISTS] name. */
export async function dropVariable({ session }: Context, cursor: Cursor): Promise<SessionChange> {
	cursor.expect('DROP', 'TEMPORARY', 'VARIABLE');
	const ifExists = cursor.accept('IF', 'EXISTS');
	const name = cursor.name();
	cursor.expectEnd();
	const found = ifExists ? findVariable(session, name) : mustFind(session, name);
	const variables = session.variables.filter((each) => each !== found);
	return { result: done('DROP VARIABLE'), session: { ...session, variables } };
}

/** `a = 1, b = a + 1` or `(a, b) = (query)` of SET VARIABLE; each sees the values of before. */
export async function setVariables(context: Context, cursor: Cursor): Promise<SessionChange> {
	const isRow = cursor.sees('(');
	const values = isRow ? await rowOf(context, cursor) : await eachOf(context, cursor);
	cursor.expectEnd();
	return { result: done('SET VARIABLE'), session: assign(context.session, values) };
}

/** The session after variables were given values. @throws SqlError UNRESOLVED_VARIABLE */
export function assign(
	session: SqlSession,
	values: readonly (readonly [string[], Constant])[],
): SqlSession {
	return values.reduce((current, [name, value]) => withValue(current, name, value), session);
}

async function eachOf(context: Context, cursor: Cursor): Promise<[string[], Constant][]> {
	const values: [string[], Constant][] = [];
	do {
		const name = cursor.name();
		cursor.expect('=');
		const text = cursor.until(',');
		const { value, original } = mustFind(context.session, name);
		const isDefault = text.trim().toUpperCase() === 'DEFAULT';
		values.push([name, await valueOf(context, isDefault ? original : text, value.type)]);
	} while (cursor.accept(','));
	return values;
}

async function rowOf(context: Context, cursor: Cursor): Promise<[string[], Constant][]> {
	const names = cursor.list(() => cursor.name());
	cursor.expect('=');
	const rows = await rowsOf(context, cursor.inParentheses(), 2);
	const constants = rows[0]?.map(({ value }) => value) ?? names.map(() => NULL);
	return await rowInto(context, names, constants, rows.length);
}

/**
 * The values of one row for variables; those of no row are NULL.
 * @throws SqlError ASSIGNMENT_ARITY_MISMATCH, ROW_SUBQUERY_TOO_MANY_ROWS
 */
export async function rowInto(
	context: Context,
	names: readonly string[][],
	constants: readonly Constant[],
	rows: number,
): Promise<[string[], Constant][]> {
	if (names.length !== constants.length) {
		const text = `The number of columns or variables assigned or aliased: ${names.length} does not match the number of source expressions: ${constants.length}.`;
		throw new SqlError('ASSIGNMENT_ARITY_MISMATCH', '42802', text);
	}
	if (rows > 1) {
		const text = 'More than one row returned by a subquery used as a row.';
		throw new SqlError('ROW_SUBQUERY_TOO_MANY_ROWS', '21000', text);
	}
	const values: [string[], Constant][] = [];
	for (const [index, name] of names.entries()) {
		const value = constants[index];
		if (value === undefined) throw unsupported('a variable without a value');
		const bound = context.withParameters(new Map([['value', value]]));
		values.push([name, await valueOf(bound, ':value', mustFind(context.session, name).value.type)]);
	}
	return values;
}
