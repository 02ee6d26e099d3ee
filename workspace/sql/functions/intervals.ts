import { UNIT_SIZE } from '../casts/interval';
import { coerce } from '../casts/coercion';
import {
	CALENDAR_INTERVAL,
	decimalType,
	duckdbType,
	INT,
	type IntervalUnit,
	type SqlType,
} from '../sqlType';
import { derive } from '../types/typed';
import type { ScalarFunction } from './signature';

/** An interval from a number of each unit; what is left out is none of it, and shown as such. */
const made = (type: SqlType, units: readonly IntervalUnit[]): ScalarFunction => ({
	args: [0, units.length],
	build(args, site) {
		const numbers = args.map((arg, index) =>
			coerce(arg, units[index] === 'second' ? decimalType(18, 6) : INT),
		);
		const counts = numbers.map(
			({ sql }, index) => `CAST(${sql} * ${UNIT_SIZE[units[index] ?? 'second']} AS BIGINT)`,
		);
		const labels = units.map(
			(unit, index) => args[index]?.label ?? (unit === 'second' ? '0.000000' : '0'),
		);
		const sql = `CAST(${counts.length === 0 ? '0' : counts.join(' + ')} AS ${duckdbType(type)})`;
		const label = `${site.name}(${labels.join(', ')})`;
		return derive(sql, type, label, numbers, { fallible: true });
	},
});

const CALENDAR = ['years', 'months', 'weeks', 'days', 'hours', 'mins', 'secs'];

/** make_interval(years, months, weeks, days, hours, minutes, seconds) */
const calendar: ScalarFunction = {
	args: [0, CALENDAR.length],
	build(args, site) {
		const numbers = args.map((arg, index) => coerce(arg, index === 6 ? decimalType(18, 6) : INT));
		const [years, months, weeks, days, hours, minutes, seconds] = CALENDAR.map(
			(_, index) => numbers[index]?.sql ?? '0',
		);
		const whole = (sql: string, type: string): string => `CAST(${sql} AS ${type})`;
		const sql = [
			`to_months(${whole(`${years} * 12 + ${months}`, 'INTEGER')})`,
			`to_days(${whole(`${weeks} * 7 + ${days}`, 'INTEGER')})`,
			`to_microseconds(${whole(`${hours} * 3600000000 + ${minutes} * 60000000 + ${seconds} * 1000000`, 'BIGINT')})`,
		].join(' + ');
		const labels = CALENDAR.map(
			(_, index) => args[index]?.label ?? (index === 6 ? '0.000000' : '0'),
		);
		const label = `${site.name}(${labels.join(', ')})`;
		return derive(`(${sql})`, CALENDAR_INTERVAL, label, numbers, { fallible: true });
	},
};

export const INTERVALS: [string, ScalarFunction][] = [
	['make_interval', calendar],
	['make_ym_interval', made({ kind: 'interval', start: 'year', end: 'month' }, ['year', 'month'])],
	[
		'make_dt_interval',
		made({ kind: 'interval', start: 'day', end: 'second' }, ['day', 'hour', 'minute', 'second']),
	],
];
