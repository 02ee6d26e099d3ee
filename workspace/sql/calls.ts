import { AGGREGATES } from './functions/aggregates';
import { SCALARS } from './functions/scalars';
import { WINDOW_FUNCTIONS } from './functions/windowFunctions';
import { LISTED } from './functions/listed';
import { asBoolean } from './coercion';
import type { Context } from './context';
import { analyse } from './expressions';
import { SqlError, unsupported } from './sqlError';
import type { Call, Expr } from './syntax';
import { callLabel, derive, type Typed } from './typed';
import { analyseWindow, type Window } from './windows';

/** What a function may ask about the call it is built for. */
export interface CallSite {
	/** the function's name in lower case */
	name: string;
	/** Spark's text of the call */
	label: string;
	call: Call;
	/** the arguments as they were written */
	exprs: readonly Expr[];
	context: Context;
}

/** A function of one row: how many arguments, and the verified DuckDB SQL for them. */
export interface ScalarFunction {
	args: [least: number, most: number];
	/** handles its arguments itself (lambdas, units, names) */
	raw?: boolean;
	build(args: Typed[], site: CallSite): Typed;
}

/** Turns a base aggregate (`sum(x)`) into the one asked for, with its FILTER and OVER. */
export type Wrap = (aggregate: string) => string;

export interface AggregateFunction {
	args: [least: number, most: number];
	/** whether DISTINCT is verified */
	distinct?: boolean;
	/** whether it may have an OVER clause */
	over?: boolean;
	build(
		args: Typed[],
		site: CallSite,
		wrap: Wrap,
		distinct: string,
	): { sql: string; type: Typed['type']; fallible?: boolean };
}

export interface WindowFunction {
	args: [least: number, most: number];
	build(
		args: Typed[],
		site: CallSite,
	): { sql: string; type: Typed['type']; wrap?: (sql: string) => string };
}

/** Names of generators, which make rows and are handled by the FROM clause. */
export const GENERATORS = new Set([
	'explode',
	'explode_outer',
	'posexplode',
	'posexplode_outer',
	'inline',
	'inline_outer',
]);

export function functionName(call: Call): string {
	const name = call.name.map((part) => part.toLowerCase());
	if (name.length === 3 && name[0] === 'system' && name[1] === 'builtin') return name[2] ?? '';
	if (name.length > 1) throw unsupported(`the function ${call.name.join('.')}`);
	return name[0] ?? '';
}

/** Analyses a call: scalar, aggregate or window function; refuses by name what is not verified. */
export function callFunction(call: Call, context: Context): Typed {
	const name = functionName(call);
	if (GENERATORS.has(name)) {
		throw unsupported(`${name} other than as a whole column of SELECT, in FROM or in LATERAL VIEW`);
	}
	const windowFunction = WINDOW_FUNCTIONS.get(name);
	const aggregate = AGGREGATES.get(name);
	if (windowFunction !== undefined && (aggregate === undefined || call.over !== undefined)) {
		return callWindowFunction(name, windowFunction, call, context);
	}
	if (aggregate !== undefined) return callAggregate(name, aggregate, call, context);
	const scalar = SCALARS.get(name);
	if (scalar === undefined) throw unknownFunction(name);
	if (call.over !== undefined || call.distinct || call.filter !== undefined) {
		throw unsupported(`${name} with OVER, DISTINCT or FILTER`);
	}
	checkCount(name, scalar.args, call.star ? 1 : call.args.length);
	if (call.star) throw unsupported(`${name}(*)`);
	const args = scalar.raw === true ? [] : call.args.map((arg) => analyse(arg, context));
	const label = callLabel(name, args);
	return scalar.build(args, { name, label, call, exprs: call.args, context });
}

function unknownFunction(name: string): SqlError {
	if (LISTED.has(name)) return unsupported(`the function ${name}`);
	return new SqlError(
		'UNRESOLVED_ROUTINE',
		'42883',
		`Cannot resolve routine \`${name}\` on search path [\`system\`.\`builtin\`, \`system\`.\`session\`].`,
	);
}

/** How many arguments Databricks takes where that is more than what is verified here. */
const TAKEN: Record<string, [least: number, most: number]> = {
	ceil: [1, 2],
	ceiling: [1, 2],
	floor: [1, 2],
	months_between: [2, 3],
	split: [2, 3],
	locate: [2, 3],
	position: [2, 3],
	charindex: [2, 3],
	regexp_replace: [3, 4],
	from_json: [2, 3],
	to_json: [1, 2],
	percentile: [2, 3],
	concat: [0, Infinity],
	coalesce: [0, Infinity],
};

function checkCount(name: string, [least, most]: [number, number], count: number): void {
	if (count >= least && count <= most) return;
	const [fewest, utmost] = TAKEN[name] ?? [least, most];
	if (count >= fewest && count <= utmost) throw unsupported(`${name} with ${count} arguments`);
	const expected =
		fewest === utmost
			? String(fewest)
			: utmost === Infinity
				? `> ${fewest - 1}`
				: `[${fewest}, ${utmost}]`;
	throw new SqlError(
		'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
		'42605',
		`The \`${name}\` requires ${expected} parameters but the actual number is ${count}.`,
	);
}

function overPart(window: Window | undefined): string {
	return window === undefined ? '' : ` OVER (${window.sql})`;
}

function callAggregate(
	name: string,
	aggregate: AggregateFunction,
	call: Call,
	context: Context,
): Typed {
	if (call.star && name !== 'count') {
		throw new SqlError(
			'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
			'42605',
			`The \`${name}\` requires ${aggregate.args[0]} parameters but the actual number is not that.`,
		);
	}
	if (!call.star) checkCount(name, aggregate.args, call.args.length);
	const { over } = call;
	const inside: Context =
		over === undefined ? { ...context, insideAggregate: true, groupingKeys: new Map() } : context;
	const args = call.args.map((arg) => analyse(arg, inside));
	const filter =
		call.filter === undefined ? undefined : asBoolean(analyse(call.filter, inside), name, 0);
	const order = (call.withinGroup ?? []).map((item) => analyse(item.expr, inside));
	const all = [...args, ...order, ...(filter === undefined ? [] : [filter])];
	const window = over === undefined ? undefined : analyseWindow(over, context);
	checkNesting(name, all, window);
	if (call.distinct && aggregate.distinct !== true) throw unsupported(`${name}(DISTINCT …)`);
	if (window !== undefined && (aggregate.over === false || call.distinct)) {
		throw unsupported(`${name}${call.distinct ? '(DISTINCT …)' : ''} with OVER`);
	}
	const filterSql = filter === undefined ? '' : ` FILTER (WHERE ${filter.sql})`;
	const wrap: Wrap = (sql) => `${sql}${filterSql}${overPart(window)}`;
	const distinct = call.distinct ? 'DISTINCT ' : '';
	const label = aggregateLabel(name, call, args, filter, window);
	const site: CallSite = { name, label, call, exprs: call.args, context };
	const built = aggregate.build([...args, ...order], site, wrap, distinct);
	const fallible = all.some((part) => part.fallible) || built.fallible === true;
	const marks: Partial<Typed> = { ...(fallible ? { fallible: true } : {}) };
	if (window === undefined) {
		return { sql: built.sql, type: built.type, label, aggregate: true, ...marks };
	}
	return derive(built.sql, built.type, label, [...all, ...window.parts], {
		window: true,
		...marks,
	});
}

function checkNesting(name: string, parts: readonly Typed[], window: Window | undefined): void {
	if (window === undefined && parts.some((part) => part.aggregate)) {
		throw new SqlError(
			'NESTED_AGGREGATE_FUNCTION',
			'42607',
			'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.',
		);
	}
	if (parts.some((part) => part.window)) throw unsupported(`a window function inside ${name}`);
}

function aggregateLabel(
	name: string,
	call: Call,
	args: readonly Typed[],
	filter: Typed | undefined,
	window: Window | undefined,
): string {
	const list = call.star ? '1' : args.map((arg) => arg.label).join(', ');
	const filtered = filter === undefined ? '' : ` FILTER (WHERE ${filter.label})`;
	const over = window === undefined ? '' : ` OVER (${window.label})`;
	return `${name}(${call.distinct ? 'DISTINCT ' : ''}${list})${filtered}${over}`;
}

function callWindowFunction(
	name: string,
	windowFunction: WindowFunction,
	call: Call,
	context: Context,
): Typed {
	checkCount(name, windowFunction.args, call.args.length);
	if (call.over === undefined) {
		throw new SqlError(
			'WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE',
			'42601',
			`Window function "${name}()" requires an OVER clause.`,
		);
	}
	if (call.distinct || call.filter !== undefined)
		throw unsupported(`${name} with DISTINCT or FILTER`);
	const args = call.args.map((arg) => analyse(arg, context));
	const window = analyseWindow(call.over, context);
	const label = `${callLabel(name, args)} OVER (${window.label})`;
	const built = windowFunction.build(args, { name, label, call, exprs: call.args, context });
	const sql = `${built.sql} OVER (${window.sql})`;
	const parts = [...args, ...window.parts];
	if (parts.some((part) => part.window)) throw unsupported(`a window function inside ${name}`);
	return derive(built.wrap === undefined ? sql : built.wrap(sql), built.type, label, parts, {
		window: true,
	});
}
