import { fieldSql } from '../duckdb/fields';
import type {
	Call,
	Expr,
	FromItem,
	Query,
	TableFunctionItem,
	TableItem,
	WindowSpec,
} from '../parser/syntax';
import type { Relation, Routine, Scope } from '../scope';
import { quoteName, SqlError, unresolvedColumn, unsupported } from '../sqlError';
import { typeText, type SqlType } from '../sqlType';
import { recollated } from '../types/collations';
import { derive, type Typed } from '../types/typed';
import { literalOf } from './parameters';
import { nearest } from './nearest';
import type { FoundRoutine } from './prepare';

/** A column that a FROM clause offers. */
export interface FrameColumn {
	name: string;
	sql: string;
	type: SqlType;
	/** left out by `*` */
	hidden?: boolean;
	/** whether its evaluation can end in an error: the argument of a function */
	fallible?: boolean;
}

/** One relation of a FROM clause, with the name parts it can be called by. */
export interface Source {
	qualifier: string[];
	columns: FrameColumn[];
	/** what comes before an operator of a pipe: Spark still knows the tables in it */
	piped?: boolean;
}

/** What a FROM clause gives: its SQL, its relations, and the columns a bare name or `*` sees. */
export interface Frame {
	sql: string;
	sources: Source[];
	visible: FrameColumn[];
}

export const EMPTY_FRAME: Frame = { sql: '', sources: [], visible: [] };

/** A common table expression in reach: its DuckDB name and columns. */
export interface Cte {
	sqlName: string;
	columns: { name: string; type: SqlType; physical: string }[];
}

/** A column of a finished query. */
export interface ResultColumn {
	name: string;
	type: SqlType;
	/** DuckDB's name of the column, the name itself where it is unique */
	physical: string;
}

/** A whole query as DuckDB SQL (without parentheses) and its columns. */
export interface AnalysedQuery {
	sql: string;
	/** the same query as a client is given its values, and which columns differ in it */
	shown?: { sql: string; decoded: readonly number[] };
	columns: ResultColumn[];
}

/** One translation, as its parts see it: what surrounds it, and the way to the other parts. */
export interface Analysis {
	/** the SQL that is translated */
	readonly text: string;
	readonly scope: Scope;
	/** A new alias for a relation of the DuckDB SQL. */
	alias(): string;
	/** The table or table function that was looked up for an item; undefined for built-in functions. */
	relation(item: FromItem): Relation | undefined;
	/** The user's function that was looked up for a call, or for a table function. */
	routine(node: Call | TableFunctionItem): FoundRoutine | undefined;
	/** The analysis of the text of a user's function, within this one. */
	inside(routine: Routine): Analysis;
	/** What calls of users' functions with the same arguments were found to be. */
	readonly expanded: Map<string, Typed>;
	/** The name parts a table was asked for by (IDENTIFIER resolved). */
	nameOf(item: TableItem): string[];
	expression(expr: Expr, context: Context): Typed;
	query(query: Query, ctes: ReadonlyMap<string, Cte>, outer?: Context): AnalysedQuery;
	scalarQuery(query: Query, context: Context): Typed;
	exists(query: Query, context: Context): Typed;
	inQuery(operand: Typed, query: Query, context: Context): Typed;
}

/** Analyses one expression where it stands; what it cannot do exactly it refuses by name. */
export const analyse = (expr: Expr, context: Context): Typed =>
	context.analyzer.expression(expr, context);

/** Where an expression stands: what its names mean and what it may contain. */
export interface Context {
	analyzer: Analysis;
	frame: Frame;
	outer?: Context;
	ctes: ReadonlyMap<string, Cte>;
	windows: ReadonlyMap<string, WindowSpec>;
	/** names of the select list that are known before the columns (ORDER BY, HAVING) */
	preferred?: ReadonlyMap<string, Typed>;
	/** names of the select list that are known after the columns (lateral aliases) */
	aliases?: ReadonlyMap<string, Typed>;
	/** the SQL of the grouping expressions of an aggregate query, by which they are recognised */
	groupingKeys?: ReadonlyMap<string, Typed>;
	/** the grouping columns in their order, for grouping_id() */
	groupingColumns?: readonly Typed[];
	lambdas?: ReadonlyMap<string, Typed>;
	/** labels of columns of this query that a subquery used outside of its grouping */
	escaped?: string[];
	/** inside the argument of an aggregate function, where select list names do not count */
	insideAggregate?: boolean;
	/** whether columns are shown by their full names, as in the error of an aggregate in WHERE */
	qualified?: boolean;
	/** where Spark takes no user's function, by its name */
	withoutRoutines?: string;
	/** a condition, or joined to one by AND, OR, NOT: whether FALSE or NULL makes no difference */
	deciding?: boolean;
}

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

function columnTyped(column: FrameColumn, label: string): Typed {
	const marks = column.fallible === true ? { fallible: true } : {};
	const sql = recollated(column.sql, column.type);
	return { sql, type: column.type, label, ungrouped: label, attribute: true, ...marks };
}

function endsWith(qualifier: readonly string[], asked: readonly string[]): boolean {
	if (asked.length > qualifier.length) return false;
	const tail = qualifier.slice(qualifier.length - asked.length);
	return tail.every((part, index) => same(part, asked[index] ?? ''));
}

interface Candidate {
	column: FrameColumn;
	used: number;
	full: string[];
}

function candidates(frame: Frame, name: readonly string[]): Candidate[] {
	for (let length = Math.min(3, name.length - 1); length >= 1; length -= 1) {
		const asked = name.slice(0, length);
		const wanted = name[length] ?? '';
		const found = frame.sources
			.filter((source) => endsWith(source.qualifier, asked))
			.flatMap((source) =>
				source.columns
					.filter((column) => same(column.name, wanted))
					.map((column) => ({
						column,
						used: length + 1,
						full: [...source.qualifier, column.name],
					})),
			);
		if (found.length > 0) return found;
	}
	const [first = ''] = name;
	return frame.visible
		.filter((column) => same(column.name, first))
		.map((column) => ({ column, used: 1, full: [...qualifierOf(frame, column), column.name] }));
}

function qualifierOf(frame: Frame, column: FrameColumn): string[] {
	const source = frame.sources.find((candidate) => candidate.columns.includes(column));
	return source?.qualifier ?? [];
}

function ambiguous(name: readonly string[], found: readonly Candidate[]): SqlError {
	const list = found
		.map((candidate) => quoteName(candidate.full))
		.sort()
		.join(', ');
	return new SqlError(
		'AMBIGUOUS_REFERENCE',
		'42704',
		`Reference ${quoteName(name)} is ambiguous, could be: [${list}].`,
	);
}

/**
 * The meaning of a name: lambda parameter, select list name, column of this query, name of the same
 * select list, column of an outer query, variable — in Spark's order.
 * @throws SqlError UNRESOLVED_COLUMN, AMBIGUOUS_REFERENCE
 */
export function resolveName(context: Context, name: readonly string[]): Typed {
	const found = lookUp(context, name);
	if (found !== undefined) return found;
	const variable = context.analyzer.scope.variable?.(name);
	if (variable !== undefined) {
		return { ...literalOf(variable.value), label: variable.text, columnName: name.at(-1) ?? '' };
	}
	if (name.length === 1 && name[0]?.toLowerCase() === 'default') {
		throw unsupported('DEFAULT here; leave the column out');
	}
	if (name.length > 1 && context.frame.sources.some(({ piped }) => piped)) {
		throw unsupported(`${name.join('.')} after |>; name the column alone, or the table with |> AS`);
	}
	throw unresolvedColumn(name, suggestions(context.frame, name));
}

function lookUp(context: Context, name: readonly string[]): Typed | undefined {
	const [first = ''] = name;
	const key = first.toLowerCase();
	const lambda = context.lambdas?.get(key);
	if (lambda !== undefined) return fields(lambda, name.slice(1));
	if (!context.insideAggregate) {
		const preferred = context.preferred?.get(key);
		if (preferred !== undefined) return fields(preferred, name.slice(1));
	}
	const found = candidates(context.frame, name);
	const [only] = found;
	if (found.length > 1) throw ambiguous(name, found);
	if (only !== undefined) {
		const short = name[only.used - 1] ?? only.column.name;
		const label = context.qualified === true ? only.full.join('.') : short;
		return fields(grouped(context, columnTyped(only.column, label)), name.slice(only.used));
	}
	if (!context.insideAggregate) {
		const alias = context.aliases?.get(key);
		if (alias !== undefined) return fields(alias, name.slice(1));
	}
	if (context.outer === undefined) return undefined;
	const outer = lookUp(context.outer, name);
	if (outer === undefined) return undefined;
	const { ungrouped, ...rest } = outer;
	if (ungrouped !== undefined) context.outer.escaped?.push(ungrouped);
	return rest;
}

/** A grouping expression counts as grouped wherever it appears. */
export function grouped(context: Context, typed: Typed): Typed {
	if (typed.ungrouped === undefined || context.groupingKeys?.has(typed.sql) !== true) return typed;
	const { ungrouped: _, ...rest } = typed;
	return rest;
}

function fields(base: Typed, path: readonly string[]): Typed {
	return path.reduce((value, name) => fieldOf(value, name), base);
}

/** `value.name`: a field of a struct, or of every struct of an array, or the value of a map key. */
export function fieldOf(value: Typed, name: string): Typed {
	const { type } = value;
	const label = `${value.label}.${name}`;
	if (type.kind === 'struct') {
		const found = type.fields.filter((field) => same(field.name, name));
		const [field] = found;
		if (field === undefined) {
			throw new SqlError(
				'FIELD_NOT_FOUND',
				'42704',
				`No such struct field \`${name}\` in ${type.fields.map((each) => `\`${each.name}\``).join(', ')}.`,
			);
		}
		if (found.length > 1) {
			throw new SqlError(
				'AMBIGUOUS_REFERENCE_TO_FIELDS',
				'42000',
				`Ambiguous reference to the field \`${name}\`.`,
			);
		}
		return { ...derive(fieldSql(value.sql, field.name), field.type, name, [value]) };
	}
	if (type.kind === 'array' && type.element.kind === 'struct') {
		const field = type.element.fields.find((each) => same(each.name, name));
		if (field !== undefined) {
			const sql = `list_transform(${value.sql}, lambda e: ${fieldSql('e', field.name)})`;
			return derive(sql, { kind: 'array', element: field.type }, label, [value]);
		}
	}
	if (type.kind === 'map' && type.key.kind === 'string') {
		return derive(`(${value.sql})['${name.replaceAll("'", "''")}']`, type.value, label, [value]);
	}
	throw new SqlError(
		'INVALID_EXTRACT_BASE_FIELD_TYPE',
		'42000',
		`Can't extract a value from "${value.label}". Need a complex type [STRUCT, ARRAY, MAP] but got "${typeText(type)}".`,
	);
}

/** The columns most like the asked name, nearest first. */
function suggestions(frame: Frame, name: readonly string[]): string[][] {
	const wanted = (name[name.length - 1] ?? '').toLowerCase();
	const qualified = name.length > 1;
	return nearest(wanted, frame.visible).map((column) => {
		const qualifier = qualified ? qualifierOf(frame, column).slice(-1) : [];
		return [...qualifier, column.name];
	});
}
