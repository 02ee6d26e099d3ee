import type { Constant } from '../sql/scope';
import { quoteName, SqlError, unsupported } from '../sql/sqlError';
import { typeText, type SqlType } from '../sql/sqlType';
import { isNested } from '../sql/types/commonType';
import { stringOf, translateExpression } from '../sql/translate';
import type { Context } from './context';
import type { SqlSession, Variable } from './session';

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

function isCalled(path: readonly string[], name: readonly string[]): boolean {
	if (name.length > path.length) return false;
	const tail = path.slice(path.length - name.length);
	return tail.every((part, index) => same(part, name[index] ?? ''));
}

/** The variable of a name: of several the one that was declared last, in the innermost block. */
export function findVariable(session: SqlSession, name: readonly string[]): Variable | undefined {
	return session.variables?.findLast(({ path }) => isCalled(path, name));
}

/** Spark's text of a variable inside of an expression. */
export function variableText({ path, place, value }: Variable): string {
	const name = path.at(-1) ?? '';
	return `variablereference(${place}.${/^\w+$/.test(name) ? name : quoteName([name])}=${value.value ?? 'NULL'})`;
}

/** The session after a variable was given a value. @throws SqlError UNRESOLVED_VARIABLE */
export function withValue(
	session: SqlSession,
	name: readonly string[],
	value: Constant,
): SqlSession {
	const found = mustFind(session, name);
	const variables = session.variables?.map((each) => (each === found ? { ...each, value } : each));
	return { ...session, variables: variables ?? [] };
}

export function mustFind(session: SqlSession, name: readonly string[]): Variable {
	const found = findVariable(session, name);
	if (found !== undefined) return found;
	const text = `Cannot resolve variable ${quoteName(name)} on search path [\`system\`.\`session\`].`;
	throw new SqlError('UNRESOLVED_VARIABLE', '42883', text);
}

/** The value of an expression, cast to a type where one is given. */
export async function valueOf(context: Context, text: string, type?: SqlType): Promise<Constant> {
	const source = type === undefined ? text : `CAST((${text}\n) AS ${typeText(type)})`;
	const expression = await translateExpression(source, context.scope, []);
	const [row] = await context.transaction.rows(`SELECT ${constantText(expression)}`);
	return { value: row?.[0] ?? null, type: expression.type };
}

/** DuckDB SQL of the text by which a value is kept as a constant: with its zone where it is an instant. */
export function constantText({ sql, type }: { sql: string; type: SqlType }): string {
	if (
		isNested(type) ||
		type.kind === 'collated' ||
		type.kind === 'binary' ||
		type.kind === 'variant'
	) {
		throw unsupported(`a variable or an argument of type ${typeText(type)}`);
	}
	return type.kind === 'timestamp' ? `(dbx_timestamp_text(${sql}) || 'Z')` : stringOf(sql, type);
}
