import { SqlError, unsupported } from '../../sql/sqlError';
import type { Constant } from '../../sql/scope';
import { STRING, typeText } from '../../sql/sqlType';
import { tokenize } from '../../sql/tokens';
import type { SessionChange, SqlSession, StatementParameter } from '../session';
import { assign, rowInto } from '../commands/variables';
import type { Context } from '../context';
import { Cursor } from '../cursor';
import { mustBeTexts } from '../decodedTexts';
import { done } from '../tableWrite';
import { valueOf } from '../variables';
import type { Runner } from './runner';

interface Immediate {
	statement: string;
	into: string[][];
	using: { text: string; name?: string }[];
}

/** EXECUTE IMMEDIATE statement [INTO variable, …] [USING value [AS name], …]. */
export async function executeImmediate(
	text: string,
	session: SqlSession,
	runner: Runner,
): Promise<SessionChange> {
	const { statement, into, using } = read(new Cursor(text));
	const { sql, parameters } = await runner.look(session, async (context) => {
		const given = await valueOf(context, statement, STRING);
		if (given.value === null) throw nullStatement(statement);
		return await bind(context, given.value, using);
	});
	if (/^\s*(?:execute|begin|declare)\b/i.test(sql)) {
		throw unsupported('EXECUTE IMMEDIATE of a script, a DECLARE or another EXECUTE IMMEDIATE');
	}
	const change = await runner.execute(sql, session, parameters);
	if (into.length === 0) return change;
	mustBeTexts(change.result, 'in a variable');
	const { rows, columns } = change.result;
	const constants = columns.map(({ type }, at) => ({ value: rows[0]?.[at] ?? null, type }));
	const values = await runner.look(change.session, (context) =>
		rowInto(context, into, constants, rows.length),
	);
	return { result: done('EXECUTE IMMEDIATE'), session: assign(change.session, values) };
}

function read(cursor: Cursor): Immediate {
	cursor.expect('EXECUTE', 'IMMEDIATE');
	const statement = cursor.until('INTO', 'USING');
	const into: string[][] = [];
	if (cursor.accept('INTO')) {
		do into.push(cursor.name());
		while (cursor.accept(','));
	}
	const using: Immediate['using'] = [];
	if (cursor.accept('USING')) {
		const isListed = cursor.accept('(');
		do {
			const text = cursor.until(',', 'AS');
			const isNamed = cursor.accept('AS');
			const next = cursor.peek();
			if (!isNamed && (next.kind === 'word' || next.kind === 'quoted')) throw cursor.unexpected();
			using.push({ text, ...(isNamed ? { name: cursor.identifier() } : {}) });
		} while (cursor.accept(','));
		if (isListed) cursor.expect(')');
	}
	cursor.expectEnd();
	return { statement, into, using };
}

/** The statement with names in the place of its question marks, and the values of its parameters. */
async function bind(
	context: Context,
	text: string,
	using: Immediate['using'],
): Promise<{ sql: string; parameters: StatementParameter[] }> {
	const marks = tokenize(text).filter(({ kind, text: mark }) => kind === 'symbol' && mark === '?');
	const parameters: StatementParameter[] = [];
	for (const [index, { text: expression, name }] of using.entries()) {
		if (name === undefined && marks.length === 0) throw unnamed(expression);
		const value = await valueOf(context, expression);
		parameters.push(parameterOf(name ?? `_${index + 1}`, value));
	}
	if (marks.length > parameters.length) {
		const at = marks[parameters.length]?.start ?? 0;
		const what = `Found the unbound parameter: _${at}. Please, fix \`args\` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as \`map()\`, \`array()\`, \`struct()\`.`;
		throw new SqlError('UNBOUND_SQL_PARAMETER', '42P02', what);
	}
	let sql = '';
	let from = 0;
	for (const [index, { start, end }] of marks.entries()) {
		sql += `${text.slice(from, start)}:_${index + 1}`;
		from = end;
	}
	return { sql: sql + text.slice(from), parameters };
}

function parameterOf(name: string, { value, type }: Constant): StatementParameter {
	return { name, value, type: typeText(type) };
}

function unnamed(expression: string): SqlError {
	const text = `Using name parameterized queries requires all parameters to be named. Parameters missing names: ("${expression.trim()}").`;
	return new SqlError('ALL_PARAMETERS_MUST_BE_NAMED', '07001', text);
}

function nullStatement(statement: string): SqlError {
	const text = `Execute immediate requires a non-null variable as the query string, but the provided variable ${statement.trim()} is null.`;
	return new SqlError('NULL_QUERY_STRING_EXECUTE_IMMEDIATE', '22004', text);
}
