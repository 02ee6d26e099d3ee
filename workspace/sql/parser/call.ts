import { unsupported } from '../sqlError';
import { parseExpression, parseValue, type SqlCursor } from './grammar';
import type { Call, Expr } from './syntax';
import { parseOrderItems, parseWindowSpec } from './window';

/** Reads `(args)` and what follows a function: IGNORE NULLS, WITHIN GROUP, FILTER, OVER. */
export function parseCallTail(cursor: SqlCursor, name: string[], start: number): Expr {
	cursor.expectSymbol('(');
	const call: Call = { name, args: [], distinct: false, star: false };
	if (cursor.acceptWords('DISTINCT')) call.distinct = true;
	else if (cursor.isWord('ALL') && !cursor.isSymbol(',', 1) && !cursor.isSymbol(')', 1)) {
		cursor.next();
	}
	if (cursor.isSymbol('*') && cursor.isSymbol(')', 1)) {
		cursor.next();
		call.star = true;
	} else if (!cursor.isSymbol(')')) {
		do call.args.push(parseArgument(cursor));
		while (cursor.acceptSymbol(','));
	}
	acceptNulls(cursor, call);
	cursor.expectSymbol(')');
	if (call.nulls === undefined) acceptNulls(cursor, call);
	if (cursor.areWords('WITHIN', 'GROUP')) {
		cursor.acceptWords('WITHIN', 'GROUP');
		cursor.expectSymbol('(');
		cursor.expectWord('ORDER');
		cursor.expectWord('BY');
		call.withinGroup = parseOrderItems(cursor);
		cursor.expectSymbol(')');
	}
	if (cursor.isWord('FILTER') && cursor.isSymbol('(', 1)) {
		cursor.next();
		cursor.next();
		cursor.expectWord('WHERE');
		call.filter = parseExpression(cursor);
		cursor.expectSymbol(')');
	}
	if (call.nulls === undefined) acceptNulls(cursor, call);
	if (cursor.acceptWords('OVER')) {
		call.over = cursor.isSymbol('(')
			? parseWindowSpec(cursor)
			: { name: cursor.identifier(), partitionBy: [], orderBy: [] };
	}
	return { kind: 'call', call, start, end: cursor.lastEnd };
}

function acceptNulls(cursor: SqlCursor, call: Call): void {
	if (cursor.acceptWords('IGNORE', 'NULLS')) call.nulls = 'ignore';
	else if (cursor.acceptWords('RESPECT', 'NULLS')) call.nulls = 'respect';
}

function parseArgument(cursor: SqlCursor): Expr {
	const start = cursor.peek().start;
	if (cursor.isIdentifier() && cursor.isSymbol('=>', 1)) {
		const name = cursor.identifier();
		cursor.next();
		const value = parseExpression(cursor);
		return { kind: 'named', name, value, start, end: value.end };
	}
	const value = parseExpression(cursor);
	if (!cursor.acceptWords('AS')) return value;
	const name = cursor.identifier();
	return { kind: 'named', name, value, isAlias: true, start, end: cursor.lastEnd };
}

function plainCall(name: string, args: Expr[], start: number, end: number): Expr {
	return {
		kind: 'call',
		call: { name: [name], args, distinct: false, star: false },
		start,
		end,
	};
}

/** Functions with words between their arguments; undefined for all others. */
export function parseSpecialCall(cursor: SqlCursor, word: string): Expr | undefined {
	const start = cursor.peek().start;
	const position = cursor.position;
	const open = (): void => {
		cursor.next();
		cursor.next();
	};
	const close = (): number => {
		cursor.expectSymbol(')');
		return cursor.lastEnd;
	};
	switch (word) {
		case 'CAST':
		case 'TRY_CAST': {
			open();
			const operand = parseExpression(cursor);
			cursor.expectWord('AS');
			const type = cursor.type();
			const end = close();
			return { kind: 'cast', operand, type, tolerant: word === 'TRY_CAST', start, end };
		}
		case 'EXTRACT': {
			open();
			const field = cursor.peek();
			const text: Expr = {
				kind: 'literal',
				type: 'string',
				value: cursor.identifier(),
				start: field.start,
				end: field.end,
			};
			cursor.expectWord('FROM');
			const source = parseValue(cursor);
			return plainCall('extract', [text, source], start, close());
		}
		case 'IDENTIFIER': {
			open();
			const text = parseExpression(cursor);
			const end = close();
			if (cursor.isSymbol('(')) {
				const named = parseCallTail(cursor, ['identifier'], start);
				if (named.kind === 'call') named.call.identifier = text;
				return named;
			}
			return { kind: 'identifier', text, start, end };
		}
		case 'SUBSTR':
		case 'SUBSTRING': {
			open();
			const args = [parseExpression(cursor)];
			if (!cursor.acceptWords('FROM')) break;
			args.push(parseExpression(cursor));
			if (cursor.acceptWords('FOR')) args.push(parseExpression(cursor));
			return plainCall('substring', args, start, close());
		}
		case 'POSITION': {
			open();
			const what = parseValue(cursor);
			if (!cursor.acceptWords('IN')) break;
			const where = parseValue(cursor);
			return plainCall('locate', [what, where], start, close());
		}
		case 'TRIM': {
			open();
			const side = cursor.acceptWord('BOTH', 'LEADING', 'TRAILING');
			const from = cursor.acceptWords('FROM');
			const first = parseExpression(cursor);
			const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
			if (from) return plainCall(name, [first], start, close());
			if (!cursor.acceptWords('FROM')) {
				if (side !== undefined) throw cursor.error();
				break;
			}
			const source = parseExpression(cursor);
			const args = name === 'trim' ? [source, first] : [first, source];
			return plainCall(name === 'trim' ? 'trim_from' : name, args, start, close());
		}
		case 'OVERLAY':
			throw unsupported('the function overlay');
		default:
			return undefined;
	}
	cursor.rewind(position);
	return undefined;
}
