import { castSql } from '../cast';
import type { CallSite, ScalarFunction } from '../calls';
import { coerce, isTime, wrongArgument } from '../coercion';
import { addMonths } from '../dateArithmetic';
import { unsupported } from '../sqlError';
import { sqlString } from '../stringLiteral';
import { BIGINT, DATE, DOUBLE, INT, STRING, TIMESTAMP } from '../sqlType';
import { derive, once, onceEach, type Typed } from '../typed';
import { printFormat, readFormat } from './datePatterns';
import { argument, asInt, literalText } from './define';

/** An argument as DATE: texts and timestamps are cast. */
export function asDate(value: Typed, site: CallSite, index = 0): Typed {
	if (value.type.kind === 'date') return value;
	if (isTime(value.type) || value.type.kind === 'string' || value.type.kind === 'void') {
		return coerce(value, DATE);
	}
	throw wrongArgument(site.label, index, '"DATE"', value);
}

/** An argument as TIMESTAMP (or TIMESTAMP_NTZ where it is one). */
export function asTime(value: Typed, site: CallSite, index = 0): Typed {
	if (isTime(value.type)) return value;
	if (value.type.kind === 'date' || value.type.kind === 'string' || value.type.kind === 'void') {
		return coerce(value, TIMESTAMP);
	}
	throw wrongArgument(site.label, index, '"TIMESTAMP"', value);
}

const DATE_FIELDS: Record<string, (d: string) => string> = {
	year: (d) => `year(${d})`,
	quarter: (d) => `quarter(${d})`,
	month: (d) => `month(${d})`,
	week: (d) => `weekofyear(${d})`,
	day: (d) => `day(${d})`,
	dayofweek: (d) => `(dayofweek(${d}) + 1)`,
	weekday: (d) => `(isodow(${d}) - 1)`,
	doy: (d) => `dayofyear(${d})`,
};
const TIME_FIELDS: Record<string, (t: string) => string> = {
	hour: (t) => `hour(${t})`,
	minute: (t) => `minute(${t})`,
	second: (t) => `second(${t})`,
};

const field = (name: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const ofDate = DATE_FIELDS[name];
		const ofTime = TIME_FIELDS[name];
		const value = argument(args, 0, site);
		if (ofDate !== undefined) {
			const date = asDate(value, site);
			return derive(`CAST(${ofDate(date.sql)} AS INTEGER)`, INT, site.label, [date]);
		}
		const time = asTime(value, site);
		return derive(`CAST(${ofTime?.(time.sql)} AS INTEGER)`, INT, site.label, [time]);
	},
});

const EXTRACTED: Record<string, string> = {
	year: 'year',
	years: 'year',
	quarter: 'quarter',
	qtr: 'quarter',
	month: 'month',
	months: 'month',
	mon: 'month',
	week: 'week',
	weeks: 'week',
	day: 'day',
	days: 'day',
	d: 'day',
	dayofweek: 'dayofweek',
	dow: 'dayofweek',
	doy: 'doy',
	hour: 'hour',
	hours: 'hour',
	minute: 'minute',
	minutes: 'minute',
};

const extract: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const asked = literalText(argument(args, 0, site), `${site.name} with a field`);
		const name = EXTRACTED[asked.toLowerCase()];
		if (name === undefined) throw unsupported(`${site.name} of ${asked}`);
		const source = argument(args, 1, site);
		if (source.type.kind === 'interval') throw unsupported(`${site.name} of an interval`);
		const label = site.name === 'extract' ? `extract(${asked} FROM ${source.label})` : site.label;
		return { ...field(name).build([source], site), label };
	},
};

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
		const sql = readText(value, args[1], site, 'timestamp', tolerant);
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
			time.sql,
			(v) =>
				`CASE WHEN year(${v}) BETWEEN 1000 AND 9999 THEN strftime(${v}, ${sqlString(printed)}) WHEN ${v} IS NOT NULL THEN dbx_unsupported('date_format of years outside of 1000 to 9999') END`,
		);
		return derive(sql, STRING, site.label, [time, format]);
	},
};

const addDays = (sign: '+' | '-'): ScalarFunction => ({
	args: [2, 2],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		const given = argument(args, 1, site);
		if (given.type.kind === 'bigint')
			throw wrongArgument(site.label, 1, '("INT" or "SMALLINT" or "TINYINT")', given);
		const days = asInt(given, site);
		return derive(`(${date.sql} ${sign} ${days.sql})`, DATE, site.label, [date, days]);
	},
});

const addMonthsFunction: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		const months = asInt(argument(args, 1, site), site);
		return derive(addMonths(date.sql, months.sql), DATE, site.label, [date, months]);
	},
};

const lastDay: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		return derive(`last_day(${date.sql})`, DATE, site.label, [date]);
	},
};

/** Whole months when the days agree or both are last days, else a share of 31 days, to 8 digits. */
const monthsBetween: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const a = asTime(argument(args, 0, site), site);
		const b = asTime(argument(args, 1, site), site, 1);
		const sql = onceEach(a.sql, b.sql, (x, y) => {
			const months = `((year(${x}) * 12 + month(${x})) - (year(${y}) * 12 + month(${y})))`;
			const last = (t: string): string => `day(last_day(${t})) = day(${t})`;
			const seconds = (t: string): string =>
				`floor((epoch_us(${t}) - epoch_us(date_trunc('day', ${t}))) / 1000000)`;
			const share = `(${months} + ((day(${x}) - day(${y})) * 86400 + ${seconds(x)} - ${seconds(y)}) / 2678400.0::DOUBLE)`;
			return `CASE WHEN day(${x}) = day(${y}) OR (${last(x)} AND ${last(y)}) THEN CAST(${months} AS DOUBLE) ELSE floor(${share} * 1e8 + 0.5) / 1e8 END`;
		});
		return derive(sql, DOUBLE, `months_between(${a.label}, ${b.label}, true)`, [a, b]);
	},
};

const TRUNCATED: Record<string, string> = {
	year: 'year',
	yyyy: 'year',
	yy: 'year',
	quarter: 'quarter',
	month: 'month',
	mon: 'month',
	mm: 'month',
	week: 'week',
};
const TIME_TRUNCATED: Record<string, string> = {
	...TRUNCATED,
	day: 'day',
	dd: 'day',
	hour: 'hour',
	minute: 'minute',
	second: 'second',
};

const trunc: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		const format = literalText(argument(args, 1, site), 'trunc with a format');
		const unit = TRUNCATED[format.toLowerCase()];
		if (unit === undefined) throw unsupported(`trunc to ${format}`);
		return derive(`CAST(date_trunc('${unit}', ${date.sql}) AS DATE)`, DATE, site.label, [date]);
	},
};

const dateTrunc: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const format = literalText(argument(args, 0, site), 'date_trunc with a format');
		const unit = TIME_TRUNCATED[format.toLowerCase()];
		if (unit === undefined) throw unsupported(`date_trunc to ${format}`);
		const time = coerce(asTime(argument(args, 1, site), site, 1), TIMESTAMP);
		const sql = `CAST(date_trunc('${unit}', ${time.sql}) AS TIMESTAMP)`;
		return derive(sql, TIMESTAMP, site.label, [time]);
	},
};

const makeDate: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const [y, m, d] = [0, 1, 2].map((index) => asInt(argument(args, index, site), site));
		if (y === undefined || m === undefined || d === undefined) throw unsupported('make_date');
		const text = `lpad(CAST(${y.sql} AS VARCHAR), 4, '0') || '-' || lpad(CAST(${m.sql} AS VARCHAR), 2, '0') || '-' || lpad(CAST(${d.sql} AS VARCHAR), 2, '0')`;
		const bad = `dbx_bad_field('Invalid date ' || ${y.sql} || '-' || ${m.sql} || '-' || ${d.sql})`;
		const sql = `CASE WHEN ${y.sql} < 1 OR ${y.sql} > 9999 OR ${m.sql} > 99 OR ${d.sql} > 99 THEN ${bad} WHEN ${y.sql} IS NOT NULL AND ${m.sql} IS NOT NULL AND ${d.sql} IS NOT NULL THEN coalesce(TRY_CAST(${text} AS DATE), ${bad}) END`;
		return derive(sql, DATE, site.label, [y, m, d], { fallible: true });
	},
};

const fromEpoch = (factor: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (!['tinyint', 'smallint', 'int', 'bigint', 'void'].includes(value.type.kind)) {
			throw unsupported(`${site.name} of a number that is not whole`);
		}
		const count = coerce(value, BIGINT);
		return derive(`make_timestamp(${count.sql} * ${factor})`, TIMESTAMP, site.label, [count], {
			fallible: true,
		});
	},
});

const toEpoch = (divisor: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const time = coerce(asTime(argument(args, 0, site), site), TIMESTAMP);
		const sql = `CAST(floor(epoch_us(${time.sql}) / ${divisor}) AS BIGINT)`;
		const exact = divisor === '1' ? `epoch_us(${time.sql})` : sql;
		return derive(exact, BIGINT, site.label, [time]);
	},
});

const unixTimestamp: ScalarFunction = {
	args: [0, 2],
	build(args, site) {
		if (args.length === 0) {
			const seconds = Math.floor(site.context.analyzer.scope.now.getTime() / 1000);
			return { sql: `CAST(${seconds} AS BIGINT)`, type: BIGINT, label: site.label };
		}
		const value = argument(args, 0, site);
		if (value.type.kind === 'string') throw unsupported(`${site.name} of a text`);
		const time = coerce(asTime(value, site), TIMESTAMP);
		return derive(`dbx_epoch_seconds(${time.sql})`, BIGINT, site.label, [time]);
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
		const sql = `strftime(make_timestamp(${seconds.sql} * 1000000), ${sqlString(printFormat(format))})`;
		return derive(sql, STRING, site.label, [seconds], { fallible: true });
	},
};

const unixDate: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		return derive(`CAST(${date.sql} - DATE '1970-01-01' AS INTEGER)`, INT, site.label, [date]);
	},
};

const dateFromUnixDate: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const days = asInt(argument(args, 0, site), site);
		return derive(`(DATE '1970-01-01' + ${days.sql})`, DATE, site.label, [days]);
	},
};

const now = (kind: 'date' | 'timestamp'): ScalarFunction => ({
	args: [0, 0],
	build(_args, site) {
		const iso = site.context.analyzer.scope.now.toISOString();
		const label = `${site.name}()`;
		if (kind === 'date') return { sql: `DATE '${iso.slice(0, 10)}'`, type: DATE, label };
		return { sql: `TIMESTAMP '${iso.slice(0, 23).replace('T', ' ')}'`, type: TIMESTAMP, label };
	},
});

const named = (format: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		return derive(`strftime(${date.sql}, '${format}')`, STRING, site.label, [date]);
	},
});

export const DATES: [string, ScalarFunction][] = [
	['to_date', toDate(false)],
	['try_to_date', toDate(true)],
	['to_timestamp', toTimestamp(false)],
	['try_to_timestamp', toTimestamp(true)],
	['date_format', dateFormat],
	['date_add', addDays('+')],
	['date_sub', addDays('-')],
	['add_months', addMonthsFunction],
	['last_day', lastDay],
	['months_between', monthsBetween],
	['trunc', trunc],
	['date_trunc', dateTrunc],
	['make_date', makeDate],
	['timestamp_seconds', fromEpoch('1000000')],
	['timestamp_millis', fromEpoch('1000')],
	['timestamp_micros', fromEpoch('1')],
	['unix_seconds', toEpoch('1000000')],
	['unix_millis', toEpoch('1000')],
	['unix_micros', toEpoch('1')],
	['unix_timestamp', unixTimestamp],
	['to_unix_timestamp', unixTimestamp],
	['from_unixtime', fromUnixtime],
	['unix_date', unixDate],
	['date_from_unix_date', dateFromUnixDate],
	['current_date', now('date')],
	['curdate', now('date')],
	['current_timestamp', now('timestamp')],
	['now', now('timestamp')],
	['dayname', named('%a')],
	['monthname', named('%b')],
	['extract', extract],
	['date_part', extract],
	['datepart', extract],
	['year', field('year')],
	['quarter', field('quarter')],
	['month', field('month')],
	['weekofyear', field('week')],
	['day', field('day')],
	['dayofmonth', field('day')],
	['dayofweek', field('dayofweek')],
	['weekday', field('weekday')],
	['dayofyear', field('doy')],
	['hour', field('hour')],
	['minute', field('minute')],
	['second', field('second')],
];
