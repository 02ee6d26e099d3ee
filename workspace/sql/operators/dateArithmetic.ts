import { coerce } from '../casts/coercion';
import { isMonths } from '../casts/interval';
import { typeMismatch, unsupported } from '../sqlError';
import {
	DATE,
	DOUBLE,
	duckdbType,
	INT,
	TIMESTAMP,
	typeText,
	type IntervalUnit,
	type SqlType,
} from '../sqlType';
import { instantSql, isUtc, localSql } from '../timeZones/sessionZone';
import { isFloating, isIntegral, isNumeric, isTime } from '../types/commonType';
import { derive, onceEach, type Typed } from '../types/typed';

export const isTemporal = (type: SqlType): boolean =>
	type.kind === 'date' || isTime(type) || isInterval(type);

const isInterval = (type: SqlType): boolean =>
	type.kind === 'interval' || type.kind === 'calendar_interval';

const DAY_MICROS = '86400000000';
const ORDER: IntervalUnit[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** Months added to a date: the day is cut to the length of the month reached. */
export const addMonths = (date: string, months: string): string =>
	`CAST(${date} + to_months(CAST(${months} AS INTEGER)) AS DATE)`;

/** What the clocks show at a moment: of TIMESTAMP the session's, of TIMESTAMP_NTZ it is the value. */
export const clockOf = ({ sql, type }: Typed): string =>
	type.kind === 'timestamp' ? localSql(sql) : sql;

/** A moment changed by what its clocks show. */
export function onClocks(moment: Typed, change: (clock: string) => string): string {
	const changed = change(clockOf(moment));
	return moment.type.kind === 'timestamp' ? instantSql(changed) : changed;
}

/** Whole days go by the clocks, the rest by time that passes; so do 24 hours. */
export function addMicros(moment: Typed, micros: string): string {
	if (moment.type.kind !== 'timestamp' || isUtc()) {
		return `(${moment.sql} + to_microseconds(${micros}))`;
	}
	const days = onClocks(
		moment,
		(t) => `(${t} + to_days(CAST(${micros} // ${DAY_MICROS} AS INTEGER)))`,
	);
	return `(${days} + to_microseconds(${micros} % ${DAY_MICROS}))`;
}

/** `+`, `-`, `*`, `/` where a date, a timestamp or an interval takes part. */
export function addTime(operator: string, left: Typed, right: Typed, label: string): Typed {
	const { type: a } = left;
	const { type: b } = right;
	if (operator === '*' || operator === '/') return scaleInterval(operator, left, right, label);
	if (operator !== '+' && operator !== '-') throw unsupported(`${operator} on ${typeText(a)}`);
	if (isInterval(a) && isInterval(b)) return intervals(operator, left, right, label);
	if (isInterval(a)) {
		if (operator === '-') throw unsupported('an interval minus a date');
		return shift('+', right, left, label);
	}
	if (isInterval(b)) return shift(operator, left, right, label);
	if (operator === '-') return difference(left, right, label);
	if (a.kind === 'date') return addDays('+', left, right);
	if (b.kind === 'date') return addDays('+', right, left);
	throw unsupported(`${typeText(a)} ${operator} ${typeText(b)}`);
}

function addDays(operator: string, date: Typed, days: Typed): Typed {
	const name = `date_${operator === '+' ? 'add' : 'sub'}(${date.label}, ${days.label})`;
	if (!isIntegral(days.type) || days.type.kind === 'bigint') {
		throw typeMismatch(
			'UNEXPECTED_INPUT_TYPE',
			name,
			`The second parameter requires the ("INT" or "SMALLINT" or "TINYINT") type, however "${days.label}" has the type "${typeText(days.type)}".`,
		);
	}
	const count = coerce(days, INT);
	return derive(`(${date.sql} ${operator} ${count.sql})`, DATE, name, [date, count]);
}

/** A date or timestamp moved by an interval. */
export function shift(operator: string, moment: Typed, interval: Typed, label: string): Typed {
	const base =
		moment.type.kind === 'string' || moment.type.kind === 'void'
			? coerce(moment, TIMESTAMP)
			: moment;
	if (base.type.kind !== 'date' && !isTime(base.type)) {
		throw unsupported(`${typeText(moment.type)} ${operator} an interval`);
	}
	const parts = [moment, interval];
	const amount = operator === '-' ? `(-${interval.sql})` : interval.sql;
	if (interval.type.kind === 'calendar_interval') return shiftCalendar(base, amount, label, parts);
	if (isMonths(interval.type)) {
		if (base.type.kind === 'date') {
			return derive(addMonths(base.sql, amount), DATE, label, parts);
		}
		return derive(
			onClocks(base, (t) => `(${t} + to_months(CAST(${amount} AS INTEGER)))`),
			base.type,
			label,
			parts,
		);
	}
	const { type } = interval;
	if (base.type.kind === 'date' && type.kind === 'interval' && type.end === 'day') {
		const sql = `(${base.sql} + CAST(${amount} // ${DAY_MICROS} AS INTEGER))`;
		return derive(sql, DATE, label, parts);
	}
	const time = coerce(base, base.type.kind === 'date' ? TIMESTAMP : base.type);
	return derive(addMicros(time, amount), time.type, label, parts);
}

/** Months, then days by the clocks, then time that passes; a date takes no time. */
function shiftCalendar(base: Typed, interval: string, label: string, parts: Typed[]): Typed {
	if (base.type.kind === 'date') {
		const sql = onceEach(
			base.sql,
			interval,
			(date, i) =>
				`CASE WHEN dbx_calendar_micros(${i}) <> 0 THEN dbx_unsupported('a date and an interval with hours, minutes or seconds') ELSE CAST(${date} + ${i} AS DATE) END`,
		);
		return derive(sql, DATE, label, parts, { fallible: true });
	}
	const sql = onceEach(base.sql, interval, (moment, i) => {
		const micros = `to_microseconds(dbx_calendar_micros(${i}))`;
		return `(${onClocks({ ...base, sql: moment }, (t) => `(${t} + (${i} - ${micros}))`)} + ${micros})`;
	});
	return derive(sql, base.type, label, parts);
}

function intervals(operator: string, left: Typed, right: Typed, label: string): Typed {
	const { type: a } = left;
	const { type: b } = right;
	if (a.kind !== 'interval' || b.kind !== 'interval' || isMonths(a) !== isMonths(b)) {
		throw unsupported('an interval of months and days together');
	}
	const start = ORDER[Math.min(ORDER.indexOf(a.start), ORDER.indexOf(b.start))] ?? a.start;
	const end = ORDER[Math.max(ORDER.indexOf(a.end), ORDER.indexOf(b.end))] ?? a.end;
	const sql = `(${left.sql} ${operator} ${right.sql})`;
	return derive(sql, { kind: 'interval', start, end }, label, [left, right], { fallible: true });
}

/** An interval times or by a number: halves are rounded away from zero, to months or microseconds. */
function scaleInterval(operator: string, left: Typed, right: Typed, label: string): Typed {
	const [interval, given] = left.type.kind === 'interval' ? [left, right] : [right, left];
	const factor = given.type.kind === 'string' ? coerce(given, DOUBLE) : given;
	const isDivision = operator === '/' && interval === left;
	const { type: number } = factor;
	if (
		interval.type.kind !== 'interval' ||
		!isNumeric(number) ||
		(operator === '/' && !isDivision)
	) {
		throw unsupported(`an interval ${operator} ${typeText(given.type)}`);
	}
	if (number.kind === 'decimal' && number.precision > 18) {
		throw unsupported(`an interval ${operator} ${typeText(number)}`);
	}
	const type: SqlType = isMonths(interval.type)
		? { kind: 'interval', start: 'year', end: 'month' }
		: { kind: 'interval', start: 'day', end: 'second' };
	const whole = (sql: string): string => `CAST(${sql} AS ${duckdbType(type)})`;
	const scaled = (count: string, by: string): string => {
		if (!isDivision)
			return isIntegral(number) ? `${count} * ${by}` : `round(${exact(count, number)} * ${by})`;
		const ratio = isFloating(number)
			? `round(${exact(count, number)} / ${by})`
			: decimalRatio(count, by, number);
		return `CASE WHEN ${by} = 0 THEN CAST(dbx_interval_by_zero() AS BIGINT) ELSE ${ratio} END`;
	};
	const sql = onceEach(interval.sql, factor.sql, (count, by) => whole(scaled(count, by)));
	return derive(sql, type, label, [interval, factor], { fallible: true });
}

/** A count of months or microseconds in the kind of number that it is multiplied with. */
const exact = (count: string, number: SqlType): string =>
	`CAST(${count} AS ${isFloating(number) ? 'DOUBLE' : 'DECIMAL(19,0)'})`;

/** Rounded on whole numbers: both sides are as many times larger as the decimal has digits after the point. */
function decimalRatio(count: string, by: string, number: SqlType): string {
	const shift = `1${'0'.repeat(number.kind === 'decimal' ? number.scale : 0)}`;
	const wide = (sql: string): string => `CAST(${sql} AS HUGEINT)`;
	return `dbx_half_up(${wide(count)} * ${shift}, ${wide(`${by} * ${shift}`)})`;
}

function difference(left: Typed, right: Typed, label: string): Typed {
	const { type: a } = left;
	const { type: b } = right;
	if (a.kind === 'date' && isIntegral(b)) return addDays('-', left, right);
	if (a.kind === 'date' && (b.kind === 'date' || b.kind === 'string')) {
		const y = coerce(right, DATE);
		const sql = `(CAST(${left.sql} - ${y.sql} AS BIGINT) * ${DAY_MICROS})`;
		return derive(sql, { kind: 'interval', start: 'day', end: 'day' }, label, [left, y]);
	}
	if ((isTime(a) || a.kind === 'date') && (isTime(b) || b.kind === 'date')) {
		const x = a.kind === 'date' ? coerce(left, TIMESTAMP) : left;
		const y = b.kind === 'date' ? coerce(right, TIMESTAMP) : right;
		// Between what the clocks show, not between the instants.
		const [ours, theirs] = [x, y].map(clockOf);
		const sql = `(epoch_us(${ours}) - epoch_us(${theirs}))`;
		return derive(sql, { kind: 'interval', start: 'day', end: 'second' }, label, [left, right]);
	}
	throw unsupported(`${typeText(a)} - ${typeText(b)}`);
}
