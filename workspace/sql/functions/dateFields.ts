import { clockOf } from '../operators/dateArithmetic';
import { SqlError, unsupported } from '../sqlError';
import { decimalType, INT, STRING } from '../sqlType';
import { derive, type Typed } from '../types/typed';
import { argument, literalText } from './define';
import { asDate, asTime } from './moments';
import type { CallSite, ScalarFunction } from './signature';

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
		if (value.type.kind === 'time') {
			return derive(`CAST(${ofTime?.(value.sql)} AS INTEGER)`, INT, site.label, [value]);
		}
		const time = asTime(value, site);
		return derive(`CAST(${ofTime?.(clockOf(time))} AS INTEGER)`, INT, site.label, [time]);
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

const OF_TIMES: Record<string, string> = {
	h: 'hour',
	hr: 'hour',
	hrs: 'hour',
	hour: 'hour',
	hours: 'hour',
	m: 'minute',
	min: 'minute',
	mins: 'minute',
	minute: 'minute',
	minutes: 'minute',
	s: 'second',
	sec: 'second',
	secs: 'second',
	second: 'second',
	seconds: 'second',
};

function extractLabel(asked: string, source: Typed, site: CallSite): string {
	return site.name === 'extract' ? `extract(${asked} FROM ${source.label})` : site.label;
}

/** A part of a time of day; seconds come with their fraction. */
function extractOfTime(asked: string, source: Typed, site: CallSite): Typed {
	const name = OF_TIMES[asked.toLowerCase()];
	if (name === undefined) {
		throw new SqlError(
			'INVALID_EXTRACT_FIELD',
			'42601',
			`Cannot extract \`${asked}\` from "${source.label}".`,
		);
	}
	const label = extractLabel(asked, source, site);
	if (name !== 'second') return { ...field(name).build([source], site), label };
	const micros = `CAST(epoch_us(${source.sql}) % 60000000 AS DECIMAL(8,0))`;
	const sql = `CAST(${micros} * CAST('0.000001' AS DECIMAL(6,6)) AS DECIMAL(8,6))`;
	return derive(sql, decimalType(8, 6), label, [source]);
}

const extract: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const asked = literalText(argument(args, 0, site), `${site.name} with a field`);
		const source = argument(args, 1, site);
		if (source.type.kind === 'time') return extractOfTime(asked, source, site);
		const name = EXTRACTED[asked.toLowerCase()];
		if (name === undefined) throw unsupported(`${site.name} of ${asked}`);
		if (source.type.kind === 'interval') throw unsupported(`${site.name} of an interval`);
		const label = extractLabel(asked, source, site);
		return { ...field(name).build([source], site), label };
	},
};

const named = (format: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		return derive(`strftime(${date.sql}, '${format}')`, STRING, site.label, [date]);
	},
});

export const DATE_FIELD_FUNCTIONS: [string, ScalarFunction][] = [
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
