import { unsupported } from '../sqlError';
import { isTableAlias, parseAlias, parseRows, parseSelectItem } from './aliases';
import { parseExpression, parseQuery, parseValue, startsQuery, type SqlCursor } from './grammar';
import type { Expr, FromItem, JoinKind, Query, TableAlias, TimeTravel, TableItem } from './syntax';

/** Reads what follows FROM, comma separated, with joins, LATERAL VIEW and PIVOT. */
export function parseFrom(cursor: SqlCursor): FromItem[] {
	const items: FromItem[] = [];
	do items.push(parseRelation(cursor));
	while (cursor.acceptSymbol(','));
	while (cursor.areWords('LATERAL', 'VIEW')) {
		const input = items.pop();
		if (input === undefined) throw cursor.error();
		items.push(parseLateralView(cursor, input));
	}
	return items;
}

/** Reads one relation with the joins, pivots and lateral views that follow it. */
export function parseRelation(cursor: SqlCursor): FromItem {
	let item = parseTableItem(cursor);
	for (;;) {
		if (cursor.isWord('PIVOT') && cursor.isSymbol('(', 1)) item = parsePivot(cursor, item);
		else if (cursor.isWord('UNPIVOT')) throw unsupported('UNPIVOT');
		else {
			const joined = parseJoin(cursor, item);
			if (joined === undefined) return item;
			item = joined;
		}
	}
}

/** Reads one more relation to join; undefined when there is none. */
export function parseJoin(cursor: SqlCursor, left: FromItem): FromItem | undefined {
	const position = cursor.position;
	const natural = cursor.acceptWords('NATURAL');
	let type: JoinKind = 'inner';
	if (cursor.acceptWords('CROSS')) type = 'cross';
	else if (cursor.acceptWords('INNER')) type = 'inner';
	else if (cursor.acceptWord('SEMI', 'ANTI') !== undefined) {
		cursor.rewind(cursor.position - 1);
		type = cursor.next().text.toUpperCase() === 'SEMI' ? 'semi' : 'anti';
	} else if (cursor.acceptWords('LEFT')) {
		const word = cursor.acceptWord('OUTER', 'SEMI', 'ANTI');
		type = word === 'SEMI' ? 'semi' : word === 'ANTI' ? 'anti' : 'left';
	} else if (cursor.acceptWords('RIGHT')) {
		cursor.acceptWords('OUTER');
		type = 'right';
	} else if (cursor.acceptWords('FULL')) {
		cursor.acceptWords('OUTER');
		type = 'full';
	}
	if (!cursor.acceptWords('JOIN')) {
		cursor.rewind(position);
		return undefined;
	}
	const right = parseTableItem(cursor);
	const base = { kind: 'join' as const, type, natural, left, right, start: left.start };
	if (cursor.acceptWords('ON')) {
		const on = parseExpression(cursor);
		return { ...base, on, end: cursor.lastEnd };
	}
	if (cursor.acceptWords('USING')) {
		return { ...base, using: cursor.nameList(), end: cursor.lastEnd };
	}
	return { ...base, end: cursor.lastEnd };
}

function parseTableItem(cursor: SqlCursor): FromItem {
	const start = cursor.peek().start;
	const lateral = cursor.isWord('LATERAL') && !cursor.isWord('VIEW', 1);
	if (lateral) cursor.next();
	if (cursor.isSymbol('(')) return parseParenthesized(cursor, start, lateral);
	if (cursor.isWord('VALUES') && !cursor.isSymbol('.', 1)) {
		cursor.next();
		const body = {
			kind: 'values' as const,
			rows: parseRows(cursor),
			columns: [],
			start,
			end: cursor.lastEnd,
		};
		return {
			kind: 'derived',
			query: wrap(body),
			alias: parseAlias(cursor),
			lateral,
			start,
			end: cursor.lastEnd,
		};
	}
	if (cursor.isWord('STREAM') && (cursor.isSymbol('(', 1) || cursor.isIdentifier(1))) {
		return parseStream(cursor, start);
	}
	if (cursor.isWord('IDENTIFIER') && cursor.isSymbol('(', 1)) {
		cursor.next();
		cursor.next();
		const identifier = parseExpression(cursor);
		cursor.expectSymbol(')');
		const more: string[] = [];
		while (cursor.acceptSymbol('.')) more.push(cursor.identifier());
		if (cursor.isSymbol('(')) throw unsupported('IDENTIFIER() in place of a table function');
		return finishTable(cursor, { identifier, more }, false, start);
	}
	if (!cursor.isIdentifier()) throw cursor.error();
	return parseNamed(cursor, start, lateral);
}

function wrap(body: Query['body']): Query {
	return {
		kind: 'query',
		ctes: [],
		body,
		orderBy: [],
		windows: [],
		start: body.start,
		end: body.end,
	};
}

function parseParenthesized(cursor: SqlCursor, start: number, lateral: boolean): FromItem {
	const position = cursor.position;
	cursor.next();
	if (startsQuery(cursor)) {
		const query = parseQuery(cursor);
		if (cursor.acceptSymbol(')')) {
			refuseSample(cursor);
			return {
				kind: 'derived',
				query,
				alias: parseAlias(cursor),
				lateral,
				start,
				end: cursor.lastEnd,
			};
		}
		cursor.rewind(position);
		cursor.next();
	}
	const item = parseRelation(cursor);
	cursor.expectSymbol(')');
	return { kind: 'group', item, alias: parseAlias(cursor), start, end: cursor.lastEnd };
}

function parseStream(cursor: SqlCursor, start: number): FromItem {
	cursor.next();
	const closing = cursor.acceptSymbol('(');
	const name = cursor.qualifiedName();
	if (cursor.isSymbol('(')) {
		const args = parseArguments(cursor);
		if (closing) cursor.expectSymbol(')');
		return {
			kind: 'tableFunction',
			name,
			args,
			stream: true,
			lateral: false,
			alias: parseAlias(cursor),
			start,
			end: cursor.lastEnd,
		};
	}
	if (closing) cursor.expectSymbol(')');
	return finishTable(cursor, name, true, start);
}

function parseNamed(cursor: SqlCursor, start: number, lateral: boolean): FromItem {
	const name = cursor.qualifiedName();
	if (cursor.isSymbol('(')) {
		const args = parseArguments(cursor);
		refuseSample(cursor);
		return {
			kind: 'tableFunction',
			name,
			args,
			stream: false,
			lateral,
			alias: parseAlias(cursor),
			start,
			end: cursor.lastEnd,
		};
	}
	return finishTable(cursor, name, false, start);
}

function parseArguments(cursor: SqlCursor): Expr[] {
	const args: Expr[] = [];
	cursor.expectSymbol('(');
	while (!cursor.isSymbol(')')) {
		const start = cursor.peek().start;
		if (cursor.isIdentifier() && cursor.isSymbol('=>', 1)) {
			const name = cursor.identifier();
			cursor.next();
			const value = parseExpression(cursor);
			args.push({ kind: 'named', name, value, start, end: cursor.lastEnd });
		} else {
			args.push(parseExpression(cursor));
		}
		if (!cursor.acceptSymbol(',')) break;
	}
	cursor.expectSymbol(')');
	return args;
}

function finishTable(
	cursor: SqlCursor,
	name: TableItem['name'],
	stream: boolean,
	start: number,
): FromItem {
	const at = parseTimeTravel(cursor);
	if (cursor.isSymbol('@')) throw unsupported('a version after @; write VERSION AS OF');
	refuseSample(cursor);
	return { kind: 'table', name, at, stream, alias: parseAlias(cursor), start, end: cursor.lastEnd };
}

/** How large a sample is takes no parameter, which is told before that there are no samples. */
function refuseSample(cursor: SqlCursor): void {
	if (!cursor.acceptWords('TABLESAMPLE')) return;
	cursor.expectSymbol('(');
	if (cursor.isSymbol(':')) throw cursor.error();
	throw unsupported('TABLESAMPLE');
}

function parseTimeTravel(cursor: SqlCursor): TimeTravel {
	const position = cursor.position;
	cursor.acceptWords('FOR');
	const system = cursor.acceptWord('VERSION', 'TIMESTAMP', 'SYSTEM_VERSION', 'SYSTEM_TIME');
	if (system !== undefined && cursor.acceptWords('AS', 'OF')) {
		if (system === 'VERSION' || system === 'SYSTEM_VERSION') {
			const token = cursor.peek();
			if (token.kind === 'symbol' && token.text === '-') throw cursor.error();
			return { version: parseValue(cursor) };
		}
		return { timestamp: parseValue(cursor) };
	}
	cursor.rewind(position);
	return {};
}

function parseLateralView(cursor: SqlCursor, input: FromItem): FromItem {
	cursor.acceptWords('LATERAL', 'VIEW');
	const outer = cursor.acceptWords('OUTER');
	const call = parseValue(cursor);
	const alias: TableAlias = { columns: [] };
	if (isTableAlias(cursor)) alias.name = cursor.identifier();
	if (cursor.acceptWords('AS')) {
		alias.columns.push(cursor.identifier());
		while (cursor.acceptSymbol(',')) alias.columns.push(cursor.identifier());
	}
	return {
		kind: 'lateralView',
		input,
		call,
		outer,
		alias,
		start: input.start,
		end: cursor.lastEnd,
	};
}

function parsePivot(cursor: SqlCursor, input: FromItem): FromItem {
	cursor.next();
	cursor.expectSymbol('(');
	const aggregates = [parseSelectItem(cursor)];
	while (cursor.acceptSymbol(',')) aggregates.push(parseSelectItem(cursor));
	cursor.expectWord('FOR');
	const columns: string[][] = [];
	if (cursor.acceptSymbol('(')) {
		do columns.push(cursor.qualifiedName());
		while (cursor.acceptSymbol(','));
		cursor.expectSymbol(')');
	} else {
		columns.push(cursor.qualifiedName());
	}
	cursor.expectWord('IN');
	cursor.expectSymbol('(');
	const values = [parseSelectItem(cursor)];
	while (cursor.acceptSymbol(',')) values.push(parseSelectItem(cursor));
	cursor.expectSymbol(')');
	cursor.expectSymbol(')');
	return {
		kind: 'pivot',
		input,
		aggregates,
		columns,
		values,
		alias: parseAlias(cursor),
		start: input.start,
		end: cursor.lastEnd,
	};
}
