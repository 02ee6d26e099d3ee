import { coerce } from '../casts/coercion';
import { typeMismatch, unsupported } from '../sqlError';
import { DATE, INT, TIMESTAMP, typeText, type IntervalUnit, type SqlType } from '../sqlType';
import { isIntegral, isNumeric, isTime } from '../types/commonType';
import { derive, type Typed } from '../types/typed';

export const isTemporal = (type: SqlType): boolean =>
	type.kind === 'date' || isTime(type) || type.kind === 'interval';

export const isMonths = (type: SqlType): boolean =>
	type.kind === 'interval' && (type.start === 'year' || type.start === 'month');

const DAY_MICROS = '86400000000';
const ORDER: IntervalUnit[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** Months added to a date: the day is cut to the length of the month reached. */
export const addMonths = (date: string, months: string): string =>
	`CAST(${date} + to_months(CAST(${months} AS INTEGER)) AS DATE)`;

/** `+`, `-`, `*`, `/` where a date, a timestamp or an interval takes part. */
export function addTime(operator: string, left: Typed, right: Typed, label: string): Typed {
	const { type: a } = left;
	const { type: b } = right;
	if (operator === '*' || operator === '/') return scaleInterval(operator, left, right, label);
	if (operator !== '+' && operator !== '-') throw unsupported(`${operator} on ${typeText(a)}`);
	if (a.kind === 'interval' && b.kind === 'interval') {
		return intervals(operator, left, right, label);
	}
	if (a.kind === 'interval') {
		if (operator === '-') throw unsupported('an interval minus a date');
		return shift('+', right, left, label);
	}
	if (b.kind === 'interval') return shift(operator, left, right, label);
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
	if (isMonths(interval.type)) {
		if (base.type.kind === 'date') {
			return derive(addMonths(base.sql, amount), DATE, label, parts);
		}
		const sql = `(${base.sql} + to_months(CAST(${amount} AS INTEGER)))`;
		return derive(sql, base.type, label, parts);
	}
	const { type } = interval;
	if (base.type.kind === 'date' && type.kind === 'interval' && type.end === 'day') {
		const sql = `(${base.sql} + CAST(${amount} // ${DAY_MICROS} AS INTEGER))`;
		return derive(sql, DATE, label, parts);
	}
	const time = coerce(base, base.type.kind === 'date' ? TIMESTAMP : base.type);
	return derive(`(${time.sql} + to_microseconds(${amount}))`, time.type, label, parts);
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

function scaleInterval(operator: string, left: Typed, right: Typed, label: string): Typed {
	const [interval, factor] = left.type.kind === 'interval' ? [left, right] : [right, left];
	const whole = factor.type.kind === 'string' ? undefined : factor;
	if (
		operator !== '*' ||
		interval.type.kind !== 'interval' ||
		whole === undefined ||
		!isNumeric(whole.type) ||
		!isIntegral(whole.type)
	) {
		throw unsupported(`an interval ${operator} ${typeText(factor.type)}`);
	}
	const type: SqlType = isMonths(interval.type)
		? { kind: 'interval', start: 'year', end: 'month' }
		: { kind: 'interval', start: 'day', end: 'second' };
	return derive(`(${left.sql} * ${right.sql})`, type, label, [left, right], { fallible: true });
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
		const sql = `(epoch_us(${x.sql}) - epoch_us(${y.sql}))`;
		return derive(sql, { kind: 'interval', start: 'day', end: 'second' }, label, [left, right]);
	}
	throw unsupported(`${typeText(a)} - ${typeText(b)}`);
}
