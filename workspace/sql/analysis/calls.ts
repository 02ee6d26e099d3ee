import { asBoolean } from '../casts/coercion';
import { AGGREGATES } from '../functions/aggregates';
import { LISTED } from '../functions/listed';
import { SCALARS } from '../functions/scalars';
import type { AggregateFunction, CallSite, WindowFunction, Wrap } from '../functions/signature';
import { takesCollated } from '../functions/collations';
import { takesTime } from '../functions/timesOfDay';
import { takesVariant } from '../functions/variants';
import { WINDOW_FUNCTIONS } from '../functions/windowFunctions';
import type { Call, Expr } from '../parser/syntax';
import type { Scope } from '../scope';
import { SqlError, unsupported } from '../sqlError';
import { typeText } from '../sqlType';
import { callLabel, derive, type Typed } from '../types/typed';
import { analyse, type Context } from './context';
import { callsIn } from './findCalls';
import { functionName, GENERATORS } from './generatorNames';
import { constantOf } from './parameters';
import { unresolvedRoutine, wrongCount } from './routineErrors';
import { callRoutine } from './routines';
import { expandStar } from './star';
import { analyseWindow, type Window } from './windows';
import { holdsCollated, holdsTime, holdsVariant, isIncomparable } from '../types/commonType';

/** What a function sees of its call and of where it stands. */
function siteOf(name: string, label: string, call: Call, context: Context): CallSite {
	const { scope } = context.analyzer;
	const { groupingColumns } = context;
	return {
		name,
		label,
		call,
		exprs: call.args,
		scope,
		...(groupingColumns === undefined ? {} : { groupingColumns }),
		lambdaDepth: context.lambdas?.size ?? 0,
		analyse(expr, lambda) {
			const lambdas = new Map([...(context.lambdas ?? []), ...(lambda ?? [])]);
			const inside = lambda === undefined ? context : { ...context, lambdas };
			return mayTake(name, analyse(expr, inside));
		},
		constant: (expr) => constantOf(expr, scope),
	};
}

/** A VARIANT, a TIME or a collated text goes only into functions that are known to take it as it is. */
function mayTake(name: string, value: Typed): Typed {
	if (isIncomparable(value.type) && !takesVariant(name)) {
		const what = holdsVariant(value.type) ? 'a VARIANT' : 'an INTERVAL of months and days';
		throw unsupported(`${name} of ${what}; cast it`);
	}
	if (holdsTime(value.type) && !takesTime(name)) {
		throw unsupported(`${name} of a TIME; cast it to STRING`);
	}
	if (holdsCollated(value.type) && !takesCollated(name)) {
		throw unsupported(`${name} of a ${typeText(value.type)}; cast it to STRING`);
	}
	return value;
}

/** Analyses a call: scalar, aggregate or window function; refuses by name what is not verified. */
export function callFunction(call: Call, context: Context): Typed {
	const routine = context.analyzer.routine(call);
	if (routine !== undefined) return callRoutine(routine, call, context);
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
	if (scalar === undefined) throw unknownFunction(call.name, context.analyzer.scope);
	if (call.over !== undefined || call.distinct || call.filter !== undefined) {
		throw unsupported(`${name} with OVER, DISTINCT or FILTER`);
	}
	checkCount(name, scalar.args, call.star ? 1 : call.args.length);
	if (call.star && scalar.star !== true) throw unsupported(`${name}(*)`);
	const args =
		scalar.raw === true ? [] : call.args.map((arg) => mayTake(name, analyse(arg, context)));
	const label = callLabel(name, args);
	const site = siteOf(name, label, call, context);
	return scalar.build(args, call.star ? { ...site, exprs: allColumns(context) } : site);
}

const STAR: Expr = { kind: 'star', qualifier: [], except: [], start: 0, end: 0 };

/** What `*` stands for as an argument: each column under its name. */
export function allColumns(context: Context): Expr[] {
	return expandStar({ expr: STAR, aliases: [] }, context).map(({ expr, aliases }) => ({
		kind: 'named',
		name: aliases[0] ?? '',
		value: expr,
		start: 0,
		end: 0,
	}));
}

function unknownFunction(name: readonly string[], scope: Scope): SqlError {
	const [only = '', ...more] = name;
	if (more.length === 0 && LISTED.has(only.toLowerCase())) {
		return unsupported(`the function ${only.toLowerCase()}`);
	}
	return unresolvedRoutine(more.length === 0 ? [only.toLowerCase()] : name, scope.session);
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
	to_time: [1, 2],
	try_to_time: [1, 2],
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
	throw wrongCount([name], expected, count);
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
		throw wrongCount([name], String(aggregate.args[0]), context.frame.visible.length);
	}
	if (!call.star) checkCount(name, aggregate.args, call.args.length);
	const { over } = call;
	const inside: Context =
		over === undefined ? { ...context, insideAggregate: true, groupingKeys: new Map() } : context;
	const args = argumentsOf(call, context).map((arg) => mayTake(name, analyse(arg, inside)));
	if (call.distinct && args.some((arg) => holdsCollated(arg.type))) {
		throw unsupported(`${name}(DISTINCT …) of a text with a collation`);
	}
	if (call.distinct && args.some((arg) => isIncomparable(arg.type))) {
		throw unsupported(`${name}(DISTINCT …) of a VARIANT`);
	}
	const filter =
		call.filter === undefined
			? undefined
			: asBoolean(analyse(call.filter, { ...inside, deciding: true }), name, 0);
	const order = (call.withinGroup ?? []).map((item) => analyse(item.expr, inside));
	const all = [...args, ...order, ...(filter === undefined ? [] : [filter])];
	const window = over === undefined ? undefined : analyseWindow(over, context);
	checkNesting(name, call, all, window, context);
	if (call.distinct && aggregate.distinct !== true) throw unsupported(`${name}(DISTINCT …)`);
	if (window !== undefined && (aggregate.over === false || call.distinct)) {
		throw unsupported(`${name}${call.distinct ? '(DISTINCT …)' : ''} with OVER`);
	}
	const filterSql = filter === undefined ? '' : ` FILTER (WHERE ${filter.sql})`;
	const wrap: Wrap = (sql) => `${sql}${filterSql}${overPart(window)}`;
	const distinct = call.distinct ? 'DISTINCT ' : '';
	const label = aggregateLabel(name, call, args, filter, window);
	const site: CallSite = siteOf(name, label, call, context);
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

/** What is counted: `count(DISTINCT *)` is of every column, while `count(*)` is of rows. */
function argumentsOf(call: Call, context: Context): Expr[] {
	if (!call.star || !call.distinct) return call.args;
	return expandStar({ expr: STAR, aliases: [] }, context).map(({ expr }) => expr);
}

/** Whether a call is of an aggregate function, and not over a window. */
export const isAggregateCall = (call: Call): boolean =>
	call.over === undefined && call.name.length === 1 && AGGREGATES.has(functionName(call));

/** Whether a call is of a function that needs OVER and has none. */
export const lacksWindow = (call: Call): boolean =>
	call.over === undefined && call.name.length === 1 && lacksOver(functionName(call));

const lacksOver = (name: string): boolean => WINDOW_FUNCTIONS.has(name) && !AGGREGATES.has(name);

function checkNesting(
	name: string,
	call: Call,
	parts: readonly Typed[],
	window: Window | undefined,
	context: Context,
): void {
	if (window === undefined && parts.some((part) => part.aggregate)) {
		const [inner] = call.args.flatMap((arg) => callsIn(arg, isAggregateCall));
		throw new SqlError(
			'NESTED_AGGREGATE_FUNCTION',
			'42607',
			'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.',
			inner && { text: context.analyzer.text, offset: inner.start },
		);
	}
	if (parts.some((part) => part.window)) throw unsupported(`a window function inside ${name}`);
}

/** Functions that Spark shows without what they say of NULL, and their names with IGNORE NULLS. */
const PICKS: Record<string, string> = {
	first: 'first',
	first_value: 'first',
	last: 'last',
	last_value: 'last',
	any_value: 'any_value',
};

function aggregateLabel(
	name: string,
	call: Call,
	args: readonly Typed[],
	filter: Typed | undefined,
	window: Window | undefined,
): string {
	const labels = args.map((arg) => arg.label);
	const shown = PICKS[name] === undefined ? labels : labels.slice(0, 1);
	if (name === 'percentile' && labels.length === 2) shown.push('1');
	const list = call.star && !call.distinct ? '1' : shown.join(', ');
	const filtered = filter === undefined ? '' : ` FILTER (WHERE ${filter.label})`;
	const over = window === undefined ? '' : ` OVER (${window.label})`;
	const shownName = call.nulls === 'ignore' ? (PICKS[name] ?? name) : name;
	return `${shownName}(${call.distinct ? 'DISTINCT ' : ''}${list})${filtered}${over}`;
}

export function needsWindow(name: string): SqlError {
	return new SqlError(
		'WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE',
		'42601',
		`Window function "${name}()" requires an OVER clause.`,
	);
}

function callWindowFunction(
	name: string,
	windowFunction: WindowFunction,
	call: Call,
	context: Context,
): Typed {
	checkCount(name, windowFunction.args, call.args.length);
	if (call.over === undefined) throw needsWindow(name);
	if (call.distinct || call.filter !== undefined)
		throw unsupported(`${name} with DISTINCT or FILTER`);
	const args = call.args.map((arg) => mayTake(name, analyse(arg, context)));
	const window = analyseWindow(call.over, context);
	const label = `${callLabel(name, args)} OVER (${window.label})`;
	const built = windowFunction.build(args, siteOf(name, label, call, context));
	const sql = `${built.sql} OVER (${window.sql})`;
	const parts = [...args, ...window.parts];
	if (parts.some((part) => part.window)) throw unsupported(`a window function inside ${name}`);
	return derive(built.wrap === undefined ? sql : built.wrap(sql), built.type, label, parts, {
		window: true,
	});
}
