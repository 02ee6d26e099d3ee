import { unsupported } from '../sqlError';
import { clockOf } from '../operators/dateArithmetic';
import { INT, STRING } from '../sqlType';
import { derive } from '../types/typed';
import { argument, literalText } from './define';
import { asDate, asTime } from './moments';
import type { ScalarFunction } from './signature';

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
