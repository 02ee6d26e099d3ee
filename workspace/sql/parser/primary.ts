import { syntaxError } from '../sqlError';
import { parseCallTail, parseSpecialCall } from './call';
import { parseExpression, parseQuery, parseValue, startsQuery, type SqlCursor } from './grammar';
import { parseIntervalLiteral } from './interval';
import { collationName } from '../types/collations';
import type { Expr, LiteralType } from './syntax';

/** Words that end a list and can therefore not begin a value without back quotes. */
const NEVER_A_VALUE = new Set([
	'FROM',
	'WHERE',
	'GROUP',
	'HAVING',
	'UNION',
	'JOIN',
	'ON',
	'THEN',
	'WHEN',
	'ELSE',
	'END',
]);

/** Reads a primary expression and what may follow it: `.field`, `[index]`, `::type`, `:path`. */
export function readPrimary(cursor: SqlCursor): Expr {
	let expr = parseBase(cursor);
	for (;;) {
		const start = expr.start;
		if (cursor.isSymbol('.') && cursor.isIdentifier(1)) {
			cursor.next();
			const name = cursor.identifier();
			expr =
				expr.kind === 'column'
					? { kind: 'column', name: [...expr.name, name], start, end: cursor.lastEnd }
					: { kind: 'field', operand: expr, name, start, end: cursor.lastEnd };
		} else if (cursor.isSymbol('.') && cursor.isSymbol('*', 1) && expr.kind === 'column') {
			cursor.next();
			cursor.next();
			expr = parseStarTail(cursor, expr.name, start);
		} else if (cursor.isSymbol('(') && expr.kind === 'column' && expr.name.length > 1) {
			expr = parseCallTail(cursor, expr.name, start);
		} else if (cursor.acceptSymbol('[')) {
			const index = parseValue(cursor);
			cursor.expectSymbol(']');
			expr = { kind: 'index', operand: expr, index, start, end: cursor.lastEnd };
		} else if (cursor.isWord('COLLATE') && cursor.isIdentifier(1) && !cursor.isWord('FROM', 1)) {
			cursor.next();
			const name = collationName(cursor.qualifiedName());
			const args = [expr, literal('string', name, start, cursor.lastEnd)];
			const call = { name: ['collate'], args, distinct: false, star: false };
			expr = { kind: 'call', call, start, end: cursor.lastEnd };
		} else if (cursor.acceptSymbol('::')) {
			const type = cursor.type();
			expr = { kind: 'cast', operand: expr, type, tolerant: false, start, end: cursor.lastEnd };
		} else if (cursor.isSymbol(':') && isPathStep(cursor)) {
			cursor.next();
			expr = { kind: 'path', operand: expr, steps: parsePath(cursor), start, end: cursor.lastEnd };
		} else {
			return expr;
		}
	}
}

function isPathStep(cursor: SqlCursor): boolean {
	return cursor.isIdentifier(1) || cursor.isSymbol('[', 1);
}

function parsePath(cursor: SqlCursor): (string | number)[] {
	const steps: (string | number)[] = [];
	if (cursor.isIdentifier()) steps.push(cursor.next().value);
	for (;;) {
		if (cursor.isSymbol('.') && cursor.isIdentifier(1)) {
			cursor.next();
			steps.push(cursor.next().value);
		} else if (cursor.isSymbol('[')) {
			cursor.next();
			const token = cursor.next();
			if (token.kind === 'string') steps.push(token.value);
			else if (token.kind === 'number') steps.push(Number(token.text));
			else throw syntaxError(cursor.text, token.start, token.text);
			cursor.expectSymbol(']');
		} else {
			return steps;
		}
	}
}

function parseStarTail(cursor: SqlCursor, qualifier: string[], start: number): Expr {
	const except: string[][] = [];
	if (cursor.isWord('EXCEPT') && cursor.isSymbol('(', 1) && !startsQuery(cursor, 2)) {
		cursor.next();
		cursor.next();
		do except.push(cursor.qualifiedName());
		while (cursor.acceptSymbol(','));
		cursor.expectSymbol(')');
	}
	return { kind: 'star', qualifier, except, start, end: cursor.lastEnd };
}

function literal(type: LiteralType, value: string, start: number, end: number): Expr {
	return { kind: 'literal', type, value, start, end };
}

function parseBase(cursor: SqlCursor): Expr {
	const token = cursor.peek();
	const start = token.start;
	if (token.kind === 'number') {
		cursor.next();
		return literal('number', token.text, start, token.end);
	}
	if (token.kind === 'string') return parseStrings(cursor);
	if (token.kind === 'symbol') return parseSymbol(cursor);
	if (token.kind === 'quoted') {
		if (cursor.isSymbol('(', 1)) return parseCallTail(cursor, [cursor.identifier()], start);
		return { kind: 'column', name: [cursor.identifier()], start, end: token.end };
	}
	if (token.kind === 'end') throw cursor.error();
	return parseWord(cursor);
}

/** Adjacent string literals are one string. */
function parseStrings(cursor: SqlCursor): Expr {
	const start = cursor.peek().start;
	let value = '';
	while (cursor.peek().kind === 'string') value += cursor.next().value;
	return literal('string', value, start, cursor.lastEnd);
}

function parseSymbol(cursor: SqlCursor): Expr {
	const start = cursor.peek().start;
	if (cursor.acceptSymbol('*')) return parseStarTail(cursor, [], start);
	if (cursor.acceptSymbol(':')) {
		if (!cursor.isIdentifier()) throw cursor.error();
		const { value } = cursor.next();
		if (/^\d+$/.test(value)) throw syntaxError(cursor.text, start, ':');
		return { kind: 'parameter', name: value, start, end: cursor.lastEnd };
	}
	if (cursor.acceptSymbol('(')) return parseParenthesis(cursor, start);
	if (cursor.acceptSymbol('?')) {
		return { kind: 'parameter', name: `_${start}`, start, end: cursor.lastEnd };
	}
	throw cursor.error();
}

function parseParenthesis(cursor: SqlCursor, start: number): Expr {
	if (startsQuery(cursor)) {
		const position = cursor.position;
		const query = parseQuery(cursor);
		if (cursor.acceptSymbol(')')) return { kind: 'subquery', query, start, end: cursor.lastEnd };
		cursor.rewind(position);
	}
	const lambda = parseLambda(cursor, start);
	if (lambda !== undefined) return lambda;
	const items = [parseExpression(cursor)];
	while (cursor.acceptSymbol(',')) items.push(parseExpression(cursor));
	cursor.expectSymbol(')');
	const [only] = items;
	if (items.length === 1 && only !== undefined) return only;
	return { kind: 'tuple', items, start, end: cursor.lastEnd };
}

/** `(a, b) -> body`, the opening parenthesis already read; undefined when it is something else. */
function parseLambda(cursor: SqlCursor, start: number): Expr | undefined {
	const position = cursor.position;
	const parameters: string[] = [];
	while (cursor.isIdentifier()) {
		parameters.push(cursor.next().value);
		if (!cursor.acceptSymbol(',')) break;
	}
	if (parameters.length > 0 && cursor.acceptSymbol(')') && cursor.acceptSymbol('->')) {
		const body = parseExpression(cursor);
		return { kind: 'lambda', parameters, body, start, end: body.end };
	}
	cursor.rewind(position);
	return undefined;
}

const TYPED_LITERALS: Record<string, LiteralType> = {
	DATE: 'date',
	TIME: 'time',
	TIMESTAMP: 'timestamp',
	TIMESTAMP_LTZ: 'timestamp',
	TIMESTAMP_NTZ: 'timestamp_ntz',
	X: 'binary',
};

function parseWord(cursor: SqlCursor): Expr {
	const token = cursor.peek();
	const start = token.start;
	const word = token.text.toUpperCase();
	const typed = TYPED_LITERALS[word];
	if (typed !== undefined && cursor.peek(1).kind === 'string') {
		cursor.next();
		return literal(typed, cursor.next().value, start, cursor.lastEnd);
	}
	if (word === 'NULL' || word === 'TRUE' || word === 'FALSE') {
		cursor.next();
		return literal(word === 'NULL' ? 'null' : 'boolean', word.toLowerCase(), start, token.end);
	}
	if (word === 'CASE') return parseCase(cursor);
	if (word === 'INTERVAL') {
		const interval = parseIntervalLiteral(cursor);
		if (interval !== undefined) return interval;
	}
	if (cursor.isSymbol('->', 1)) {
		cursor.next();
		cursor.next();
		const body = parseExpression(cursor);
		return { kind: 'lambda', parameters: [token.text], body, start, end: body.end };
	}
	if (cursor.isSymbol('(', 1)) {
		const special = parseSpecialCall(cursor, word);
		if (special !== undefined) return special;
		return parseCallTail(cursor, [cursor.identifier()], start);
	}
	if (CURRENT_WORDS.has(word) && !cursor.isSymbol('.', 1)) {
		cursor.next();
		const call = { name: [word.toLowerCase()], args: [], distinct: false, star: false };
		return { kind: 'call', call, start, end: token.end };
	}
	if (NEVER_A_VALUE.has(word)) throw cursor.error();
	const name = cursor.identifier();
	return { kind: 'column', name: [name], start, end: token.end };
}

const CURRENT_WORDS = new Set([
	'CURRENT_DATE',
	'CURRENT_TIME',
	'CURRENT_TIMESTAMP',
	'CURRENT_USER',
]);

function parseCase(cursor: SqlCursor): Expr {
	const start = cursor.next().start;
	const operand = cursor.isWord('WHEN') ? undefined : parseExpression(cursor);
	const branches: { when: Expr; then: Expr }[] = [];
	while (cursor.acceptWords('WHEN')) {
		const when = parseExpression(cursor);
		cursor.expectWord('THEN');
		branches.push({ when, then: parseExpression(cursor) });
	}
	if (branches.length === 0) throw cursor.error();
	const otherwise = cursor.acceptWords('ELSE') ? parseExpression(cursor) : undefined;
	cursor.expectWord('END');
	return {
		kind: 'case',
		...(operand === undefined ? {} : { operand }),
		branches,
		...(otherwise === undefined ? {} : { otherwise }),
		start,
		end: cursor.lastEnd,
	};
}
