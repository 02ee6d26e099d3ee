import { SqlError, typeMismatch } from '../sqlError';
import { typeText, type SqlType } from '../sqlType';

/** The cast of a value that is written into a column. */
export interface Store {
	column: string;
}

/** `explicit` and a store fail on bad values as ANSI mode does, `try` gives NULL for them. */
export type CastMode = 'explicit' | 'try' | Store;

export interface Cast {
	sql: string;
	/** whether a value can make it fail */
	fallible: boolean;
}

/** Width of the integer types, to tell the wider from the narrower. */
export const WIDTH: Partial<Record<SqlType['kind'], number>> = {
	tinyint: 1,
	smallint: 2,
	int: 3,
	bigint: 4,
};

const SUGGESTIONS: Record<string, string> = {
	'int>date': '`DATE_FROM_UNIX_DATE`',
	'date>int': '`UNIX_DATE`',
	'tinyint>date': '`DATE_FROM_UNIX_DATE`',
	'smallint>date': '`DATE_FROM_UNIX_DATE`',
	'bigint>date': '`DATE_FROM_UNIX_DATE`',
	'date>bigint': '`UNIX_DATE`',
};

/** Thrown where no cast leads from a type, or a part of it, to another; castSql names the whole. */
export class NoCast extends Error {}

export function castMismatch(from: SqlType, to: SqlType, expression: string): SqlError {
	const suggestion = SUGGESTIONS[`${from.kind}>${to.kind}`];
	const text = `cannot cast "${typeText(from)}" to "${typeText(to)}".`;
	if (suggestion === undefined) return typeMismatch('CAST_WITHOUT_SUGGESTION', expression, text);
	return typeMismatch(
		'CAST_WITH_FUNC_SUGGESTION',
		expression,
		`${text}\nTo convert values from "${typeText(from)}" to "${typeText(to)}", you can use the functions ${suggestion} instead.`,
	);
}

/** A call that fails with NUMERIC_VALUE_OUT_OF_RANGE; `$` stands for the value. */
export function decimalOverflow(to: { precision: number; scale: number }): string {
	return `dbx_decimal_overflow(CAST($ AS VARCHAR), ${to.precision}, ${to.scale})`;
}
