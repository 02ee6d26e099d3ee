import { unsupported } from '../sqlError';
import { parseExpression, parseValue, type SqlCursor } from './grammar';
import type { Expr, FrameBound, OrderItem, WindowSpec } from './syntax';

/** Reads `a DESC NULLS LAST, b`. Without NULLS, ascending puts NULL first and descending last. */
export function parseOrderItems(cursor: SqlCursor): OrderItem[] {
	const items: OrderItem[] = [];
	do {
		const expr = parseExpression(cursor);
		items.push({ expr, ...parseDirection(cursor) });
	} while (cursor.acceptSymbol(','));
	return items;
}

/** Reads `[ASC | DESC] [NULLS FIRST | NULLS LAST]`. */
export function parseDirection(cursor: SqlCursor): Omit<OrderItem, 'expr'> {
	const descending = cursor.acceptWord('ASC', 'DESC') === 'DESC';
	if (!cursor.acceptWords('NULLS')) {
		return { descending, nullsFirst: !descending, explicitNulls: false };
	}
	const word = cursor.acceptWord('FIRST', 'LAST');
	if (word === undefined) throw cursor.error();
	return { descending, nullsFirst: word === 'FIRST', explicitNulls: true };
}

/** Reads `(w PARTITION BY … ORDER BY … ROWS BETWEEN … AND …)`. */
export function parseWindowSpec(cursor: SqlCursor): WindowSpec {
	cursor.expectSymbol('(');
	const spec: WindowSpec = { partitionBy: [], orderBy: [] };
	if (cursor.isIdentifier() && cursor.isSymbol(')', 1)) {
		spec.name = cursor.identifier();
	} else {
		if (cursor.acceptWords('PARTITION', 'BY') || cursor.acceptWords('DISTRIBUTE', 'BY')) {
			spec.partitionBy = expressionList(cursor);
		}
		if (cursor.acceptWords('ORDER', 'BY') || cursor.acceptWords('SORT', 'BY')) {
			spec.orderBy = parseOrderItems(cursor);
		}
		const unit = cursor.acceptWord('ROWS', 'RANGE', 'GROUPS');
		if (unit === 'GROUPS') throw unsupported('a GROUPS window frame');
		if (unit !== undefined) {
			spec.frame = { unit: unit === 'ROWS' ? 'rows' : 'range', ...parseFrame(cursor) };
		}
	}
	cursor.expectSymbol(')');
	return spec;
}

function expressionList(cursor: SqlCursor): Expr[] {
	const list = [parseExpression(cursor)];
	while (cursor.acceptSymbol(',')) list.push(parseExpression(cursor));
	return list;
}

function parseFrame(cursor: SqlCursor): { start: FrameBound; end: FrameBound } {
	if (!cursor.acceptWords('BETWEEN'))
		return { start: parseBound(cursor), end: { kind: 'current' } };
	const start = parseBound(cursor);
	cursor.expectWord('AND');
	return { start, end: parseBound(cursor) };
}

function parseBound(cursor: SqlCursor): FrameBound {
	if (cursor.acceptWords('CURRENT', 'ROW')) return { kind: 'current' };
	if (cursor.acceptWords('UNBOUNDED')) {
		const word = cursor.acceptWord('PRECEDING', 'FOLLOWING');
		if (word === undefined) throw cursor.error();
		return { kind: word === 'PRECEDING' ? 'unboundedPreceding' : 'unboundedFollowing' };
	}
	const offset = parseValue(cursor);
	const word = cursor.acceptWord('PRECEDING', 'FOLLOWING');
	if (word === undefined) throw cursor.error();
	return { kind: word === 'PRECEDING' ? 'preceding' : 'following', offset };
}
