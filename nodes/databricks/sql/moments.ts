import { mismatch } from './valueMismatch';

type MomentType = 'DATE' | 'TIMESTAMP' | 'TIMESTAMP_NTZ';

const form =
	/^([+-]?\d{4,6})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?)?$/;

/** A date of JavaScript, or one of Luxon, which n8n's expressions give (`$now`). By shape: it may come from another realm. */
export function isDateLike(value: unknown): value is object {
	return (
		typeof value === 'object' && value !== null && ('toISOString' in value || 'toISO' in value)
	);
}

/**
 * A date or time as SQL reads it, checked against the calendar: `2026-02-30` is an error here and not
 * in the middle of a batch. A DATE may be written as a midnight, as `$today` is. Throws ValueMismatch.
 */
export function momentOf(value: unknown, type: MomentType): string {
	const text = textOf(value, type);
	const match = form.exec(text);
	const [, year = '', month, day, hour, minute, second = '00', fraction = '', zone] = match ?? [];
	const offset = zone === undefined ? '' : offsetText(zone);
	const isReal =
		isDay(Number(year), Number(month), Number(day)) &&
		(hour === undefined || (Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60));
	if (match === null || !isReal || offset === undefined) {
		throw mismatch(`is "${text.slice(0, 40)}", which is no ${type}`, examples[type]);
	}
	const date = `${year}-${two(month)}-${two(day)}`;
	if (type === 'DATE') {
		const hasTime = Number(hour ?? 0) + Number(minute ?? 0) + Number(second) + Number(fraction) > 0;
		if (!hasTime) return date;
		throw mismatch(
			`is "${text.slice(0, 40)}", whose time of day a DATE would lose`,
			"Give the day alone, as in {{ $now.toFormat('yyyy-MM-dd') }} or {{ $json.at.slice(0, 10) }}.",
		);
	}
	checkMicroseconds(fraction);
	if (type === 'TIMESTAMP_NTZ' && zone !== undefined) {
		throw mismatch(
			`is "${text.slice(0, 40)}", whose time zone a TIMESTAMP_NTZ would lose`,
			'Give the time without a zone, as in {{ $now.toFormat("yyyy-MM-dd\'T\'HH:mm:ss") }}.',
		);
	}
	if (hour === undefined) return date;
	const part = fraction === '' ? '' : `.${fraction.slice(0, 6)}`;
	return `${date}T${two(hour)}:${minute}:${second}${part}${offset}`;
}

/** The digits of a second beyond the sixth would be cut off. Throws ValueMismatch. */
export function checkMicroseconds(fraction: string): void {
	if (!/[1-9]/.test(fraction.slice(6))) return;
	throw mismatch('has more than six digits of a second', 'SQL keeps microseconds.');
}

/** The offset of a zone as `+08:00`; undefined beyond the 18 hours that Spark takes. */
function offsetText(zone: string): string | undefined {
	const [, sign, hours, minutes = '00'] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
	if (hours === undefined) return 'Z';
	const total = Number(hours) * 60 + Number(minutes);
	return Number(minutes) < 60 && total <= 18 * 60 ? `${sign}${two(hours)}:${minutes}` : undefined;
}

const examples: Readonly<Record<MomentType, string>> = {
	DATE: 'Write it as in 2026-10-31.',
	TIMESTAMP: 'Write it as in 2026-10-31T02:00:00+08:00.',
	TIMESTAMP_NTZ: 'Write it as in 2026-10-31T02:00:00.',
};

/** Objects as the texts that n8n makes of them, with their zone, so that one rule holds for both. */
function textOf(value: unknown, type: MomentType): string {
	if (typeof value === 'string') return value.trim();
	if (isDateLike(value)) {
		if ('toISO' in value && typeof value.toISO === 'function') return String(value.toISO());
		if ('toISOString' in value && typeof value.toISOString === 'function') {
			return String(value.toISOString());
		}
	}
	throw mismatch(
		`is ${typeof value === 'object' ? 'a list or an object' : `${String(value)}`}, which is no ${type}`,
		examples[type],
	);
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
