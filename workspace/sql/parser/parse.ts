import { readExpression, readValue } from './expression';
import { SqlCursor, type Grammar } from './grammar';
import { readPrimary } from './primary';
import { readQuery } from './query';
import type { Expr, Query } from './syntax';

const GRAMMAR: Grammar = {
	query: readQuery,
	expression: readExpression,
	value: readValue,
	primary: readPrimary,
};

/** The syntax tree of a text that is one query. @throws SqlError PARSE_SYNTAX_ERROR, 0A000 */
export function queryOf(text: string): Query {
	const cursor = new SqlCursor(text, GRAMMAR);
	const query = readQuery(cursor);
	cursor.expectEnd();
	return query;
}

/** The syntax tree of a text that is one expression. @throws SqlError PARSE_SYNTAX_ERROR, 0A000 */
export function expressionOf(text: string): Expr {
	const cursor = new SqlCursor(text, GRAMMAR);
	const expr = readExpression(cursor);
	cursor.expectEnd();
	return expr;
}
