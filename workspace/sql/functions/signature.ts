import type { Call, Expr } from '../parser/syntax';
import type { Constant, Scope } from '../scope';
import type { Typed } from '../types/typed';

/** What a function may ask about the call it is built for. */
export interface CallSite {
	/** the function's name in lower case */
	name: string;
	/** Spark's text of the call */
	label: string;
	call: Call;
	/** the arguments as they were written */
	exprs: readonly Expr[];
	scope: Scope;
	/** the grouping columns in their order, for grouping_id() */
	groupingColumns?: readonly Typed[];
	/** how many lambda functions the call stands in */
	lambdaDepth: number;
	/** Analyses an argument as it was written; `lambda` are the parameters of a lambda's body. */
	analyse(expr: Expr, lambda?: ReadonlyMap<string, Typed>): Typed;
	/** The value of an argument that needs no rows; undefined when it needs some. */
	constant(expr: Expr): Constant | undefined;
}

/** A function of one row: how many arguments, and the verified DuckDB SQL for them. */
export interface ScalarFunction {
	args: [least: number, most: number];
	/** handles its arguments itself (lambdas, units, names) */
	raw?: boolean;
	/** takes `*` for all columns; only with `raw` */
	star?: boolean;
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
