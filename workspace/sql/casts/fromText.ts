import { unsupported } from '../sqlError';
import { duckdbType, typeText, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { instantSql, isUtc } from '../timeZones/sessionZone';
import { once } from '../types/typed';
import { NoCast, decimalOverflow, type Cast, type CastMode } from './castRules';
import { textToInterval } from './interval';
import { textToTime } from './time';

/** Texts that surely convert, so that no check is needed. */
const SURELY: Partial<Record<SqlType['kind'], RegExp>> = {
	tinyint: /^[+-]?\d{1,2}$/,
	smallint: /^[+-]?\d{1,4}$/,
	int: /^[+-]?\d{1,9}$/,
	bigint: /^[+-]?\d{1,18}$/,
	double: /^[+-]?\d{1,15}(\.\d{1,15})?$/,
	date: /^(1\d|20)\d\d-(0[1-9]|1[0-2])-([01][1-9]|10|2[0-8])$/,
	timestamp:
		/^(1\d|20)\d\d-(0[1-9]|1[0-2])-([01][1-9]|10|2[0-8])[ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/,
	boolean: /^(true|false)$/,
};

const SPECIAL_MOMENT = /^\s*(epoch|now|today|tomorrow|yesterday)(?:\s|$)/i;

/** Spark reads `today` and the like as a date where they stand as a constant; we know no clock here. */
export function refuseSpecialMoment(text: string): void {
	const word = SPECIAL_MOMENT.exec(text)?.[1];
	if (word !== undefined) throw unsupported(`'${word}' as a date or a timestamp`);
}

/** The moment that a text names; without a zone in it, by the session's clocks. NULL when it names none. */
function readMoment(text: string, kind: SqlType['kind']): string {
	const read = `dbx_text_to_${kind}(${text})`;
	if (kind !== 'timestamp' || isUtc()) return read;
	const local = instantSql(`dbx_text_to_timestamp_ntz(${text})`);
	return `CASE WHEN dbx_ts_parts(${text}).z = '' THEN ${local} ELSE ${read} END`;
}

/** A text read by the grammar that Spark has for the type. */
export function fromText(
	sql: string,
	to: SqlType,
	mode: CastMode,
	literal?: { value: string | null },
): Cast {
	const target = sqlString(typeText(to));
	const type = duckdbType(to);
	if (typeof literal?.value === 'string' && SURELY[to.kind]?.test(literal.value)) {
		const plain = `CAST(${sql} AS ${type})`;
		return { sql: to.kind === 'timestamp' ? instantSql(plain) : plain, fallible: false };
	}
	const bad = (v: string): string =>
		mode === 'try' ? 'NULL' : `dbx_invalid_cast(${v}, ${target})`;
	const fallible = mode !== 'try';
	switch (to.kind) {
		case 'tinyint':
		case 'smallint':
		case 'int':
		case 'bigint':
			return {
				sql: once(
					sql,
					(v) =>
						`CASE WHEN regexp_full_match(${v}, '\\s*[+-]?[0-9]+\\s*') THEN coalesce(TRY_CAST(${v} AS ${type}), ${bad(v)}) WHEN ${v} IS NOT NULL THEN ${bad(v)} END`,
				),
				fallible,
			};
		case 'decimal': {
			const over = mode === 'try' ? 'NULL' : decimalOverflow(to);
			return {
				sql: once(
					sql,
					(v) =>
						`CASE WHEN dbx_is_number(${v}) THEN coalesce(TRY_CAST(${v} AS ${type}), ${over.replaceAll('$', v)}) WHEN ${v} IS NOT NULL THEN ${bad(v)} END`,
				),
				fallible,
			};
		}
		case 'float':
		case 'double':
			return {
				sql: once(
					sql,
					(v) =>
						`CASE WHEN dbx_is_number(${v}) THEN CAST(${v} AS ${type}) WHEN dbx_is_special(${v}) THEN CAST(dbx_special(${v}) AS ${type}) WHEN dbx_java_number(${v}) THEN dbx_unsupported('numbers in the notation of Java') WHEN ${v} IS NOT NULL THEN ${bad(v)} END`,
				),
				fallible,
			};
		case 'boolean':
			return {
				sql: once(
					sql,
					(v) =>
						`CASE WHEN dbx_is_true(${v}) THEN TRUE WHEN dbx_is_false(${v}) THEN FALSE WHEN ${v} IS NOT NULL THEN ${bad(v)} END`,
				),
				fallible,
			};
		case 'date':
		case 'timestamp':
		case 'timestamp_ntz': {
			if (typeof literal?.value === 'string') refuseSpecialMoment(literal.value);
			// Of a constant Spark makes a date of it, of a column NULL.
			const named = (v: string): string =>
				`CASE WHEN regexp_full_match(lower(${v}), '\\s*(epoch|now|today|tomorrow|yesterday)(\\s.*)?') THEN CAST(dbx_unsupported('the name of a moment as a date or a timestamp') AS ${type}) END`;
			return {
				sql: once(
					sql,
					(v) =>
						`CASE WHEN ${v} IS NOT NULL THEN coalesce(${readMoment(v, to.kind)}, ${mode === 'try' ? named(v) : bad(v)}) END`,
				),
				fallible,
			};
		}
		case 'time':
			return textToTime(sql, to, mode);
		case 'binary':
			return { sql: `encode(${sql})`, fallible: false };
		case 'interval':
			return textToInterval(sql, to);
		case 'calendar_interval':
			throw unsupported('CAST of STRING to INTERVAL');
		default:
			throw new NoCast();
	}
}
