import { unsupported } from '../sqlError';
import {
	parseExpression,
	parsePrimary,
	parseQuery,
	parseValue,
	startsQuery,
	type SqlCursor,
} from './grammar';
import type { Expr } from './syntax';

/** The rule of an expression: OR, AND, NOT, predicates, comparison … */
export function readExpression(cursor: SqlCursor): Expr {
	let left = parseAnd(cursor);
	while (cursor.acceptWords('OR')) {
		left = binary('or', left, parseAnd(cursor));
	}
	return left;
}

function binary(operator: string, left: Expr, right: Expr): Expr {
	return { kind: 'binary', operator, left, right, start: left.start, end: right.end };
}

function parseAnd(cursor: SqlCursor): Expr {
	let left = parseNot(cursor);
	while (cursor.acceptWords('AND')) {
		left = binary('and', left, parseNot(cursor));
	}
	return left;
}

function parseNot(cursor: SqlCursor): Expr {
	const start = cursor.peek().start;
	if (cursor.acceptWords('NOT') || cursor.acceptSymbol('!')) {
		const operand = parseNot(cursor);
		return { kind: 'unary', operator: 'not', operand, start, end: operand.end };
	}
	if (cursor.isWord('EXISTS') && cursor.isSymbol('(', 1) && startsQuery(cursor, 2)) {
		cursor.next();
		cursor.next();
		const query = parseQuery(cursor);
		cursor.expectSymbol(')');
		return { kind: 'exists', query, start, end: cursor.lastEnd };
	}
	return parsePredicates(cursor);
}

function parsePredicates(cursor: SqlCursor): Expr {
	let operand = parseValue(cursor);
	for (;;) {
		const place = cursor.peek().start;
		const next = parsePredicate(cursor, operand);
		if (next === undefined) return operand;
		operand = { ...next, place };
	}
}

function parsePredicate(cursor: SqlCursor, operand: Expr): Expr | undefined {
	const start = operand.start;
	if (cursor.isWord('IS')) return parseIs(cursor, operand);
	const position = cursor.position;
	const negated = cursor.acceptWords('NOT');
	if (cursor.acceptWords('BETWEEN')) {
		if (cursor.isWord('SYMMETRIC')) throw unsupported('BETWEEN SYMMETRIC');
		const low = parseValue(cursor);
		cursor.expectWord('AND');
		const high = parseValue(cursor);
		return { kind: 'between', operand, low, high, negated, start, end: high.end };
	}
	if (cursor.acceptWords('IN')) return parseIn(cursor, operand, negated);
	const word = cursor.acceptWord('LIKE', 'ILIKE', 'RLIKE', 'REGEXP');
	if (word !== undefined) return parseLike(cursor, operand, word, negated);
	cursor.rewind(position);
	return undefined;
}

function parseIs(cursor: SqlCursor, operand: Expr): Expr {
	cursor.expectWord('IS');
	const negated = cursor.acceptWords('NOT');
	const start = operand.start;
	if (cursor.acceptWords('DISTINCT')) {
		cursor.expectWord('FROM');
		const right = parseValue(cursor);
		return { kind: 'distinctFrom', left: operand, right, negated, start, end: right.end };
	}
	const word = cursor.acceptWord('NULL', 'TRUE', 'FALSE', 'UNKNOWN');
	if (word === undefined) throw cursor.error();
	const test = word === 'TRUE' ? 'true' : word === 'FALSE' ? 'false' : 'null';
	return { kind: 'is', operand, test, negated, start, end: cursor.lastEnd };
}

function parseIn(cursor: SqlCursor, operand: Expr, negated: boolean): Expr {
	const start = operand.start;
	// Spark takes `x IN` alone for an alias that is too many.
	if (!negated && cursor.isSymbol('(') && cursor.isSymbol(')', 1)) throw cursor.errorBefore();
	cursor.expectSymbol('(');
	if (startsQuery(cursor)) {
		const query = parseQuery(cursor);
		cursor.expectSymbol(')');
		return { kind: 'inQuery', operand, query, negated, start, end: cursor.lastEnd };
	}
	const items = [parseExpression(cursor)];
	while (cursor.acceptSymbol(',')) items.push(parseExpression(cursor));
	cursor.expectSymbol(')');
	return { kind: 'in', operand, items, negated, start, end: cursor.lastEnd };
}

function parseLike(cursor: SqlCursor, operand: Expr, word: string, negated: boolean): Expr {
	const operator = word === 'LIKE' ? 'like' : word === 'ILIKE' ? 'ilike' : 'rlike';
	const quantifier = operator === 'rlike' ? undefined : cursor.acceptWord('ANY', 'SOME', 'ALL');
	const patterns: Expr[] = [];
	if (quantifier === undefined) {
		patterns.push(parseValue(cursor));
	} else {
		cursor.expectSymbol('(');
		do patterns.push(parseValue(cursor));
		while (cursor.acceptSymbol(','));
		cursor.expectSymbol(')');
	}
	let escape: string | undefined;
	if (operator !== 'rlike' && quantifier === undefined && cursor.acceptWords('ESCAPE')) {
		const token = cursor.next();
		if (token.kind !== 'string') throw cursor.error();
		escape = token.value;
	}
	return {
		kind: 'like',
		operator,
		operand,
		patterns,
		...(quantifier === undefined ? {} : { quantifier: quantifier === 'ALL' ? 'all' : 'any' }),
		...(escape === undefined ? {} : { escape }),
		negated,
		start: operand.start,
		end: cursor.lastEnd,
	};
}

const COMPARISONS = new Set(['=', '==', '<=>', '<>', '!=', '<', '<=', '>', '>=']);
const LEVELS: ((cursor: SqlCursor) => string | undefined)[] = [
	(cursor) => symbolIn(cursor, COMPARISONS),
	(cursor) => symbolIn(cursor, new Set(['|'])),
	(cursor) => symbolIn(cursor, new Set(['^'])),
	(cursor) => symbolIn(cursor, new Set(['&'])),
	(cursor) => symbolIn(cursor, new Set(['<<', '>>', '>>>'])),
	(cursor) => symbolIn(cursor, new Set(['+', '-', '||'])),
	(cursor) =>
		symbolIn(cursor, new Set(['*', '/', '%'])) ??
		(isDivision(cursor) ? cursor.next().text.toLowerCase() : undefined),
];

/** DIV is an operator only where an operand follows; else it is a name. */
function isDivision(cursor: SqlCursor): boolean {
	const after = cursor.peek(1);
	const ends = after.kind === 'end' || (after.kind === 'symbol' && /^[,);]$/.test(after.text));
	return cursor.isWord('DIV') && !ends && !cursor.isWord('FROM', 1);
}

function symbolIn(cursor: SqlCursor, symbols: Set<string>): string | undefined {
	const token = cursor.peek();
	if (token.kind !== 'symbol' || !symbols.has(token.text)) return undefined;
	return cursor.next().text;
}

/** The rule of a value expression, level by level of precedence. */
export function readValue(cursor: SqlCursor, level = 0): Expr {
	const operators = LEVELS[level];
	if (operators === undefined) return parseUnary(cursor);
	let left = readValue(cursor, level + 1);
	for (;;) {
		const operator = operators(cursor);
		if (operator === undefined) return left;
		const right = readValue(cursor, level + 1);
		left = binary(operator === '==' ? '=' : operator === '<>' ? '!=' : operator, left, right);
	}
}

function parseUnary(cursor: SqlCursor): Expr {
	const token = cursor.peek();
	if (token.kind === 'symbol' && (token.text === '-' || token.text === '+' || token.text === '~')) {
		cursor.next();
		const operator = token.text === '-' ? '-' : token.text === '+' ? '+' : '~';
		const number = cursor.peek();
		if (operator === '-' && number.kind === 'number') {
			cursor.next();
			const value = `-${number.text}`;
			return { kind: 'literal', type: 'number', value, start: token.start, end: number.end };
		}
		const operand = parseUnary(cursor);
		return { kind: 'unary', operator, operand, start: token.start, end: operand.end };
	}
	return parsePrimary(cursor);
}
