import { isDateLike } from './moments';
import { mismatch } from './valueMismatch';

const form = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?(?:\s*([AaPp][Mm]))?$/;
const example = "Write it as in 08:15:30, or as {{ $now.toFormat('HH:mm:ss') }}.";

/**
 * A time of day as a CAST to TIME reads it, always with its seconds: `8:15 pm` is `20:15:00`. What the
 * type would cut off is an error. Throws ValueMismatch.
 */
export function timeOfDay(
	value: unknown,
	{ text: type, precision = 6 }: { text: string; precision?: number },
): string {
	if (isDateLike(value)) {
		throw mismatch(
			`is a date with its time, whose date a ${type} would lose`,
			"Give the time of day alone, as in {{ $now.toFormat('HH:mm:ss') }}.",
		);
	}
	if (typeof value !== 'string') {
		const what = typeof value === 'object' ? 'a list or an object' : String(value);
		throw mismatch(`is ${what}, which is no ${type}`, example);
	}
	const text = value.trim();
	const [, hours, minutes, seconds = '0', fraction = '', half] = form.exec(text) ?? [];
	const [hour = 0, minute = 0, second = 0] = [hours, minutes, seconds].map(Number);
	const isHour = half === undefined ? hour < 24 : hour >= 1 && hour <= 12;
	if (hours === undefined || !isHour || minute > 59 || second > 59) {
		throw mismatch(`is "${text.slice(0, 40)}", which is no ${type}`, example);
	}
	const digits = fraction.replace(/0+$/, '');
	if (digits.length > precision) {
		throw mismatch(
			`is "${text.slice(0, 40)}", which has more digits of a second than ${type} keeps`,
			precision === 6 ? 'A TIME keeps microseconds.' : 'Leave them out, or use a wider TIME.',
		);
	}
	const isLater = half?.toUpperCase() === 'PM';
	const whole = half === undefined ? hour : (hour % 12) + (isLater ? 12 : 0);
	const clock = [whole, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
	return digits === '' ? clock : `${clock}.${digits}`;
}
