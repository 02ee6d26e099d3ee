import { castSql } from '../casts/cast';
import { coerce } from '../casts/coercion';
import type { Call, Expr } from '../parser/syntax';
import type { Routine, RoutineParameter } from '../scope';
import { SqlError, unsupported } from '../sqlError';
import { sqlName } from '../stringLiteral';
import { derive, type Typed } from '../types/typed';
import { allColumns } from './calls';
import { analyse, EMPTY_FRAME, type AnalysedQuery, type Context } from './context';
import { nearest } from './nearest';
import type { FoundRoutine } from './prepare';
import { argumentErrors, unsupportedSyntax, wrongCount, wrongKind } from './routineErrors';

/**
 * A call of a user's function of a value: its text with the arguments, each cast to the type of its
 * parameter, in the place of the parameters, cast to the type that it returns (as Spark 4.1 does it).
 */
export function callRoutine(found: FoundRoutine, call: Call, context: Context): Typed {
	const { routine, body } = found;
	const { name } = routine;
	if (body.kind === 'rows') throw wrongKind(name, true);
	mayStandHere(routine, call, context);
	const exprs = call.star ? allColumns(context).map(valueOf) : call.args;
	const { values, shown } = argumentsOf(found, exprs, context);
	const label = `${name.join('.')}(${shown.map((each) => each.label).join(', ')})`;
	const key = [name.join('.'), ...values.map(({ sql }) => sql)].join('\0');
	const value =
		context.analyzer.expanded.get(key) ?? elsewhere(() => valueOfBody(found, values, context));
	context.analyzer.expanded.set(key, value);
	mayTake(found, values, value, context);
	const fallible = value.fallible === true ? { fallible: true } : {};
	return derive(value.sql, value.type, label, values, fallible);
}

/** The rows of a user's table function, under the names and types that it returns. */
export function rowsOfRoutine(
	found: FoundRoutine,
	exprs: readonly Expr[],
	context: Context,
): AnalysedQuery {
	const { values } = argumentsOf(found, exprs, context);
	return elsewhere(() => rowsOfBody(found, values, context));
}

/** What is wrong with the text of a function is told of the place of its call. */
function elsewhere<T>(step: () => T): T {
	try {
		return step();
	} catch (error) {
		throw error instanceof SqlError ? error.unplaced() : error;
	}
}

/** The value of a function's text for arguments that have the types of its parameters. */
export function valueOfBody(
	found: FoundRoutine,
	values: readonly Typed[],
	context: Context,
): Typed {
	const { routine, body } = found;
	if (body.kind === 'rows' || routine.returns.kind === 'rows') throw wrongKind(routine.name, true);
	const value = analyse(body.expr, contextOf(routine, values, context));
	const type = routine.returns.type ?? value.type;
	const { sql, fallible } = castSql(
		value.sql,
		value.type,
		type,
		'explicit',
		value.literal,
		value.label,
	);
	return { ...value, sql, type, ...(fallible || value.fallible ? { fallible: true } : {}) };
}

/** The same for the rows of a table function. */
export function rowsOfBody(
	found: FoundRoutine,
	values: readonly Typed[],
	context: Context,
): AnalysedQuery {
	const { routine, body } = found;
	const { name, returns } = routine;
	if (body.kind === 'value' || returns.kind === 'value') throw wrongKind(name, false);
	const inner = contextOf(routine, values, context);
	const result = inner.analyzer.query(body.query, new Map(), inner);
	if (returns.columns === undefined) return result;
	if (returns.columns.length !== result.columns.length) {
		const text = `User defined function is invalid: The number of columns produced by the RETURN clause (num: \`${result.columns.length}\`) does not match the number of column names specified by the RETURNS clause (num: \`${returns.columns.length}\`) of ${name.join('.')}.`;
		throw new SqlError(
			'USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH',
			'42601',
			text,
		).settled();
	}
	const alias = context.analyzer.alias();
	const columns = returns.columns.map((column, at) => ({ ...column, physical: `c${at + 1}` }));
	const list = result.columns.map((column, at) => {
		const type = returns.columns?.[at]?.type ?? column.type;
		const from = `${alias}.${sqlName(column.physical)}`;
		const cast = castSql(from, column.type, type, 'explicit', undefined, column.name);
		return `${cast.sql} AS c${at + 1}`;
	});
	return { sql: `SELECT ${list.join(', ')} FROM (${result.sql}) AS ${alias}`, columns };
}

/** What the text of a function sees: its parameters, also by the function's name. */
function contextOf(routine: Routine, values: readonly Typed[], { analyzer }: Context): Context {
	const columns = routine.parameters.map(({ name, type }, at) => {
		const value = values[at];
		return {
			name,
			sql: value?.sql ?? 'NULL',
			type,
			...(value?.fallible === true ? { fallible: true } : {}),
		};
	});
	return {
		analyzer: analyzer.inside(routine),
		frame: {
			sql: '',
			sources: [{ qualifier: [routine.name.at(-1) ?? ''], columns }],
			visible: columns,
		},
		ctes: new Map(),
		windows: new Map(),
	};
}

function mayStandHere({ name }: Routine, call: Call, context: Context): void {
	const whole = name.join('.');
	const syntax: [boolean, string][] = [
		[call.distinct, 'DISTINCT'],
		[call.filter !== undefined, 'FILTER CLAUSE'],
		[call.nulls === 'ignore', 'IGNORE NULLS'],
		[call.withinGroup !== undefined, 'WITHIN GROUP (ORDER BY ...)'],
	];
	const wrong = syntax.find(([isThere]) => isThere);
	if (wrong !== undefined) throw unsupportedSyntax(name, wrong[1]);
	if (call.over !== undefined || call.nulls !== undefined) {
		throw unsupported(`the function ${whole} with OVER or RESPECT NULLS`);
	}
	// Open-source Spark refuses these; what a SQL warehouse does is not known.
	if (context.withoutRoutines !== undefined) {
		throw unsupported(`the function ${whole} of a user in ${context.withoutRoutines}`);
	}
	if ((context.lambdas?.size ?? 0) > 0) {
		throw unsupported(`the function ${whole} of a user in a lambda function`);
	}
}

/** Aggregates and windows as arguments, where DuckDB cannot have them in the place of a parameter. */
function mayTake(
	found: FoundRoutine,
	values: readonly Typed[],
	body: Typed,
	context: Context,
): void {
	const computed = values.filter((value) => value.aggregate === true || value.window === true);
	const lost = computed.some((value) => !body.sql.includes(value.sql));
	if (computed.length > 0 && (lost || asksRows(found, context))) {
		throw unsupported(
			`an aggregate or window function as an argument of ${found.routine.name.join('.')}; compute it in a subquery`,
		);
	}
}

/** Whether a query is in the text of a function, or of one that it calls. */
function asksRows({ body }: FoundRoutine, context: Context): boolean {
	if (body.kind === 'rows') return true;
	return visit(body.expr);

	function visit(node: unknown): boolean {
		if (Array.isArray(node)) return node.some(visit);
		if (typeof node !== 'object' || node === null) return false;
		if ('kind' in node && node.kind === 'query') return true;
		if (isCall(node)) {
			const inner = context.analyzer.routine(node.call);
			if (inner !== undefined && asksRows(inner, context)) return true;
		}
		return Object.values(node).some(visit);
	}
}

const isCall = (node: object): node is Expr & { kind: 'call' } =>
	'kind' in node && node.kind === 'call';

const valueOf = (expr: Expr): Expr => (expr.kind === 'named' ? expr.value : expr);

interface Arguments {
	/** one for each parameter, of its type */
	values: Typed[];
	/** those that the name of the call shows */
	shown: Typed[];
}

/**
 * The arguments of a call by position and by name, and the defaults of the others.
 * @throws SqlError WRONG_NUM_ARGS, REQUIRED_PARAMETER_NOT_FOUND and others of 4274K
 */
function argumentsOf(found: FoundRoutine, exprs: readonly Expr[], context: Context): Arguments {
	const { routine } = found;
	const { parameters, name } = routine;
	if (exprs.some((expr) => expr.kind === 'named' && expr.isAlias === true)) {
		throw unsupported(`an argument of ${name.join('.')} with an alias`);
	}
	const isNamed = exprs.some((expr) => expr.kind === 'named');
	const given = isNamed ? rearranged(routine, found, exprs) : exprs;
	const least = found.defaults.filter((each) => each === undefined).length;
	if (given.length > parameters.length || given.length < least) {
		const error = wrongCount(name, String(parameters.length), exprs.length);
		// Spark tells no place of it for a table function.
		throw routine.returns.kind === 'rows' ? error.settled() : error;
	}
	const written = parameters.map((parameter, at) => {
		const expr = given[at];
		return expr === undefined
			? defaultOf(found, at, context)
			: { value: analyse(expr, { ...context, deciding: false }), parameter };
	});
	const values = written.map(({ value, parameter }) => coerce(value, parameter.type));
	return { values, shown: values.slice(0, given.length) };
}

/** The default of a parameter, whose text names no columns. */
export function defaultOf(
	{ routine, defaults }: FoundRoutine,
	at: number,
	{ analyzer }: Context,
): { value: Typed; parameter: RoutineParameter } {
	const parameter = routine.parameters[at];
	const expr = defaults[at];
	if (parameter?.defaultExpression === undefined || expr === undefined) {
		throw unsupported(`a call of ${routine.name.join('.')} without an argument`);
	}
	const inside = analyzer.inside({ ...routine, body: parameter.defaultExpression });
	const context = { analyzer: inside, frame: EMPTY_FRAME, ctes: new Map(), windows: new Map() };
	return { value: analyse(expr, context), parameter };
}

/** Named arguments in the order of the parameters, with the defaults between and after them. */
function rearranged(
	{ name, parameters }: Routine,
	{ defaults }: FoundRoutine,
	exprs: readonly Expr[],
): Expr[] {
	const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
	const positional: Expr[] = [];
	const named: (Expr & { kind: 'named' })[] = [];
	for (const expr of exprs) {
		if (expr.kind === 'named') {
			if (named.some((each) => same(each.name, expr.name))) {
				throw argumentErrors.twice(name, expr.name, false);
			}
			named.push(expr);
			continue;
		}
		const last = named.at(-1);
		if (last !== undefined) throw argumentErrors.positionalAfterNamed(name, last.name);
		positional.push(expr);
	}
	for (const { name: asked } of named) {
		const at = parameters.findIndex((each) => same(each.name, asked));
		if (at === -1) {
			const known = nearest(asked.toLowerCase(), parameters).map((each) => each.name);
			throw argumentErrors.unknown(name, asked, known);
		}
		if (at < positional.length) throw argumentErrors.twice(name, asked, true);
	}
	const rest = parameters.slice(positional.length).map((parameter, index) => {
		const at = positional.length + index;
		const expr = named.find((each) => same(each.name, parameter.name))?.value ?? defaults[at];
		if (expr === undefined) throw argumentErrors.missing(name, parameter.name, at);
		return expr;
	});
	return [...positional, ...rest];
}
