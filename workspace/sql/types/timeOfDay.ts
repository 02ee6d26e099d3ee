/** What Java takes for the blanks and control characters around a text. */
const BLANK = '[\\x00-\\x20\\x7f]*';

/**
 * The texts that are a time of day, as a regular expression of both engines: `8:15`, `08:15:30.5`,
 * `T8:15`, `8:15 pm` (measured with Spark 4.1). Digits after the sixth of the fraction are cut off.
 */
export const TIME_OF_DAY = `^(?:T|${BLANK})([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\\.([0-9]*))?)?(?:${BLANK}([AaPp][Mm]) *|${BLANK})$`;

/** A text like `8:15 pm` as `20:15:00`, which both engines write; undefined when it is no time of day. */
export function readTimeOfDay(text: string): string | undefined {
	const match = new RegExp(TIME_OF_DAY).exec(text);
	if (match === null) return undefined;
	const [, hours, minutes, seconds = '0', fraction = '', half = ''] = match;
	const [hour = 0, minute = 0, second = 0] = [hours, minutes, seconds].map(Number);
	const isHour = half === '' ? hour < 24 : hour > 0 && hour <= 12;
	if (!isHour || minute > 59 || second > 59) return undefined;
	const whole = half === '' ? hour : (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
	const clock = [whole, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
	const micros = fraction.slice(0, 6).replace(/0+$/, '');
	return micros === '' ? clock : `${clock}.${micros}`;
}

/** DuckDB SQL of a time of day from microseconds since midnight. */
export const timeOfMicros = (micros: string): string =>
	`(TIME '00:00:00' + to_microseconds(${micros}))`;
