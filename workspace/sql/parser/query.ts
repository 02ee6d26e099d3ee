import { quoteName, SqlError, unsupported } from '../sqlError';
import { parseAlias, parseRows, parseSelectItem } from './aliases';
import { parseFrom } from './from';
import { parseExpression, parseQuery, parseValue, type SqlCursor } from './grammar';
import { parseGroupBy } from './groupBy';
import type { Query, QueryBody, Select, SelectItem, WindowSpec } from './syntax';
import { parsePipes, selectAll, type PipeRules } from './pipes';
import { parseDirection, parseOrderItems, parseWindowSpec } from './window';

/** The rule of a query. */
export function readQuery(cursor: SqlCursor): Query {
	const start = cursor.peek().start;
	const ctes = cursor.acceptWords('WITH') ? parseCtes(cursor, start) : [];
	const body = parseSetOperations(cursor, 0);
	const query: Query = { kind: 'query', ctes, body, orderBy: [], windows: [], start, end: start };
	parseOrganization(cursor, query);
	query.end = cursor.lastEnd;
	return parsePipes(cursor, query, PIPE_RULES);
}

const PIPE_RULES: PipeRules = { organization: parseOrganization, primary: parseBody };

function parseCtes(cursor: SqlCursor, start: number): Query['ctes'] {
	if (cursor.isWord('RECURSIVE') && cursor.isIdentifier(1) && !cursor.isWord('AS', 1)) {
		throw unsupported('WITH RECURSIVE');
	}
	const ctes: Query['ctes'] = [];
	do {
		const name = cursor.identifier();
		const columns = cursor.isSymbol('(') ? cursor.nameList() : [];
		cursor.acceptWords('AS');
		cursor.expectSymbol('(');
		const query = parseQuery(cursor);
		cursor.expectSymbol(')');
		ctes.push({ name, columns, query });
	} while (cursor.acceptSymbol(','));
	// Spark compares the names as they are written; of names that differ in case the last one counts.
	const names = ctes.map((cte) => cte.name);
	const twice = names.filter((name, index) => names.indexOf(name) < index);
	if (twice.length > 0) throw duplicatedCtes([...new Set(twice)], cursor.text, start);
	return ctes;
}

function duplicatedCtes(names: readonly string[], text: string, offset: number): SqlError {
	return new SqlError(
		'DUPLICATED_CTE_NAMES',
		'42602',
		`CTE definition can't have duplicate names: ${names.map((name) => quoteName([name])).join(', ')}.`,
		{ text, offset },
		true,
	);
}

function parseOrganization(cursor: SqlCursor, query: Query): void {
	for (const words of ['CLUSTER', 'DISTRIBUTE', 'SORT']) {
		if (cursor.areWords(words, 'BY')) throw unsupported(`${words} BY`);
	}
	if (cursor.acceptWords('ORDER', 'BY')) {
		if (cursor.isWord('ALL') && !cursor.isSymbol('.', 1) && !cursor.isSymbol('(', 1)) {
			cursor.next();
			const { descending, nullsFirst } = parseDirection(cursor);
			query.orderByAll = { descending, nullsFirst };
		} else {
			query.orderBy = parseOrderItems(cursor);
		}
	}
	query.windows = parseWindows(cursor);
	if (cursor.acceptWords('LIMIT') && !cursor.acceptWords('ALL')) query.limit = parseValue(cursor);
	if (cursor.acceptWords('OFFSET')) query.offset = parseValue(cursor);
}

function parseWindows(cursor: SqlCursor): { name: string; spec: WindowSpec }[] {
	const windows: { name: string; spec: WindowSpec }[] = [];
	if (!cursor.acceptWords('WINDOW')) return windows;
	do {
		const name = cursor.identifier();
		cursor.expectWord('AS');
		windows.push({ name, spec: parseWindowSpec(cursor) });
	} while (cursor.acceptSymbol(','));
	return windows;
}

/** UNION, EXCEPT and MINUS bind alike and from the left; INTERSECT binds tighter. */
function parseSetOperations(cursor: SqlCursor, level: number): QueryBody {
	if (level === 2) return parseBody(cursor);
	let left = parseSetOperations(cursor, level + 1);
	for (;;) {
		const word =
			level === 0
				? cursor.acceptWord('UNION', 'EXCEPT', 'MINUS', 'SETMINUS')
				: cursor.acceptWord('INTERSECT');
		if (word === undefined) return left;
		const all = cursor.acceptWord('ALL', 'DISTINCT') === 'ALL';
		if (cursor.areWords('BY', 'NAME')) throw unsupported('UNION BY NAME');
		const right = parseSetOperations(cursor, level + 1);
		const operator = word === 'UNION' ? 'union' : word === 'INTERSECT' ? 'intersect' : 'except';
		left = { kind: 'set', operator, all, left, right, start: left.start, end: right.end };
	}
}

function parseBody(cursor: SqlCursor): QueryBody {
	const start = cursor.peek().start;
	if (cursor.acceptSymbol('(')) {
		const query = parseQuery(cursor);
		cursor.expectSymbol(')');
		return { kind: 'nested', query, start, end: cursor.lastEnd };
	}
	if (cursor.acceptWords('VALUES')) {
		const rows = parseRows(cursor);
		const { columns } = parseAlias(cursor);
		return { kind: 'values', rows, columns, start, end: cursor.lastEnd };
	}
	if (cursor.isWord('TABLE')) throw unsupported('a query that begins with TABLE');
	if (cursor.acceptWords('FROM')) {
		const from = parseFrom(cursor);
		if (cursor.isSymbol('|>')) return { ...selectAll(from, start), end: cursor.lastEnd };
		if (!cursor.isWord('SELECT')) throw unsupported('a query that begins with FROM');
		return { ...parseSelect(cursor, from), start };
	}
	return parseSelect(cursor);
}

/** SELECT …; `before` is what FROM gave when it stood in front. */
function parseSelect(cursor: SqlCursor, before: Select['from'] = []): Select {
	const start = cursor.peek().start;
	cursor.expectWord('SELECT');
	const distinct = cursor.acceptWords('DISTINCT');
	if (!distinct && cursor.isWord('ALL') && !cursor.isSymbol(',', 1)) cursor.next();
	const select: Select = {
		kind: 'select',
		distinct,
		items: parseSelectItems(cursor),
		from: before,
		windows: [],
		start,
		end: start,
	};
	if (before.length === 0 && cursor.acceptWords('FROM')) select.from = parseFrom(cursor);
	if (cursor.acceptWords('WHERE')) select.where = parseExpression(cursor);
	if (cursor.acceptWords('GROUP', 'BY')) select.groupBy = parseGroupBy(cursor);
	if (cursor.acceptWords('HAVING')) select.having = parseExpression(cursor);
	select.windows = parseWindows(cursor);
	if (cursor.acceptWords('QUALIFY')) select.qualify = parseExpression(cursor);
	if (select.windows.length === 0) select.windows = parseWindows(cursor);
	select.end = cursor.lastEnd;
	return select;
}

function parseSelectItems(cursor: SqlCursor): SelectItem[] {
	const items: SelectItem[] = [];
	do {
		if (cursor.isWord('FROM') && items.length > 0 && !cursor.isSymbol(',', 1)) {
			throw new SqlError(
				'TRAILING_COMMA_IN_SELECT',
				'42601',
				'Trailing comma detected in SELECT clause. Remove the trailing comma before the FROM clause.',
				{ text: cursor.text, offset: cursor.peek().start },
			);
		}
		items.push(parseSelectItem(cursor));
	} while (cursor.acceptSymbol(','));
	return items;
}

/** The select list that names the columns: of a set operation it is the first. */
export function namingItems(body: QueryBody): SelectItem[] {
	switch (body.kind) {
		case 'select':
			return body.items;
		case 'set':
			return namingItems(body.left);
		case 'nested':
			return namingItems(body.query.body);
		case 'values':
			return [];
	}
}
