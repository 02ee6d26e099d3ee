import { unsupported } from '../sqlError';
import { typeText, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { localSql } from '../timeZones/sessionZone';
import { timeOfMicros } from '../types/timeOfDay';
import { once } from '../types/typed';
import { NoCast, type Cast, type CastMode } from './castRules';

type TimeType = SqlType & { kind: 'time' };

/** A time of day cut, not rounded, to the digits of a second that a type has. */
function cutTo(sql: string, { precision }: TimeType): string {
	if (precision === 6) return sql;
	const unit = 10 ** (6 - precision);
	return timeOfMicros(`epoch_us(${sql}) // ${unit} * ${unit}`);
}

/**
 * A text as a time of day. Spark 4.1 keeps the digits that a TIME(3) has no place for, which
 * Databricks' pages neither say nor deny: such a text is refused.
 */
export function textToTime(sql: string, to: TimeType, mode: CastMode): Cast {
	// Spark's own message names TIME(6) whatever the precision (measured with Spark 4.1).
	const bad = (v: string): string =>
		mode === 'try' ? 'NULL' : `CAST(dbx_invalid_cast(${v}, 'TIME(6)') AS TIME)`;
	const longer = sqlString(`a text with more digits of a second than ${typeText(to)} has`);
	const kept = (t: string): string =>
		to.precision === 6
			? t
			: `CASE WHEN ${t} = ${cutTo(t, to)} THEN ${t} WHEN ${t} IS NOT NULL THEN CAST(dbx_unsupported(${longer}) AS TIME) END`;
	return {
		sql: once(
			sql,
			(v) =>
				`CASE WHEN ${v} IS NOT NULL THEN coalesce(${once(`dbx_text_to_time(${v})`, kept)}, ${bad(v)}) END`,
		),
		fallible: mode !== 'try',
	};
}

/** What becomes a time of day other than a text: another time of day and what a moment's clocks show. */
export function toTime(sql: string, from: SqlType, to: TimeType, mode: CastMode): Cast {
	if (from.kind === 'time') {
		return { sql: to.precision < from.precision ? cutTo(sql, to) : sql, fallible: false };
	}
	if (from.kind !== 'timestamp' && from.kind !== 'timestamp_ntz') throw new NoCast();
	if (typeof mode === 'object') {
		throw unsupported(`${typeText(from)} as the value of a ${typeText(to)} column; cast it`);
	}
	const clock = from.kind === 'timestamp' ? localSql(sql) : sql;
	return { sql: cutTo(`CAST(${clock} AS TIME)`, to), fallible: false };
}

/** Spark 4.1 makes numbers of a time of day, which Databricks' list of casts does not have. */
export function fromTime(from: TimeType, to: SqlType): Cast {
	const isNumber = ['tinyint', 'smallint', 'int', 'bigint', 'decimal'].includes(to.kind);
	if (isNumber) throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
	throw new NoCast();
}
