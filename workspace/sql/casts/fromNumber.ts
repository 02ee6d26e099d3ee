import { quoteName, unsupported } from '../sqlError';
import { duckdbType, typeText, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { once } from '../types/typed';
import { NoCast, decimalOverflow, WIDTH, type Cast, type CastMode } from './castRules';
import { wholeToInterval } from './interval';

const RANGES: Partial<Record<SqlType['kind'], [low: string, high: string]>> = {
	tinyint: ['-128', '127'],
	smallint: ['-32768', '32767'],
	int: ['-2147483648', '2147483647'],
	bigint: ['-9223372036854775808', '9223372036854775807'],
};
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
	if (typeof mode === 'object') {
		return `dbx_store_overflow(${sqlString(typeText(from))}, ${sqlString(typeText(to))}, ${sqlString(quoteName([mode.column]))})`;
	}
	const suffix = VALUE_SUFFIX[from.kind] ?? '';
	const shown =
		from.kind === 'double'
			? `${value} || CASE WHEN isfinite(CAST(${value} AS DOUBLE)) THEN 'D' ELSE '' END`
			: `${value} || '${suffix}'`;
	return `dbx_cast_overflow(${shown}, ${sqlString(typeText(from))}, ${sqlString(typeText(to))})`;
}

export function fromInteger(sql: string, from: SqlType, to: SqlType, mode: CastMode): Cast {
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
			return wholeToInterval(sql, from, to);
		default:
			throw new NoCast();
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
			: typeof mode === 'object'
				? doesNotFit(from, to, mode, v)
				: decimalOverflow(to).replace('$', v);
	return {
		sql: once(
			sql,
			(v) =>
				`CASE WHEN ${v} IS NOT NULL THEN coalesce(TRY_CAST(${v} AS ${type}), ${failure(v)}) END`,
		),
		fallible: mode !== 'try',
	};
}

export function fromFloating(sql: string, from: SqlType, to: SqlType, mode: CastMode): Cast {
	if (to.kind === 'float' || to.kind === 'double') {
		return { sql: `CAST(${sql} AS ${duckdbType(to)})`, fallible: false };
	}
	if (to.kind === 'boolean') return { sql: `(${sql} <> 0)`, fallible: false };
	if (to.kind === 'decimal') {
		// Spark goes through the shortest text of the number as DOUBLE, so that 1234.565 rounds up.
		const special = mode === 'try' ? 'NULL' : decimalOverflow(to);
		const inner = toDecimal('$text', from, to, mode).sql;
		return {
			sql: once(
				sql,
				(v) =>
					`CASE WHEN isfinite(${v}) THEN ${inner.replaceAll('$text', `CAST(CAST(${v} AS DOUBLE) AS VARCHAR)`)} WHEN ${v} IS NOT NULL THEN ${special.replaceAll('$', v)} END`,
			),
			fallible: mode !== 'try',
		};
	}
	const range = RANGES[to.kind];
	if (range === undefined) {
		if (to.kind === 'timestamp') throw unsupported(`CAST of ${typeText(from)} to TIMESTAMP`);
		throw new NoCast();
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

export function fromDecimal(
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
		throw new NoCast();
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
