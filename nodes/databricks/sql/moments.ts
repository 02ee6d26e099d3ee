import { mismatch } from './valueMismatch';

type MomentType = 'DATE' | 'TIMESTAMP' | 'TIMESTAMP_NTZ';

const form =
	/^([+-]?\d{4,6})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?$/;

/** A date of JavaScript, or one of Luxon, which n8n's expressions give (`$now`). By shape: it may come from another realm. */
export function isDateLike(value: unknown): value is object {
	return (
		typeof value === 'object' && value !== null && ('toISOString' in value || 'toISO' in value)
	);
}

/**
 * A date or time as SQL reads it, checked against the calendar: `2026-02-30` is an error here and not
 * in the middle of a batch. Throws ValueMismatch.
 */
export function momentOf(value: unknown, type: MomentType): string {
	const text = textOf(value, type);
	const match = form.exec(text);
	const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match ?? [];
	const isReal =
		match !== null &&
		isDay(Number(year), Number(month), Number(day)) &&
		(hour === undefined || (Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60));
	if (!isReal) throw mismatch(`is "${text.slice(0, 40)}", which is no ${type}`, examples[type]);
	const hasTime = Number(hour ?? 0) + Number(minute ?? 0) + Number(second) + Number(fraction) > 0;
	if (type === 'DATE') {
		if (!hasTime && zone === undefined) return `${year}-${two(month)}-${two(day)}`;
		throw mismatch(
			`is "${text.slice(0, 40)}", whose time of day a DATE would lose`,
			'Give the day alone, as in {{ $json.at.slice(0, 10) }}, or choose the type Timestamp.',
		);
	}
	if (fraction.replace(/0+$/, '').length > 6) {
		throw mismatch('has more than six digits of a second', 'A TIMESTAMP keeps microseconds.');
	}
	if (type === 'TIMESTAMP_NTZ' && zone !== undefined) {
		throw mismatch(
			`is "${text.slice(0, 40)}", whose time zone a TIMESTAMP_NTZ would lose`,
			'Choose the type Timestamp, or give the time without a zone.',
		);
	}
	return text;
}

const examples: Readonly<Record<MomentType, string>> = {
	DATE: 'Write it as in 2026-10-31.',
	TIMESTAMP: 'Write it as in 2026-10-31T02:00:00+08:00.',
	TIMESTAMP_NTZ: 'Write it as in 2026-10-31T02:00:00.',
};

function textOf(value: unknown, type: MomentType): string {
	if (!isDateLike(value)) {
		if (typeof value === 'string') return value.trim();
		throw mismatch(
			`is ${typeof value === 'object' ? 'a list or an object' : `${String(value)}`}, which is no ${type}`,
			examples[type],
		);
	}
	const isLocal = type !== 'TIMESTAMP';
	const text =
		'toISO' in value && typeof value.toISO === 'function'
			? String(value.toISO({ includeOffset: !isLocal }))
			: 'toISOString' in value && typeof value.toISOString === 'function'
				? String(value.toISOString()).slice(0, isLocal ? -1 : undefined)
				: '';
	// An object always has a time of day; for a DATE its day is what is meant.
	return type === 'DATE' ? text.slice(0, text.indexOf('T')) : text;
}

function isDay(year: number, month: number, day: number): boolean {
	if (month < 1 || month > 12 || day < 1) return false;
	const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
	const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	return day <= (days[month - 1] ?? 0);
}

function two(digits: string | undefined): string {
	return (digits ?? '').padStart(2, '0');
}
