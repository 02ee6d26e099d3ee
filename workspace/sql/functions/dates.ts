import { coerce, wrongArgument } from '../casts/coercion';
import { addMonths, clockOf, onClocks } from '../operators/dateArithmetic';
import { unsupported } from '../sqlError';
import { DATE, DOUBLE, TIMESTAMP } from '../sqlType';
import { localSql } from '../timeZones/sessionZone';
import { derive, once, onceEach } from '../types/typed';
import { argument, asInt, literalText } from './define';
import { asDate, asTime } from './moments';
import type { ScalarFunction } from './signature';

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
		const sql = onceEach(clockOf(a), clockOf(b), (x, y) => {
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
		const cut = (t: string): string => `CAST(date_trunc('${unit}', ${t}) AS TIMESTAMP)`;
		// Within a day it is the time since the hour or minute began that is taken away.
		const sql = ['hour', 'minute', 'second'].includes(unit)
			? once(time.sql, (t) => `(${t} - (${localSql(t)} - ${cut(localSql(t))}))`)
			: onClocks(time, cut);
		return derive(sql, TIMESTAMP, site.label, [time]);
	},
};

const makeDate: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const [y, m, d] = [0, 1, 2].map((index) => asInt(argument(args, index, site), site));
		if (y === undefined || m === undefined || d === undefined) throw unsupported('make_date');
		const text = `lpad(CAST(${y.sql} AS VARCHAR), 4, '0') || '-' || lpad(CAST(${m.sql} AS VARCHAR), 2, '0') || '-' || lpad(CAST(${d.sql} AS VARCHAR), 2, '0')`;
		const odd = `dbx_unsupported('years outside of 0001 to 9999')`;
		const bad = `dbx_bad_day(${y.sql}, ${m.sql}, ${d.sql})`;
		const sql = `CASE WHEN ${y.sql} < 1 OR ${y.sql} > 9999 THEN ${odd} WHEN ${m.sql} NOT BETWEEN 1 AND 12 OR ${d.sql} NOT BETWEEN 1 AND 31 THEN ${bad} WHEN ${y.sql} IS NOT NULL AND ${m.sql} IS NOT NULL AND ${d.sql} IS NOT NULL THEN coalesce(TRY_CAST(${text} AS DATE), ${bad}) END`;
		return derive(sql, DATE, site.label, [y, m, d], { fallible: true });
	},
};

export const DATES: [string, ScalarFunction][] = [
	['date_add', addDays('+')],
	['date_sub', addDays('-')],
	['add_months', addMonthsFunction],
	['last_day', lastDay],
	['months_between', monthsBetween],
	['trunc', trunc],
	['date_trunc', dateTrunc],
	['make_date', makeDate],
];
