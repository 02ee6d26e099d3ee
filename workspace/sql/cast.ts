import { nestedCast } from './castNested';
import { textSql } from './castText';
import { SqlError, typeMismatch, unsupported } from './sqlError';
import { sqlString } from './stringLiteral';
import { duckdbType, sameType, typeText, type SqlType } from './sqlType';
import { once } from './typed';

/** `explicit` and `store` fail on bad values as ANSI mode does, `try` gives NULL for them. */
export type CastMode = 'explicit' | 'store' | 'try';

export interface Cast {
	sql: string;
	/** whether a value can make it fail */
	fallible: boolean;
}

const RANGES: Partial<Record<SqlType['kind'], [low: string, high: string]>> = {
	tinyint: ['-128', '127'],
	smallint: ['-32768', '32767'],
	int: ['-2147483648', '2147483647'],
	bigint: ['-9223372036854775808', '9223372036854775807'],
};
const WIDTH: Partial<Record<SqlType['kind'], number>> = {
	tinyint: 1,
	smallint: 2,
	int: 3,
	bigint: 4,
};

/**
 * Converts DuckDB SQL of one Spark type to another as Spark's ANSI CAST does: texts are checked by
 * Spark's grammar, fractions are cut off for integers, decimals are rounded half up.
 * @throws SqlError DATATYPE_MISMATCH.CAST_… for pairs Spark does not convert, 0A000 for unverified ones
 */
export function castSql(
	sql: string,
	from: SqlType,
	to: SqlType,
	mode: CastMode,
	literal?: { value: string | null },
): Cast {
	if (to.kind === 'char' || to.kind === 'varchar') {
		return castSql(sql, from, { kind: 'string' }, mode, literal);
	}
	if (from.kind === 'char' || from.kind === 'varchar') {
		return castSql(sql, { kind: 'string' }, to, mode, literal);
	}
	if (sameType(from, to)) return { sql, fallible: false };
	const plain = (): Cast => ({ sql: `CAST(${sql} AS ${duckdbType(to)})`, fallible: false });
	if (from.kind === 'void') return plain();
	if (to.kind === 'string') return { sql: textSql(sql, from), fallible: false };
	const nested = nestedCast(sql, from, to, mode);
	if (nested !== undefined) return nested;
	if (to.kind === 'variant' || from.kind === 'variant') throw unsupported('the type VARIANT');
	switch (from.kind) {
		case 'string':
			return fromText(sql, to, mode, literal);
		case 'tinyint':
		case 'smallint':
		case 'int':
		case 'bigint':
			return fromInteger(sql, from, to, mode);
		case 'float':
		case 'double':
			return fromFloating(sql, from, to, mode);
		case 'decimal':
			return fromDecimal(sql, from, to, mode);
		case 'boolean':
			if (WIDTH[to.kind] !== undefined || to.kind === 'float' || to.kind === 'double')
				return plain();
			if (to.kind === 'decimal') {
				return fromInteger(`CAST(${sql} AS INTEGER)`, { kind: 'int' }, to, mode);
			}
			break;
		case 'date':
			if (to.kind === 'timestamp' || to.kind === 'timestamp_ntz') return plain();
			break;
		case 'timestamp':
		case 'timestamp_ntz':
			if (to.kind === 'date' || to.kind === 'timestamp' || to.kind === 'timestamp_ntz')
				return plain();
			if (to.kind === 'bigint' && from.kind === 'timestamp') {
				return { sql: `dbx_epoch_seconds(${sql})`, fallible: false };
			}
			if (from.kind === 'timestamp' && (WIDTH[to.kind] ?? to.kind === 'double')) {
				throw unsupported(`CAST of TIMESTAMP to ${typeText(to)}`);
			}
			break;
		case 'binary':
		case 'interval':
			throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
		default:
	}
	throw castMismatch(from, to);
}

const SUGGESTIONS: Record<string, string> = {
	'int>date': '`DATE_FROM_UNIX_DATE`',
	'date>int': '`UNIX_DATE`',
	'tinyint>date': '`DATE_FROM_UNIX_DATE`',
	'smallint>date': '`DATE_FROM_UNIX_DATE`',
	'bigint>date': '`DATE_FROM_UNIX_DATE`',
	'date>bigint': '`UNIX_DATE`',
};

export function castMismatch(from: SqlType, to: SqlType): SqlError {
	const suggestion = SUGGESTIONS[`${from.kind}>${to.kind}`];
	const text = `cannot cast "${typeText(from)}" to "${typeText(to)}".`;
	if (suggestion === undefined) return typeMismatch('CAST_WITHOUT_SUGGESTION', 'CAST', text);
	return typeMismatch(
		'CAST_WITH_FUNC_SUGGESTION',
		'CAST',
		`${text}\nTo convert values from "${typeText(from)}" to "${typeText(to)}", you can use the functions ${suggestion} instead.`,
	);
}

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

function fromText(
	sql: string,
	to: SqlType,
	mode: CastMode,
	literal?: { value: string | null },
): Cast {
	const target = sqlString(typeText(to));
	const type = duckdbType(to);
	if (typeof literal?.value === 'string' && SURELY[to.kind]?.test(literal.value)) {
		return { sql: `CAST(${sql} AS ${type})`, fallible: false };
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
			const over = mode === 'try' ? 'NULL' : overflow(to);
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
						`CASE WHEN dbx_is_number(${v}) THEN CAST(${v} AS ${type}) WHEN dbx_is_special(${v}) THEN CAST(dbx_special(${v}) AS ${type}) WHEN ${v} IS NOT NULL THEN ${bad(v)} END`,
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
			const reader = `dbx_text_to_${to.kind}`;
			return {
				sql: once(
					sql,
					(v) => `CASE WHEN ${v} IS NOT NULL THEN coalesce(${reader}(${v}), ${bad(v)}) END`,
				),
				fallible,
			};
		}
		case 'binary':
			return { sql: `encode(${sql})`, fallible: false };
		case 'interval':
		case 'variant':
			throw unsupported(`CAST of STRING to ${typeText(to)}`);
		default:
			throw castMismatch({ kind: 'string' }, to);
	}
}

function overflow(to: { precision: number; scale: number }): string {
	return `dbx_decimal_overflow(CAST($ AS VARCHAR), ${to.precision}, ${to.scale})`;
}

const VALUE_SUFFIX: Partial<Record<SqlType['kind'], string>> = {
	bigint: 'L',
	tinyint: 'T',
	smallint: 'S',
	double: 'D',
};
/** How many digits every value of an integer type fits in, and how many always fit it. */
const MOST_DIGITS: Partial<Record<SqlType['kind'], number>> = {
	tinyint: 3,
	smallint: 5,
	int: 10,
	bigint: 19,
};
const SURE_DIGITS: Partial<Record<SqlType['kind'], number>> = {
	tinyint: 2,
	smallint: 4,
	int: 9,
	bigint: 18,
};

/** A value that does not fit: NULL for try_cast, else CAST_OVERFLOW with the value as Spark shows it. */
function doesNotFit(from: SqlType, to: SqlType, mode: CastMode, value: string): string {
	if (mode === 'try') return 'NULL';
	if (mode === 'store') {
		return `dbx_store_overflow(${sqlString(typeText(from))}, ${sqlString(typeText(to))})`;
	}
	const suffix = VALUE_SUFFIX[from.kind] ?? '';
	return `dbx_cast_overflow(${value} || '${suffix}', ${sqlString(typeText(from))}, ${sqlString(typeText(to))})`;
}

function fromInteger(sql: string, from: SqlType, to: SqlType, mode: CastMode): Cast {
	const fromWidth = WIDTH[from.kind] ?? 0;
	const toWidth = WIDTH[to.kind];
	const plain = `CAST(${sql} AS ${duckdbType(to)})`;
	if (toWidth !== undefined) {
		if (toWidth >= fromWidth) return { sql: plain, fallible: false };
		const [low, high] = RANGES[to.kind] ?? ['0', '0'];
		const type = duckdbType(to);
		return {
			sql: once(
				sql,
				(v) =>
					`CASE WHEN ${v} < ${low} OR ${v} > ${high} THEN ${doesNotFit(from, to, mode, `CAST(${v} AS VARCHAR)`)} ELSE CAST(${v} AS ${type}) END`,
			),
			fallible: mode !== 'try',
		};
	}
	switch (to.kind) {
		case 'float':
		case 'double':
			return { sql: plain, fallible: false };
		case 'boolean':
			return { sql: `(${sql} <> 0)`, fallible: false };
		case 'decimal': {
			const digits = MOST_DIGITS[from.kind] ?? 19;
			if (to.precision - to.scale >= digits) return { sql: plain, fallible: false };
			return toDecimal(sql, from, to, mode);
		}
		case 'timestamp':
			return { sql: `make_timestamp(CAST(${sql} AS BIGINT) * 1000000)`, fallible: true };
		case 'interval':
			throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
		default:
			throw castMismatch(from, to);
	}
}

function toDecimal(
	sql: string,
	from: SqlType,
	to: SqlType & { kind: 'decimal' },
	mode: CastMode,
): Cast {
	const type = duckdbType(to);
	const failure = (v: string): string =>
		mode === 'try'
			? 'NULL'
			: mode === 'store'
				? doesNotFit(from, to, mode, v)
				: overflow(to).replace('$', v);
	return {
		sql: once(
			sql,
			(v) =>
				`CASE WHEN ${v} IS NOT NULL THEN coalesce(TRY_CAST(${v} AS ${type}), ${failure(v)}) END`,
		),
		fallible: mode !== 'try',
	};
}

function fromFloating(sql: string, from: SqlType, to: SqlType, mode: CastMode): Cast {
	if (to.kind === 'float' || to.kind === 'double') {
		return { sql: `CAST(${sql} AS ${duckdbType(to)})`, fallible: false };
	}
	if (to.kind === 'boolean') return { sql: `(${sql} <> 0)`, fallible: false };
	if (to.kind === 'decimal') {
		// Spark goes through the shortest text of the number, so that 1234.565 rounds up.
		const special = mode === 'try' ? 'NULL' : overflow(to);
		const inner = toDecimal('$text', from, to, mode).sql;
		return {
			sql: once(
				sql,
				(v) =>
					`CASE WHEN isfinite(${v}) THEN ${inner.replaceAll('$text', `CAST(${v} AS VARCHAR)`)} WHEN ${v} IS NOT NULL THEN ${special.replaceAll('$', v)} END`,
			),
			fallible: mode !== 'try',
		};
	}
	const range = RANGES[to.kind];
	if (range === undefined) {
		if (to.kind === 'timestamp') throw unsupported(`CAST of ${typeText(from)} to TIMESTAMP`);
		throw castMismatch(from, to);
	}
	const [low, high] = range;
	const type = duckdbType(to);
	const below = to.kind === 'bigint' ? `${high}::DOUBLE` : `${high}.0::DOUBLE + 1`;
	const value = (v: string): string => `dbx_double_text(CAST(${v} AS DOUBLE))`;
	return {
		sql: once(
			sql,
			(v) =>
				`CASE WHEN isnan(${v}) OR ${v} >= ${below} OR ceil(CAST(${v} AS DOUBLE)) < ${low}.0::DOUBLE THEN ${doesNotFit(from, to, mode, value(v))} ELSE CAST(trunc(${v}) AS ${type}) END`,
		),
		fallible: mode !== 'try',
	};
}

function fromDecimal(
	sql: string,
	from: SqlType & { kind: 'decimal' },
	to: SqlType,
	mode: CastMode,
): Cast {
	if (to.kind === 'decimal') {
		const fits = to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
		if (fits) return { sql: `CAST(${sql} AS ${duckdbType(to)})`, fallible: false };
		return toDecimal(sql, from, to, mode);
	}
	if (to.kind === 'float' || to.kind === 'double') {
		return { sql: decimalToFloating(sql, from, to), fallible: false };
	}
	if (to.kind === 'boolean') return { sql: `(${sql} <> 0)`, fallible: false };
	const range = RANGES[to.kind];
	if (range === undefined) {
		if (to.kind === 'timestamp') throw unsupported('CAST of DECIMAL to TIMESTAMP');
		throw castMismatch(from, to);
	}
	const type = duckdbType(to);
	const cut = (v: string): string => (from.scale === 0 ? v : `trunc(${v})`);
	const capacity = SURE_DIGITS[to.kind] ?? 0;
	if (from.precision - from.scale <= capacity) {
		return { sql: `CAST(${cut(sql)} AS ${type})`, fallible: false };
	}
	const failure = (v: string): string =>
		doesNotFit(from, to, mode, `CAST(${v} AS VARCHAR) || 'BD'`);
	return {
		sql: once(
			sql,
			(v) =>
				`CASE WHEN ${v} IS NOT NULL THEN coalesce(TRY_CAST(${cut(v)} AS ${type}), ${failure(v)}) END`,
		),
		fallible: mode !== 'try',
	};
}

/** Exactly rounded: directly while both sides are exact, through text beyond 15 digits. */
function decimalToFloating(sql: string, from: { precision: number }, to: SqlType): string {
	const text = from.precision > 15 || to.kind === 'float' ? `CAST(${sql} AS VARCHAR)` : sql;
	return `CAST(${text} AS ${duckdbType(to)})`;
}
