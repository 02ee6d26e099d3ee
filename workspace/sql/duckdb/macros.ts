import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlString } from '../stringLiteral';
import { OTHER_CASE } from '../types/collations';
import { TIME_MACROS } from './timeMacros';
import { registerVariantFunctions } from './variantFunctions';

const HINT_CAST =
	'Use `try_cast` to tolerate malformed input and return NULL instead. SQLSTATE: 22018';

/** Errors that a value can end in; the text carries Spark's condition and SQLSTATE. */
const FAILURES: string[] = [
	`dbx_invalid_cast(v, target) AS error('[CAST_INVALID_INPUT] The value ''' || v || ''' of the type "STRING" cannot be cast to "' || target || '" because it is malformed. Correct the value as per the syntax, or change its target type. ${HINT_CAST}')`,
	`dbx_cast_overflow(v, source, target) AS error('[CAST_OVERFLOW] The value ' || v || ' of the type "' || source || '" cannot be cast to "' || target || '" due to an overflow. Use \`try_cast\` to tolerate overflow and return NULL instead. SQLSTATE: 22003')`,
	`dbx_store_overflow(source, target, name) AS error('[CAST_OVERFLOW_IN_TABLE_INSERT] Fail to assign a value of "' || source || '" type to the "' || target || '" type column or variable ' || name || ' due to an overflow. Use \`try_cast\` on the input value to tolerate overflow and return NULL instead. SQLSTATE: 22003')`,
	`dbx_decimal_overflow(v, p, s) AS error('[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION] ' || v || ' cannot be represented as Decimal(' || p || ', ' || s || '). If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error, and return NULL instead. SQLSTATE: 22003')`,
	`dbx_bad_variant(v, target) AS error('[INVALID_VARIANT_CAST] The variant value \`' || v || '\` cannot be cast into \`"' || target || '"\`. Please use \`try_variant_get\` instead. SQLSTATE: 22023')`,
	`dbx_overflow(name) AS error('[ARITHMETIC_OVERFLOW] ' || name || ' overflow. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22003')`,
	`dbx_divide_by_zero() AS error('[DIVIDE_BY_ZERO] Division by zero. Use \`try_divide\` to tolerate divisor being 0 and return NULL instead. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22012')`,
	`dbx_interval_by_zero() AS error('[INTERVAL_DIVIDED_BY_ZERO] Division by zero. Use \`try_divide\` to tolerate divisor being 0 and return NULL instead. SQLSTATE: 22012')`,
	`dbx_remainder_by_zero() AS error('[REMAINDER_BY_ZERO] Remainder by zero. Use \`try_mod\` to tolerate divisor being 0 and return NULL instead. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22012')`,
	`dbx_index_error(i, n) AS error('[INVALID_ARRAY_INDEX] The index ' || i || ' is out of bounds. The array has ' || n || ' elements. Use the SQL function \`get()\` to tolerate accessing element at invalid index and return NULL instead. SQLSTATE: 22003')`,
	`dbx_element_error(i, n) AS error('[INVALID_ARRAY_INDEX_IN_ELEMENT_AT] The index ' || i || ' is out of bounds. The array has ' || n || ' elements. Use \`try_element_at\` to tolerate accessing element at invalid index and return NULL instead. SQLSTATE: 22003')`,
	`dbx_index_zero() AS error('[INVALID_INDEX_OF_ZERO] The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1). SQLSTATE: 22003')`,
	`dbx_unsupported(what) AS error('[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE] The local workspace does not support ' || what || '. SQLSTATE: 0A000')`,
	`dbx_bad_datetime(v) AS error('[CANNOT_PARSE_TIMESTAMP] Text ''' || v || ''' could not be parsed. Use \`try_to_timestamp\` to tolerate invalid input string and return NULL instead. SQLSTATE: 22007')`,
	`dbx_bad_field(what) AS error('[DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION] ' || what || '. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22023')`,
	`dbx_bad_day(y, m, d) AS dbx_bad_field(CASE WHEN m < 1 OR m > 12 THEN 'Invalid value for MonthOfYear (valid values 1 - 12): ' || m WHEN d < 1 OR d > 31 THEN 'Invalid value for DayOfMonth (valid values 1 - 28/31): ' || d WHEN m = 2 AND d = 29 THEN 'Invalid date ''February 29'' as ''' || y || ''' is not a leap year' ELSE 'Invalid date ''' || ['JANUARY','FEBRUARY','MARCH','APRIL','MAY','JUNE','JULY','AUGUST','SEPTEMBER','OCTOBER','NOVEMBER','DECEMBER'][m] || ' ' || d || '''' END)`,
	`dbx_duplicate_key(k) AS error('[DUPLICATED_MAP_KEY] Duplicate map key ' || k || ' was found, please check the input data.' || chr(10) || 'If you want to remove the duplicated keys, you can set "spark.sql.mapKeyDedupPolicy" to "LAST_WIN" so that the key inserted at last takes precedence. SQLSTATE: 23505')`,
];

/** What the clocks of a time zone show (DuckDB's ICU), and when they show it: the first time that it comes. */
const ZONES: string[] = [
	"dbx_local(t, z) AS timezone(z, timezone('UTC', t))",
	'dbx_offset(t, z) AS epoch_us(dbx_local(t, z)) - epoch_us(t)',
	'dbx_by_offset(l, z, b, a) AS l - to_microseconds(CASE WHEN dbx_offset(l - to_microseconds(b), z) <> b AND dbx_offset(l - to_microseconds(a), z) = a THEN a ELSE b END)',
	'dbx_instant(l, z) AS dbx_by_offset(l, z, dbx_offset(l - INTERVAL 1 DAY, z), dbx_offset(l + INTERVAL 1 DAY, z))',
	"dbx_offset_text(s) AS CASE WHEN s = 0 THEN 'Z' ELSE CASE WHEN s < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(s) // 3600 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(s) // 60 % 60 AS VARCHAR), 2, '0') || CASE WHEN s % 60 = 0 THEN '' ELSE ':' || lpad(CAST(abs(s) % 60 AS VARCHAR), 2, '0') END END",
];

/** Which texts are numbers, truth values, dates and timestamps to Spark. */
const READERS: string[] = [
	"dbx_is_number(v) AS regexp_full_match(v, '\\s*[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?\\s*')",
	"dbx_is_special(v) AS regexp_full_match(lower(v), '\\s*(?:[+-]?(?:inf|infinity)|nan)\\s*')",
	"dbx_java_number(v) AS regexp_full_match(lower(v), '\\s*[+-]?(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:e[+-]?[0-9]+)?[df]|0x[0-9a-f.]+p[+-]?[0-9]+[df]?|nan[df]?|infinity[df]?)\\s*') AND NOT dbx_is_special(v)",
	"dbx_special(v) AS replace(replace(lower(trim(v)), '+', ''), 'infinity', 'inf')",
	"dbx_is_true(v) AS lower(trim(v, ' \t\n\r')) IN ('t', 'true', 'y', 'yes', '1')",
	"dbx_is_false(v) AS lower(trim(v, ' \t\n\r')) IN ('f', 'false', 'n', 'no', '0')",
	"dbx_date_parts(v) AS regexp_extract(v, '^\\s*([+-]?[0-9]{4,7})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:[ T].*)?)?)?\\s*$', ['y', 'm', 'd'])",
	"dbx_field(t, otherwise) AS CASE WHEN t = '' THEN otherwise ELSE CAST(t AS INTEGER) END",
	"dbx_date_of(p) AS CASE WHEN p.y <> '' THEN TRY(make_date(CAST(replace(p.y, '+', '') AS INTEGER), dbx_field(p.m, 1), dbx_field(p.d, 1))) END",
	"dbx_text_to_date(v) AS CASE WHEN regexp_full_match(v, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN TRY_CAST(v AS DATE) ELSE dbx_date_of(dbx_date_parts(v)) END",
	"dbx_ts_parts(v) AS regexp_extract(v, '^\\s*([+-]?[0-9]{4,6})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:[ T]([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2})(?:\\.([0-9]*))?\\s*(Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::[0-5]?[0-9])?|[+-](?:0[0-9]|1[0-8])[0-5][0-9])?)?)?)?)?)?\\s*$', ['y', 'm', 'd', 'h', 'n', 's', 'f', 'z'])",
	"dbx_zone_seconds(z) AS CASE WHEN z IN ('', 'Z', 'UTC', 'GMT') THEN 0 ELSE (CASE WHEN starts_with(z, '-') THEN -1 ELSE 1 END) * (CAST(regexp_extract(z, '^[+-]([0-9]{1,2})', 1) AS INTEGER) * 3600 + CAST('0' || regexp_extract(z, '^[+-](?:[0-9]{1,2}:|[0-9]{2})([0-9]{1,2})$', 1) AS INTEGER) * 60) END",
	"dbx_clock(p) AS CASE WHEN dbx_field(p.h, 0) < 24 AND dbx_field(p.n, 0) < 60 AND dbx_field(p.s, 0) < 60 THEN to_microseconds(CAST(dbx_field(p.h, 0) * 3600 + dbx_field(p.n, 0) * 60 + dbx_field(p.s, 0) AS BIGINT) * 1000000 + CAST('0' || rpad(p.f[1:6], 6, '0') AS BIGINT)) END",
	'dbx_ts_of(p) AS TRY(CAST(dbx_date_of(p) AS TIMESTAMP) + dbx_clock(p))',
	"dbx_region_zone(v) AS regexp_full_match(v, '.*[0-9]\\s*(?:[A-Za-z]+/[A-Za-z_/]+|[A-Z]{3,4}[+-][0-9:]+|[+-][0-9]{2}:?[0-9]{2}:?[0-9]{2}|[A-Z]{2,4})\\s*')",
	"dbx_plain_ts(v) AS regexp_full_match(v, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?')",
	"dbx_odd_ts(v) AS (dbx_region_zone(v) AND dbx_ts_parts(v).y = '') OR regexp_full_match(v, '\\s*T?[0-9]{1,2}:[0-9:.]+.*')",
	"dbx_text_to_timestamp(v) AS CASE WHEN dbx_plain_ts(v) THEN TRY_CAST(v AS TIMESTAMP) WHEN dbx_odd_ts(v) THEN dbx_unsupported('this form of a timestamp text') ELSE dbx_ts_of(dbx_ts_parts(v)) - to_seconds(dbx_zone_seconds(dbx_ts_parts(v).z)) END",
	"dbx_text_to_timestamp_ntz(v) AS CASE WHEN dbx_plain_ts(v) THEN TRY_CAST(v AS TIMESTAMP) WHEN dbx_odd_ts(v) THEN dbx_unsupported('this form of a timestamp text') ELSE dbx_ts_of(dbx_ts_parts(v)) END",
	'dbx_epoch_seconds(t) AS CAST(floor(epoch_us(t) / 1000000) AS BIGINT)',
];

/** Spark's texts of numbers (Java's form of doubles), dates and times. */
const WRITERS: string[] = [
	"dbx_mantissa(digits) AS digits[1] || '.' || CASE WHEN length(rtrim(digits[2:], '0')) = 0 THEN '0' ELSE rtrim(digits[2:], '0') END",
	"dbx_scientific(t) AS CASE WHEN contains(t, 'e') THEN dbx_mantissa(replace(split_part(t, 'e', 1), '.', '')) || 'E' || CAST(CAST(split_part(t, 'e', 2) AS INTEGER) AS VARCHAR) WHEN starts_with(t, '0.') THEN dbx_mantissa(ltrim(t[3:], '0')) || 'E-' || CAST(length(t) - 1 - length(ltrim(t[3:], '0')) AS VARCHAR) ELSE dbx_mantissa(replace(t, '.', '')) || 'E' || CAST(strpos(t, '.') - 2 AS VARCHAR) END",
	"dbx_number_text(x, t, tiny, tinytext) AS CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN t WHEN abs(x) = tiny THEN CASE WHEN x < 0 THEN '-' ELSE '' END || tinytext WHEN x < 0 THEN '-' || dbx_scientific(t[2:]) ELSE dbx_scientific(t) END",
	"dbx_double_text(x) AS dbx_number_text(x, CAST(x AS VARCHAR), CAST('4.9e-324' AS DOUBLE), '4.9E-324')",
	"dbx_float_text(x) AS dbx_number_text(CAST(x AS DOUBLE), CAST(x AS VARCHAR), CAST(CAST('1.4e-45' AS FLOAT) AS DOUBLE), '1.4E-45')",
	"dbx_year_text(y) AS CASE WHEN y > 9999 THEN '+' WHEN y < 0 THEN '-' ELSE '' END || CASE WHEN abs(y) > 9999 THEN CAST(abs(y) AS VARCHAR) ELSE lpad(CAST(abs(y) AS VARCHAR), 4, '0') END",
	"dbx_date_text(d) AS CASE WHEN year(d) BETWEEN 1 AND 9999 THEN CAST(d AS VARCHAR) ELSE dbx_year_text(year(d)) || '-' || lpad(CAST(month(d) AS VARCHAR), 2, '0') || '-' || lpad(CAST(day(d) AS VARCHAR), 2, '0') END",
	"dbx_timestamp_text(t) AS CASE WHEN year(t) BETWEEN 1 AND 9999 THEN CAST(t AS VARCHAR) ELSE dbx_date_text(CAST(t AS DATE)) || ' ' || rtrim(rtrim(strftime(t, '%H:%M:%S.%f'), '0'), '.') END",
	'dbx_iso(t, whole, clock) AS CASE WHEN year(t) BETWEEN 1 AND 9999 THEN strftime(t, whole) ELSE dbx_date_text(CAST(t AS DATE)) || strftime(t, clock) END',
	"dbx_timestamp_ms(t) AS dbx_iso(t, '%Y-%m-%dT%H:%M:%S.%g', 'T%H:%M:%S.%g')",
	"dbx_timestamp_iso(t) AS CASE WHEN epoch_us(t) % 1000 = 0 THEN dbx_timestamp_ms(t) ELSE dbx_iso(t, '%Y-%m-%dT%H:%M:%S.%f', 'T%H:%M:%S.%f') END",
	"dbx_binary_text(b) AS CASE WHEN b IS NULL THEN NULL ELSE coalesce(TRY(decode(b)), dbx_unsupported('binary values that are no UTF-8 as text')) END",
	'dbx_shown_text(b) AS CASE WHEN b IS NULL THEN NULL ELSE coalesce(TRY(decode(b)), dbx_decoded(hex(b))) END',
	"dbx_unit_text(n, unit) AS CASE WHEN n = 0 THEN '' ELSE CAST(n AS VARCHAR) || ' ' || unit || ' ' END",
	"dbx_signed_seconds(us) AS CASE WHEN us = 0 THEN '' ELSE CASE WHEN us < 0 THEN '-' ELSE '' END || CAST(abs(us) // 1000000 AS VARCHAR) || rtrim(rtrim('.' || lpad(CAST(abs(us) % 1000000 AS VARCHAR), 6, '0'), '0'), '.') || ' seconds' END",
	"dbx_calendar_parts(i) AS dbx_unit_text(datepart('year', i), 'years') || dbx_unit_text(datepart('month', i), 'months') || dbx_unit_text(datepart('day', i), 'days') || dbx_unit_text(datepart('hour', i), 'hours') || dbx_unit_text(datepart('minute', i), 'minutes') || dbx_signed_seconds(datepart('microsecond', i))",
	"dbx_calendar_text(i) AS CASE WHEN dbx_calendar_parts(i) = '' THEN '0 seconds' ELSE rtrim(dbx_calendar_parts(i)) END",
	"dbx_calendar_micros(i) AS datepart('hour', i) * 3600000000 + datepart('minute', i) * 60000000 + datepart('microsecond', i)",
	"dbx_seconds_text(us) AS (CASE WHEN us < 10000000 THEN '0' ELSE '' END || CAST(us // 1000000 AS VARCHAR)) || CASE WHEN us % 1000000 = 0 THEN '' ELSE '.' || rtrim(lpad(CAST(us % 1000000 AS VARCHAR), 6, '0'), '0') END",
];

/** Texts that JSON and letter case give alike in both engines; the rest is refused. */
const TEXTS: string[] = [
	"dbx_json_scalar(j) AS CASE json_type(j) WHEN 'NULL' THEN NULL WHEN 'VARCHAR' THEN json_extract_string(j, '$') WHEN 'DOUBLE' THEN CASE WHEN length(CAST(j AS VARCHAR)) > 16 THEN dbx_unsupported('long numbers inside JSON') ELSE dbx_double_text(CAST(CAST(j AS VARCHAR) AS DOUBLE)) END WHEN 'OBJECT' THEN dbx_json_whole(CAST(j AS VARCHAR)) WHEN 'ARRAY' THEN dbx_json_whole(CAST(j AS VARCHAR)) ELSE CAST(j AS VARCHAR) END",
	"dbx_json_whole(t) AS CASE WHEN regexp_matches(t, '[0-9][.eE][0-9+-]') THEN dbx_unsupported('fractions inside a JSON object or array') ELSE t END",
	// The driver drops one byte order mark at the beginning of a text that it hands over.
	'dbx_wire_text(s) AS CASE WHEN starts_with(s, chr(65279)) THEN chr(65279) || s ELSE s END',
	"dbx_reverse(s) AS CASE WHEN length(s) <> length_grapheme(s) THEN dbx_unsupported('reverse of a text with combined characters') ELSE reverse(s) END",
	"dbx_upper(s) AS CASE WHEN regexp_matches(s, '[\\x{DF}\\x{149}\\x{19B}\\x{1F0}\\x{264}\\x{390}\\x{3B0}\\x{587}\\x{1C8A}\\x{1E96}-\\x{1E9A}\\x{1F50}-\\x{1FFC}\\x{A7CD}-\\x{A7DB}\\x{FB00}-\\x{FB17}\\x{FEFF}\\x{10D70}-\\x{10D85}\\x{16EBB}-\\x{16ED3}]') THEN dbx_unsupported('upper of letters that become several') ELSE upper(s) END",
	`dbx_lcase(s) AS CASE WHEN regexp_matches(s, ${sqlString(OTHER_CASE)}) THEN dbx_unsupported('UTF8_LCASE of letters whose case the engines see differently') ELSE s END`,
	"dbx_lower(s) AS CASE WHEN regexp_matches(s, '[\\x{130}\\x{3A3}\\x{1C89}\\x{A7CB}-\\x{A7DC}\\x{FEFF}\\x{10D50}-\\x{10D65}\\x{16EA0}-\\x{16EB8}]') THEN dbx_unsupported('lower of letters that depend on their place') ELSE lower(s) END",
];

/** Exact arithmetic on unscaled decimals (128 bits). */
const NUMBERS: string[] = [
	'dbx_half_up(n, d) AS (n // d) + CASE WHEN abs(n % d) >= abs(d) - abs(n % d) THEN CASE WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END ELSE 0 END',
	'dbx_half_even(n, d) AS (n // d) + CASE WHEN abs(n % d) > abs(d) - abs(n % d) OR (abs(n % d) = abs(d) - abs(n % d) AND (n // d) % 2 <> 0) THEN CASE WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END ELSE 0 END',
	'dbx_percentile(sorted, p) AS CASE WHEN len(sorted) > 0 THEN CASE WHEN floor((len(sorted) - 1) * p) = ceil((len(sorted) - 1) * p) THEN sorted[CAST((len(sorted) - 1) * p AS BIGINT) + 1] ELSE (ceil((len(sorted) - 1) * p) - (len(sorted) - 1) * p) * sorted[CAST(floor((len(sorted) - 1) * p) AS BIGINT) + 1] + ((len(sorted) - 1) * p - floor((len(sorted) - 1) * p)) * sorted[CAST(ceil((len(sorted) - 1) * p) AS BIGINT) + 1] END END',
];

/**
 * Prepares one DuckDB connection for the SQL that the translator prints: the `dbx_*` macros and functions, and the
 * session settings (UTC, stable order, scalar subqueries that fail on two rows).
 */
export async function installMacros(connection: DuckDBConnection): Promise<void> {
	const macros = [
		...FAILURES,
		...ZONES,
		...READERS,
		...TIME_MACROS,
		...WRITERS,
		...TEXTS,
		...NUMBERS,
	];
	const settings = [
		"SET TimeZone = 'UTC'",
		'SET preserve_insertion_order = true',
		'SET scalar_subquery_error_on_multiple_rows = true',
	];
	const create = macros.map((macro) => `CREATE OR REPLACE TEMP MACRO ${macro}`);
	await connection.run([...settings, ...create].join(';\n'));
	registerVariantFunctions(connection);
}
