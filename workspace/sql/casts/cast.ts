import { unsupported } from '../sqlError';
import { duckdbType, sameType, typeText, type SqlType } from '../sqlType';
import { instantSql, localSql } from '../timeZones/sessionZone';
import { collatedSql, plainSql } from '../types/collations';
import { holdsCollated, isNested } from '../types/commonType';
import { castMismatch, NoCast, WIDTH, type Cast, type CastMode } from './castRules';
import { fromDecimal, fromFloating, fromInteger } from './fromNumber';
import { fromText } from './fromText';
import { intervalToInterval, intervalToWhole } from './interval';
import { nestedCast } from './nested';
import { textSql } from './text';
import { fromTime, toTime } from './time';
import { fromVariant, toVariant } from './variant';

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
	/** how Spark names the cast in an error */
	label = `CAST(${literal?.value ?? ''} AS ${typeText(to)})`,
): Cast {
	try {
		return convert(sql, from, to, mode, literal);
	} catch (error) {
		throw error instanceof NoCast ? castMismatch(from, to, label) : error;
	}
}

function convert(
	sql: string,
	from: SqlType,
	to: SqlType,
	mode: CastMode,
	literal?: { value: string | null },
): Cast {
	if (to.kind === 'char' || to.kind === 'varchar') {
		return convert(sql, from, { kind: 'string' }, mode, literal);
	}
	if (from.kind === 'char' || from.kind === 'varchar') {
		return convert(sql, { kind: 'string' }, to, mode, literal);
	}
	if (sameType(from, to)) return { sql, fallible: false };
	if (from.kind === 'collated') {
		const { sql: done, fallible } = convert(plainSql(sql), { kind: 'string' }, to, mode);
		return { sql: done, fallible };
	}
	if (to.kind === 'collated') {
		const text = convert(sql, from, { kind: 'string' }, mode, literal);
		return { sql: collatedSql(text.sql), fallible: true };
	}
	if (isNested(to) && holdsCollated(to)) throw unsupported(`CAST to ${typeText(to)}`);
	const plain = (): Cast => ({ sql: `CAST(${sql} AS ${duckdbType(to)})`, fallible: false });
	if (from.kind === 'void') return plain();
	if (to.kind === 'variant') return { sql: toVariant(sql, from, textSql), fallible: false };
	if (from.kind === 'variant' && to.kind !== 'string') {
		return { sql: fromVariant(sql, to, mode, convert), fallible: mode !== 'try' };
	}
	if (to.kind === 'string') return { sql: textSql(sql, from), fallible: false };
	if (to.kind === 'time' && from.kind !== 'string' && !isNested(from)) {
		return toTime(sql, from, to, mode);
	}
	const nested = nestedCast(sql, from, to, mode, convert);
	if (nested !== undefined) return nested;
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
			if (to.kind === 'timestamp_ntz') return plain();
			if (to.kind === 'timestamp') return { sql: instantSql(plain().sql), fallible: false };
			break;
		case 'timestamp':
		case 'timestamp_ntz':
			if (to.kind === 'timestamp') return { sql: instantSql(sql), fallible: false };
			if (to.kind === 'timestamp_ntz') return { sql: localSql(sql), fallible: false };
			if (to.kind === 'date') {
				const local = from.kind === 'timestamp' ? localSql(sql) : sql;
				return { sql: `CAST(${local} AS DATE)`, fallible: false };
			}
			if (to.kind === 'bigint' && from.kind === 'timestamp') {
				return { sql: `dbx_epoch_seconds(${sql})`, fallible: false };
			}
			if (
				from.kind === 'timestamp' &&
				(WIDTH[to.kind] ?? (to.kind === 'double' || to.kind === 'float'))
			) {
				throw unsupported(`CAST of TIMESTAMP to ${typeText(to)}`);
			}
			break;
		case 'time':
			return fromTime(from, to);
		case 'interval':
			if (to.kind === 'interval') return intervalToInterval(sql, from, to);
			if (WIDTH[to.kind] === undefined) {
				throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
			}
			return fromInteger(intervalToWhole(sql, from, to), { kind: 'bigint' }, to, mode);
		case 'binary':
			throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
		default:
	}
	throw new NoCast();
}
