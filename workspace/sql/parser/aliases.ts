import { parseExpression, startsQuery, type SqlCursor } from './grammar';
import type { Expr, SelectItem, TableAlias } from './syntax';

/** Words that go on with the query and are therefore no alias unless AS stands before them. */
const CLAUSES = [
	'WHERE',
	'GROUP',
	'HAVING',
	'QUALIFY',
	'WINDOW',
	'ORDER',
	'LIMIT',
	'OFFSET',
	'UNION',
	'EXCEPT',
	'MINUS',
	'SETMINUS',
	'INTERSECT',
	'CLUSTER',
	'DISTRIBUTE',
	'SORT',
	'LATERAL',
	'PIVOT',
	'UNPIVOT',
	'AS',
	'FROM',
];
const NO_COLUMN_ALIAS = new Set([...CLAUSES, 'FOR', 'IN']);
const NO_TABLE_ALIAS = new Set([
	...CLAUSES,
	'ON',
	'USING',
	'JOIN',
	'CROSS',
	'INNER',
	'LEFT',
	'RIGHT',
	'FULL',
	'SEMI',
	'ANTI',
	'NATURAL',
	'TABLESAMPLE',
	'WHEN',
	'SET',
	'SELECT',
]);

/** Whether the next token can be the alias of a relation that stands without AS. */
export function isTableAlias(cursor: SqlCursor): boolean {
	const token = cursor.peek();
	return (
		token.kind === 'quoted' ||
		(token.kind === 'word' && !NO_TABLE_ALIAS.has(token.text.toUpperCase()))
	);
}

/** Reads `[AS] name [(columns)]` after a relation. */
export function parseAlias(cursor: SqlCursor): TableAlias {
	if (!cursor.acceptWords('AS') && !isTableAlias(cursor)) return { columns: [] };
	const name = cursor.identifier();
	return { name, columns: cursor.isSymbol('(') ? cursor.nameList() : [] };
}

/** Reads `expression [[AS] name]`. */
export function parseSelectItem(cursor: SqlCursor): SelectItem {
	const expr = parseExpression(cursor);
	if (cursor.acceptWords('AS')) {
		if (cursor.isSymbol('(')) return { expr, aliases: cursor.nameList() };
		if (cursor.isWord('IDENTIFIER') && cursor.isSymbol('(', 1)) {
			cursor.next();
			cursor.next();
			const identifier = parseExpression(cursor);
			cursor.expectSymbol(')');
			return { expr, aliases: [], identifier };
		}
		return { expr, aliases: [cursor.identifier()] };
	}
	const token = cursor.peek();
	const takesAlias =
		token.kind === 'quoted' ||
		(token.kind === 'word' &&
			!NO_COLUMN_ALIAS.has(token.text.toUpperCase()) &&
			!startsQuery(cursor) &&
			!cursor.isSymbol('(', 1));
	return { expr, aliases: takesAlias ? [cursor.identifier()] : [] };
}

/** Reads the rows of VALUES; a row may stand without parentheses when it has one column. */
export function parseRows(cursor: SqlCursor): Expr[][] {
	const rows: Expr[][] = [];
	do {
		const row = parseExpression(cursor);
		rows.push(row.kind === 'tuple' ? row.items : [row]);
	} while (cursor.acceptSymbol(','));
	return rows;
}
