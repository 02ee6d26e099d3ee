import { castSql } from '../casts/cast';
import { coerce } from '../casts/coercion';
import { clockOf } from '../operators/dateArithmetic';
import { unsupported } from '../sqlError';
import { BIGINT, DATE, STRING, TIMESTAMP } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { instantSql, localSql } from '../timeZones/sessionZone';
import { isTime } from '../types/commonType';
import { derive, once, type Typed } from '../types/typed';
import { printFormat, readFormat } from './datePatterns';
import { argument, literalText } from './define';
import { asDate, asTime } from './moments';
import type { CallSite, ScalarFunction } from './signature';

const toDate = (tolerant: boolean): ScalarFunction => ({
	args: [1, 2],
	build(args, site) {
		const value = argument(args, 0, site);
		if (args[1] === undefined) {
			const mode = tolerant ? 'try' : 'explicit';
			const cast = castSql(asDateSource(value, site).sql, value.type, DATE, mode, value.literal);
			return derive(cast.sql, DATE, site.label, [value], cast.fallible ? { fallible: true } : {});
		}
		const sql = readText(value, args[1], site, 'date', tolerant);
		return derive(sql, DATE, site.label, [value], tolerant ? {} : { fallible: true });
	},
});

function asDateSource(value: Typed, site: CallSite): Typed {
	if (value.type.kind === 'string') return value;
	asDate(value, site);
	return value;
}

const toTimestamp = (tolerant: boolean): ScalarFunction => ({
	args: [1, 2],
	build(args, site) {
		const value = argument(args, 0, site);
		if (args[1] === undefined) {
			if (value.type.kind !== 'string' && value.type.kind !== 'date' && !isTime(value.type)) {
				throw unsupported(`${site.name} of a number`);
			}
			const mode = tolerant ? 'try' : 'explicit';
			const cast = castSql(value.sql, value.type, TIMESTAMP, mode, value.literal);
			return derive(
				cast.sql,
				TIMESTAMP,
				site.label,
				[value],
				cast.fallible ? { fallible: true } : {},
			);
		}
		const sql = instantSql(readText(value, args[1], site, 'timestamp', tolerant));
		return derive(sql, TIMESTAMP, site.label, [value], tolerant ? {} : { fallible: true });
	},
});

/** Reads a text by a pattern; what does not match is an error (CANNOT_PARSE_TIMESTAMP). */
function readText(
	value: Typed,
	format: Typed,
	site: CallSite,
	kind: 'date' | 'timestamp',
	tolerant: boolean,
): string {
	if (value.type.kind !== 'string')
		throw unsupported(`${site.name} of other than a text with a pattern`);
	const pattern = readFormat(literalText(format, `${site.name} with a pattern`));
	const names = pattern.fields.map((name) => sqlString(name)).join(', ');
	const part = (name: string, otherwise: string): string =>
		pattern.fields.includes(name) ? `lpad(p.${name}, 2, '0')` : `'${otherwise}'`;
	const day = `p.y || '-' || ${part('mo', '01')} || '-' || ${part('d', '01')}`;
	const fraction = pattern.fields.includes('f') ? `'.' || p.f` : `''`;
	const time = `' ' || ${part('h', '00')} || ':' || ${part('mi', '00')} || ':' || ${part('s', '00')} || ${fraction}`;
	const text = kind === 'date' ? day : `${day} || ${time}`;
	const type = kind === 'date' ? 'DATE' : 'TIMESTAMP';
	const checked = pattern.fields.includes('h')
		? `CASE WHEN CAST(p.h AS INTEGER) < 24 THEN TRY_CAST(${text} AS ${type}) END`
		: `TRY_CAST(${text} AS ${type})`;
	const bad = (v: string): string => (tolerant ? 'NULL' : `dbx_bad_datetime(${v})`);
	return once(
		value.sql,
		(v) =>
			`CASE WHEN regexp_full_match(${v}, ${sqlString(pattern.regex)}) THEN coalesce(list_transform([regexp_extract(${v}, ${sqlString(pattern.regex)}, [${names}])], lambda p: ${checked})[1], ${bad(v)}) WHEN ${v} IS NOT NULL THEN ${bad(v)} END`,
	);
}

const dateFormat: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const time = asTime(argument(args, 0, site), site);
		const format = argument(args, 1, site);
		const printed = printFormat(literalText(format, 'date_format with a pattern'));
		const sql = once(
			clockOf(time),
			(v) =>
				`CASE WHEN year(${v}) BETWEEN 1000 AND 9999 THEN strftime(${v}, ${sqlString(printed)}) WHEN ${v} IS NOT NULL THEN dbx_unsupported('date_format of years outside of 1000 to 9999') END`,
		);
		return derive(sql, STRING, site.label, [time, format]);
	},
};

const fromUnixtime: ScalarFunction = {
	args: [1, 2],
	build(args, site) {
		const seconds = coerce(argument(args, 0, site), BIGINT);
		const format =
			args[1] === undefined
				? 'yyyy-MM-dd HH:mm:ss'
				: literalText(args[1], 'from_unixtime with a pattern');
		const moment = localSql(`make_timestamp(${seconds.sql} * 1000000)`);
		const sql = `CASE WHEN year(${moment}) BETWEEN 1000 AND 9999 THEN strftime(${moment}, ${sqlString(printFormat(format))}) WHEN ${seconds.sql} IS NOT NULL THEN dbx_unsupported('from_unixtime of years outside of 1000 to 9999') END`;
		return derive(sql, STRING, site.label, [seconds], { fallible: true });
	},
};

export const DATE_TEXTS: [string, ScalarFunction][] = [
	['to_date', toDate(false)],
	['try_to_date', toDate(true)],
	['to_timestamp', toTimestamp(false)],
	['try_to_timestamp', toTimestamp(true)],
	['date_format', dateFormat],
	['from_unixtime', fromUnixtime],
];
