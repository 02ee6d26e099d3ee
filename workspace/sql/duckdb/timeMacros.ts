import { sqlString } from '../stringLiteral';
import { TIME_OF_DAY, timeOfMicros } from '../types/timeOfDay';

const SECONDS = "dbx_hour_of_day(p) * 3600 + CAST(p.n AS BIGINT) * 60 + CAST('0' || p.s AS BIGINT)";
const FRACTION = "CAST('0' || rpad(p.f[1:6], 6, '0') AS BIGINT)";
const MADE =
	'(CAST(p.h AS BIGINT) * 3600 + CAST(p.n AS BIGINT) * 60) * 1000000 + CAST(p.s * 1000000 AS BIGINT)';

/** The macros of times of day: texts read (NULL when they are none), one made of its parts, failures. */
export const TIME_MACROS: string[] = [
	`dbx_time_overflow(i, t) AS error('[DATETIME_OVERFLOW] Datetime operation overflow: add ' || i || ' to the time value TIME ''' || t || '''. SQLSTATE: 22008')`,
	`dbx_bad_time(v) AS error('[CANNOT_PARSE_TIME] The input string ''' || v || ''' cannot be parsed to a TIME value because it does not match to the datetime format ''HH:mm:ss.SSSSSS''. SQLSTATE: 22010')`,
	`dbx_bad_clock(field, most, v) AS error('[DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION] Invalid value for ' || field || ' (valid values 0 - ' || most || '): ' || CAST(v AS VARCHAR) || '.  SQLSTATE: 22023')`,
	`dbx_time_parts(v) AS regexp_extract(v, ${sqlString(TIME_OF_DAY)}, ['h', 'n', 's', 'f', 'half'])`,
	"dbx_hour_of_day(p) AS CASE WHEN p.half = '' THEN CAST(p.h AS BIGINT) ELSE CAST(p.h AS BIGINT) % 12 + CASE WHEN upper(p.half) = 'PM' THEN 12 ELSE 0 END END",
	"dbx_is_time(p) AS CASE WHEN p.h = '' THEN FALSE ELSE CAST(p.n AS INTEGER) < 60 AND CAST('0' || p.s AS INTEGER) < 60 AND CASE WHEN p.half = '' THEN CAST(p.h AS INTEGER) < 24 ELSE CAST(p.h AS INTEGER) BETWEEN 1 AND 12 END END",
	`dbx_time_of(p) AS CASE WHEN dbx_is_time(p) THEN ${timeOfMicros(`(${SECONDS}) * 1000000 + ${FRACTION}`)} END`,
	'dbx_text_to_time(v) AS dbx_time_of(dbx_time_parts(v))',
	`dbx_make_time(p) AS CASE WHEN p.h IS NULL OR p.n IS NULL OR p.s IS NULL THEN NULL WHEN p.h < 0 OR p.h > 23 THEN CAST(dbx_bad_clock('HourOfDay', 23, p.h) AS TIME) WHEN p.n < 0 OR p.n > 59 THEN CAST(dbx_bad_clock('MinuteOfHour', 59, p.n) AS TIME) WHEN p.s < 0 OR p.s >= 60 THEN CAST(dbx_bad_clock('SecondOfMinute', 59, CAST(trunc(p.s) AS BIGINT)) AS TIME) ELSE ${timeOfMicros(MADE)} END`,
];
