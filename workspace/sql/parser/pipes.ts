import { unsupported } from '../sqlError';
import { parseSelectItem } from './aliases';
import { parseJoin } from './from';
import { parseExpression, type SqlCursor } from './grammar';
import type { Expr, FromItem, Query, QueryBody, Select, SelectItem } from './syntax';

/** What the rule of queries gives to pipes: the clauses that end a query, and what stands beside UNION. */
export interface PipeRules {
	organization(cursor: SqlCursor, query: Query): void;
	primary(cursor: SqlCursor): QueryBody;
}

/** `|> operator …` as often as it comes; each works on the result of all before it. */
export function parsePipes(cursor: SqlCursor, first: Query, rules: PipeRules): Query {
	const { ctes } = first;
	let query: Query = { ...first, ctes: [] };
	while (cursor.acceptSymbol('|>'))
		query = { ...parsePipe(cursor, query, rules), end: cursor.lastEnd };
	return { ...query, ctes };
}

function parsePipe(cursor: SqlCursor, input: Query, rules: PipeRules): Query {
	const { from, where } = sourceOf(input);
	const select = (items: SelectItem[], more: Partial<Select> = {}): Query =>
		queryOf(input, {
			...selectAll(from, input.start),
			...(where === undefined ? {} : { where }),
			items,
			...more,
		});
	if (cursor.acceptWords('WHERE')) {
		const condition = parseExpression(cursor);
		return select([star(input)], {
			where: where === undefined ? condition : both(where, condition),
		});
	}
	if (cursor.acceptWords('SELECT')) {
		const distinct = cursor.acceptWords('DISTINCT');
		return select(parseItems(cursor), { distinct, piped: 'SELECT', isFrom: false });
	}
	if (cursor.acceptWords('EXTEND')) {
		return select([star(input), ...parseItems(cursor)], { piped: 'EXTEND', isFrom: false });
	}
	if (cursor.acceptWords('DROP')) {
		const except = [[cursor.identifier()]];
		while (cursor.acceptSymbol(',')) except.push([cursor.identifier()]);
		return select([star(input, except)], { isFrom: false });
	}
	if (cursor.acceptWords('AGGREGATE')) return aggregate(cursor, select);
	if (cursor.acceptWords('AS')) {
		const name = cursor.identifier();
		return queryOf(input, selectAll([derived(input, name)], input.start));
	}
	if (['ORDER', 'LIMIT', 'OFFSET'].some((word) => cursor.isWord(word))) {
		const isOrdered = input.orderBy.length > 0 || input.orderByAll !== undefined;
		const isCut = input.limit !== undefined || input.offset !== undefined;
		// LIMIT takes the first of the order before it.
		const query =
			isOrdered && !isCut && !cursor.isWord('ORDER') ? { ...input } : select([star(input)]);
		rules.organization(cursor, query);
		return query;
	}
	const word = cursor.acceptWord('UNION', 'EXCEPT', 'MINUS', 'INTERSECT');
	if (word !== undefined) {
		const all = cursor.acceptWord('ALL', 'DISTINCT') === 'ALL';
		const operator = word === 'UNION' ? 'union' : word === 'INTERSECT' ? 'intersect' : 'except';
		const { start, end } = input;
		const left: QueryBody = { kind: 'nested', query: input, start, end };
		const right = rules.primary(cursor);
		return queryOf(input, { kind: 'set', operator, all, left, right, start, end: cursor.lastEnd });
	}
	const [only, ...others] = from;
	const isOne = only !== undefined && others.length === 0 && where === undefined;
	const joined = parseJoin(cursor, isOne ? only : derived(input));
	if (joined !== undefined) return queryOf(input, selectAll([joined], input.start));
	if (cursor.peek().kind !== 'word') throw cursor.error();
	throw unsupported(`|> ${cursor.peek().text.toUpperCase()}`);
}

/** `AGGREGATE a, b GROUP BY c`: the grouping columns stand before the others. */
function aggregate(
	cursor: SqlCursor,
	select: (items: SelectItem[], more: Partial<Select>) => Query,
): Query {
	const aggregates = cursor.areWords('GROUP', 'BY') ? [] : parseItems(cursor);
	const keys = cursor.acceptWords('GROUP', 'BY') ? parseItems(cursor) : [];
	if (keys.some(({ expr }) => expr.kind === 'literal')) {
		throw unsupported('|> AGGREGATE with GROUP BY a position or a literal');
	}
	const elements = keys.map(({ expr }) => ({ kind: 'expr' as const, expr }));
	return select([...keys, ...aggregates], {
		piped: 'AGGREGATE',
		isFrom: false,
		...(keys.length === 0 ? {} : { groupBy: { all: false, elements } }),
	});
}

function parseItems(cursor: SqlCursor): SelectItem[] {
	const items = [parseSelectItem(cursor)];
	while (cursor.acceptSymbol(',')) items.push(parseSelectItem(cursor));
	return items;
}

/** The relations that a next operator sees: those of FROM, with their names, while nothing but WHERE came between. */
function sourceOf(query: Query): { from: FromItem[]; where?: Expr } {
	const { body } = query;
	const isPlain =
		query.orderBy.length === 0 &&
		query.orderByAll === undefined &&
		query.limit === undefined &&
		query.offset === undefined;
	if (!isPlain || body.kind !== 'select' || body.isFrom !== true) return { from: [derived(query)] };
	return { from: body.from, ...(body.where === undefined ? {} : { where: body.where }) };
}

function derived(query: Query, name?: string): FromItem {
	const { start, end } = query;
	const alias = { columns: [], ...(name === undefined ? {} : { name }) };
	const piped = name === undefined;
	return { kind: 'derived', query, alias, lateral: false, piped, start, end };
}

/** `FROM …` alone: all columns. */
export function selectAll(from: FromItem[], start: number): Select {
	const items: SelectItem[] = [
		{ expr: { kind: 'star', qualifier: [], except: [], start, end: start }, aliases: [] },
	];
	return {
		kind: 'select',
		distinct: false,
		items,
		from,
		isFrom: true,
		windows: [],
		start,
		end: start,
	};
}

function star({ start, end }: Query, except: string[][] = []): SelectItem {
	return { expr: { kind: 'star', qualifier: [], except, start, end }, aliases: [] };
}

function both(left: Expr, right: Expr): Expr {
	return { kind: 'binary', operator: 'and', left, right, start: left.start, end: right.end };
}

function queryOf({ start, end }: Query, body: QueryBody): Query {
	return { kind: 'query', ctes: [], body, orderBy: [], windows: [], start, end };
}
