import { typeName, type SqlType } from '../sqlType';

/** An analysed expression: the DuckDB SQL of it, its Spark type and what the rules around it need. */
export interface Typed {
	sql: string;
	type: SqlType;
	/** Spark's own text of the expression, the column name when there is no alias */
	label: string;
	/** whether it is a column or a name of the same select list, and nothing is done to it */
	attribute?: boolean;
	/** the column name when there is no alias, where that is not the label */
	columnName?: string;
	/** the name that it brings with it, as a path into a VARIANT does: a cast of it keeps the name */
	alias?: string;
	/** the value when it is a literal, as Spark's CAST AS STRING gives it */
	literal?: { value: string | null };
	/** whether its evaluation can end in an error for some rows */
	fallible?: boolean;
	aggregate?: boolean;
	window?: boolean;
	/**
	 * what stands in the place of `instead`, its own SQL, where the client of a query is given the value:
	 * bytes that are no UTF-8 as U+FFFD
	 */
	shown?: { sql: string; instead: string };
	/** whether COLLATE gave it its collation, which then counts before those of columns */
	explicitCollation?: boolean;
	/** the label of a column used outside of an aggregate and not grouped by */
	ungrouped?: string;
}

/** Builds an expression from its parts; what the parts are marked with is carried over. */
export function derive(
	sql: string,
	type: SqlType,
	label: string,
	parts: readonly Typed[],
	marks: Partial<Typed> = {},
): Typed {
	const ungrouped = parts.find((part) => part.ungrouped !== undefined)?.ungrouped;
	return {
		sql,
		type,
		label,
		...(parts.some((part) => part.fallible) ? { fallible: true } : {}),
		...(parts.some((part) => part.aggregate) ? { aggregate: true } : {}),
		...(parts.some((part) => part.window) ? { window: true } : {}),
		...(ungrouped === undefined ? {} : { ungrouped }),
		...marks,
	};
}

/** `name(a, b)` as Spark names a call. */
export function callLabel(name: string, args: readonly Typed[]): string {
	return `${name}(${args.map((arg) => arg.label).join(', ')})`;
}

const SHORT = 80;

function freshVariable(...sqls: string[]): string {
	let highest = 0;
	for (const sql of sqls) {
		for (const match of sql.matchAll(/\bv(\d+)\b/g)) highest = Math.max(highest, Number(match[1]));
	}
	return `v${highest + 1}`;
}

/**
 * SQL that uses one operand several times without writing a long one out again: short operands are
 * repeated, long ones become the parameter of a lambda over a list of one.
 */
export function once(sql: string, body: (operand: string) => string): string {
	if (sql.length <= SHORT) return body(sql);
	const variable = freshVariable(sql);
	return `list_transform([${sql}], lambda ${variable}: ${body(variable)})[1]`;
}

/** The same for two operands. */
export function onceEach(
	left: string,
	right: string,
	body: (left: string, right: string) => string,
): string {
	if (left.length + right.length <= 2 * SHORT) return body(left, right);
	const variable = freshVariable(left, right);
	return `list_transform([{'a': ${left}, 'b': ${right}}], lambda ${variable}: ${body(`${variable}.a`, `${variable}.b`)})[1]`;
}

/** A variable name for a lambda that is not used in the given SQL. */
export function lambdaVariable(sql: string): string {
	return freshVariable(sql);
}

export function isSame(left: Typed, right: Typed): boolean {
	return typeName(left.type) === typeName(right.type);
}
