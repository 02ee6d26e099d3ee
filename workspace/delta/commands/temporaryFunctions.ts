import { isBuiltIn } from '../../sql/analysis/builtIns';
import { routineMissing } from '../../sql/routineCheck';
import { quoteName, SqlError, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { bothWays, checkedText, routineExists } from '../ddl/createFunction';
import { readFunction } from '../ddl/functionDefinition';
import type { SessionChange } from '../session';
import { done } from '../tableWrite';

/** CREATE [OR REPLACE] TEMPORARY FUNCTION name(…) … RETURN body: the session's own. */
export async function createTemporaryFunction(
	context: Context,
	cursor: Cursor,
): Promise<SessionChange> {
	cursor.expect('CREATE');
	const replace = cursor.accept('OR', 'REPLACE');
	cursor.acceptOne('TEMPORARY', 'TEMP');
	cursor.expect('FUNCTION');
	const { session } = context;
	const definition = readFunction(cursor);
	const [name = '', ...more] = definition.name.map((part) => part.toLowerCase());
	if (definition.ifNotExists && replace) throw bothWays();
	if (definition.ifNotExists) {
		throw wrongTemporary('WITH_IF_NOT_EXISTS', 'with IF NOT EXISTS');
	}
	if (more.length > 1) throw unsupported('a temporary function with a name of several parts');
	if (more.length > 0) {
		throw wrongTemporary('WITH_DATABASE', `with specifying a database(${quoteName([name])})`);
	}
	const isKnown = session.temporaryFunctions.has(name);
	if (isBuiltIn(name) || (isKnown && !replace)) throw routineExists([name]);
	const { scope } = context.withParameters(new Map());
	const text = await checkedText(context, definition, [name], scope);
	const temporaryFunctions = new Map([...session.temporaryFunctions, [name, text]]);
	return { result: done('CREATE FUNCTION'), session: { ...session, temporaryFunctions } };
}

function wrongTemporary(condition: string, reason: string): SqlError {
	return new SqlError(
		`INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_${condition}`,
		'42000',
		`Invalid SQL syntax: CREATE TEMPORARY FUNCTION ${reason} is not allowed.`,
	);
}

/** DROP TEMPORARY FUNCTION [IF EXISTS] name. */
export async function dropTemporaryFunction(
	{ session }: Context,
	cursor: Cursor,
): Promise<SessionChange> {
	cursor.expect('DROP', 'TEMPORARY', 'FUNCTION');
	const ifExists = cursor.accept('IF', 'EXISTS');
	const name = cursor.identifier();
	cursor.expectEnd();
	const temporaryFunctions = new Map(session.temporaryFunctions);
	const isThere = temporaryFunctions.delete(name.toLowerCase());
	if (!isThere && isBuiltIn(name.toLowerCase())) {
		throw unsupported(`DROP TEMPORARY FUNCTION of the built-in function ${name}`);
	}
	if (!isThere && !ifExists) throw routineMissing([name]);
	return { result: done('DROP FUNCTION'), session: { ...session, temporaryFunctions } };
}
