import { parseExpression, type SqlCursor } from './grammar';
import type { Expr, GroupBy, GroupElement } from './syntax';

/** Reads what follows GROUP BY: ALL, expressions, ROLLUP, CUBE, GROUPING SETS, WITH ROLLUP. */
export function parseGroupBy(cursor: SqlCursor): GroupBy {
	if (cursor.isWord('ALL') && !cursor.isSymbol('.', 1) && !cursor.isSymbol('(', 1)) {
		cursor.next();
		return { all: true, elements: [] };
	}
	const elements: GroupElement[] = [];
	do elements.push(parseElement(cursor));
	while (cursor.acceptSymbol(','));
	const plain = elements.every((element) => element.kind === 'expr');
	if (plain && cursor.isWord('WITH') && (cursor.isWord('ROLLUP', 1) || cursor.isWord('CUBE', 1))) {
		cursor.next();
		const kind = cursor.next().text.toUpperCase() === 'ROLLUP' ? 'rollup' : 'cube';
		const sets = elements.flatMap((element) => (element.kind === 'expr' ? [[element.expr]] : []));
		return { all: false, elements: [{ kind, sets }] };
	}
	if (plain && cursor.acceptWords('GROUPING', 'SETS')) {
		return { all: false, elements: [{ kind: 'sets', sets: parseSets(cursor) }] };
	}
	return { all: false, elements };
}

function parseElement(cursor: SqlCursor): GroupElement {
	if (cursor.isSymbol('(', 1) && (cursor.isWord('ROLLUP') || cursor.isWord('CUBE'))) {
		const kind = cursor.next().text.toUpperCase() === 'ROLLUP' ? 'rollup' : 'cube';
		return { kind, sets: parseSets(cursor) };
	}
	if (cursor.acceptWords('GROUPING', 'SETS')) return { kind: 'sets', sets: parseSets(cursor) };
	return { kind: 'expr', expr: parseExpression(cursor) };
}

function parseSets(cursor: SqlCursor): Expr[][] {
	const sets: Expr[][] = [];
	cursor.expectSymbol('(');
	do {
		if (cursor.isSymbol('(') && cursor.isSymbol(')', 1)) {
			cursor.next();
			cursor.next();
			sets.push([]);
			continue;
		}
		const item = parseExpression(cursor);
		sets.push(item.kind === 'tuple' ? item.items : [item]);
	} while (cursor.acceptSymbol(','));
	cursor.expectSymbol(')');
	return sets;
}
