import { Cursor } from './cursor';
import type { Expr, Query } from './syntax';

/** The rules that refer to each other: a query holds expressions, an expression may hold a query. */
export interface Grammar {
	query(cursor: SqlCursor): Query;
	expression(cursor: SqlCursor): Expr;
	value(cursor: SqlCursor): Expr;
	primary(cursor: SqlCursor): Expr;
}

/** A cursor that knows the whole grammar, so that the file of one rule needs not import all others. */
export class SqlCursor extends Cursor {
	constructor(
		text: string,
		readonly grammar: Grammar,
	) {
		super(text);
	}
}

/** Reads a query: WITH, SELECT, set operations, VALUES, ORDER BY, LIMIT. Stops behind it. */
export const parseQuery = (cursor: SqlCursor): Query => cursor.grammar.query(cursor);

/** Reads an expression with Spark's precedence: OR, AND, NOT, predicates, comparison … */
export const parseExpression = (cursor: SqlCursor): Expr => cursor.grammar.expression(cursor);

/** Reads a value expression (everything that binds tighter than IS, IN, LIKE, BETWEEN). */
export const parseValue = (cursor: SqlCursor): Expr => cursor.grammar.value(cursor);

/** Reads an operand: a literal, a name, a call, something in parentheses, with what is chained to it. */
export const parsePrimary = (cursor: SqlCursor): Expr => cursor.grammar.primary(cursor);

/** Whether the tokens from `ahead` on begin a query. */
export function startsQuery(cursor: SqlCursor, ahead = 0): boolean {
	let depth = ahead;
	while (cursor.isSymbol('(', depth)) depth += 1;
	return (
		cursor.isWord('SELECT', depth) ||
		(cursor.isWord('WITH', depth) && cursor.isIdentifier(depth + 1)) ||
		(cursor.isWord('VALUES', depth) && !cursor.isSymbol(',', depth + 1)) ||
		(cursor.isWord('FROM', depth) && cursor.isIdentifier(depth + 1))
	);
}
