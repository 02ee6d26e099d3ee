import { duckdbType, type SqlType } from '../sqlType';
import { isFloating } from '../types/commonType';
import { once, type Typed } from '../types/typed';

/** Where values are brought together, Spark shows 0.0 for -0.0, and DuckDB the one it met first. */
export function zeroed(sql: string, type: SqlType, grouped: boolean): string {
	if (!grouped || !isFloating(type)) return sql;
	return once(sql, (v) => `CASE WHEN ${v} = 0 THEN CAST(0 AS ${duckdbType(type)}) ELSE ${v} END`);
}

/** What the client of a query is given in the place of a value; undefined when it is the value. */
export function shownCell({ sql, shown }: Typed): string | undefined {
	return shown?.instead === sql ? shown.sql : undefined;
}

/** A bare NULL would get a type of DuckDB's choice. */
export function typedNull(typed: Typed): string {
	return typed.sql === 'NULL' ? 'CAST(NULL AS INTEGER)' : typed.sql;
}
