import { Analyzer } from './analysis/analyzer';
import { analyse, EMPTY_FRAME, type AnalysedQuery, type Context } from './analysis/context';
import { fillDefaults, type Written } from './analysis/defaults';
import { resolveIdentifiers } from './analysis/identifiers';
import { lookUp } from './analysis/prepare';
import { castSql } from './casts/cast';
import { textSql } from './casts/text';
import { expressionOf, queryOf } from './parser/parse';
import type { Query } from './parser/syntax';
import { inTimeZone } from './timeZones/sessionZone';
import type { Column, Relation, Scope } from './scope';
import type { SqlType } from './sqlType';
import { sqlName } from './stringLiteral';

export { noDefault, type Written } from './analysis/defaults';
export { installMacros } from './duckdb/macros';
export { physicalName } from './scope';
export type { Column, Constant, Relation, Scope, TableAt } from './scope';
export { sqlErrorOf } from './duckdb/errors';
export { wireTextOf as textOf } from './casts/wireText';

/**
 * Translates a query (SELECT, WITH, VALUES, set operations) into a typed, parenthesised DuckDB query.
 * Its columns carry Spark's names and types; `physicalName(column)` is DuckDB's name of each.
 * @throws SqlError with Spark's condition for wrong queries, 0A000 for what is not verified here
 */
export async function translateQuery(text: string, scope: Scope): Promise<Relation> {
	const { sql, columns } = await translated(queryOf(text), text, scope);
	return relationOf(sql, columns);
}

/** The same for a query whose rows are given to the client as they are: see `Typed.shown`. */
export async function translateResult(text: string, scope: Scope): Promise<Relation> {
	const { sql, shown, columns } = await translated(queryOf(text), text, scope);
	if (shown === undefined) return relationOf(sql, columns);
	const relation = relationOf(shown.sql, columns);
	for (const index of shown.decoded) {
		const column = relation.columns[index];
		if (column !== undefined) column.decoded = true;
	}
	return relation;
}

/** The same for the query of an INSERT, in which DEFAULT stands for the default of a column. */
export async function translateSource(
	text: string,
	scope: Scope,
	/** the columns that are written, by place; undefined for BY NAME */
	columns: readonly Written[] | undefined,
): Promise<Relation> {
	const result = await translated(fillDefaults(queryOf(text), columns), text, scope);
	return relationOf(result.sql, result.columns);
}

async function translated(query: Query, text: string, scope: Scope): Promise<AnalysedQuery> {
	return await inTimeZone(scope.session.timeZone ?? 'UTC', async () => {
		resolveIdentifiers(query, scope);
		const found = await lookUp(query, text, scope);
		return new Analyzer(text, scope, found).query(query, new Map());
	});
}

function relationOf(sql: string, columns: AnalysedQuery['columns']): Relation {
	return {
		sql: `(${sql})`,
		columns: columns.map(({ name, type, physical }) => ({
			name,
			type,
			...(physical === name ? {} : { physical }),
		})),
	};
}

/** A relation that an expression may name; `alias` is also its alias in the DuckDB SQL. */
export interface NamedRelation {
	alias?: string;
	columns: Column[];
	/** other name parts under which its columns may be asked for, e.g. catalog, schema, table */
	qualifier?: string[];
}

export interface TranslatedExpression {
	sql: string;
	type: SqlType;
	/** Spark's text of the expression */
	label: string;
	/** whether a row can make it fail */
	fallible: boolean;
}

/**
 * Translates one expression over given relations (MERGE conditions, SET values, constraints,
 * expectations). A column is printed as `"alias"."name"`, or `"name"` for a relation without alias.
 */
export async function translateExpression(
	text: string,
	scope: Scope,
	relations: readonly NamedRelation[],
): Promise<TranslatedExpression> {
	const expr = expressionOf(text);
	resolveIdentifiers(expr, scope);
	const analyzer = new Analyzer(text, scope, await lookUp(expr, text, scope));
	const sources = relations.map((relation) => {
		const prefix = relation.alias === undefined ? '' : `${sqlName(relation.alias)}.`;
		return {
			qualifier: relation.qualifier ?? (relation.alias === undefined ? [] : [relation.alias]),
			columns: relation.columns.map((column) => ({
				name: column.name,
				sql: `${prefix}${sqlName(column.physical ?? column.name)}`,
				type: column.type,
			})),
		};
	});
	const visible = sources.flatMap((source) => source.columns);
	const context: Context = {
		analyzer,
		frame: { ...EMPTY_FRAME, sources, visible },
		ctes: new Map(),
		windows: new Map(),
		withoutRoutines: 'an expression of a command; write (SELECT …) there',
	};
	const { sql, type, label, fallible } = inTimeZone(scope.session.timeZone ?? 'UTC', () =>
		analyse(expr, context),
	);
	return { sql, type, label, fallible: fallible === true };
}

/** DuckDB SQL that converts a value as an INSERT into a column does; a value that is too large is an error that names it. `label` is the text of what is written. */
export function storeTo(
	sql: string,
	from: SqlType,
	to: SqlType,
	column: string,
	label = column,
): string {
	return castSql(sql, from, to, { column }, undefined, label).sql;
}

/** DuckDB SQL of the text that CAST AS STRING gives (the form of the recordings, not of the wire). */
export function stringOf(sql: string, type: SqlType): string {
	return textSql(sql, type);
}
