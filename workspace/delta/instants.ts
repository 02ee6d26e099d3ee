import { SqlError } from '../sql/sqlError';

const pattern =
	/^(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?)?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?$/i;

/**
 * Reads a timestamp as Spark casts text to one, in a UTC session: a year or more of
 * yyyy-MM-dd HH:mm:ss.SSS, with T or a blank, and an optional zone (Z, UTC or an offset).
 * Anything below a millisecond is dropped; `undefined` for any other text.
 */
export function readInstantMs(text: string): number | undefined {
	const found = pattern.exec(text.trim());
	if (found === null) return undefined;
	const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', part = '', zone] =
		found;
	const fields = [Number(year), Number(month), Number(day)] as const;
	const clock = [Number(hour), Number(minute), Number(second)] as const;
	const ms = Math.floor(Number(part.padEnd(9, '0').slice(0, 9)) / 1_000_000);
	const at = Date.UTC(fields[0], fields[1] - 1, fields[2], ...clock, ms);
	const date = new Date(at);
	const real =
		date.getUTCFullYear() === fields[0] &&
		date.getUTCMonth() === fields[1] - 1 &&
		date.getUTCDate() === fields[2] &&
		clock[0] < 24 &&
		clock[1] < 60 &&
		clock[2] < 60;
	return real ? at - zoneMs(zone) : undefined;
}

function zoneMs(zone: string | undefined): number {
	const offset = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '');
	if (offset === null) return 0;
	const [, sign, hours, minutes = '0'] = offset;
	return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600_000 + Number(minutes) * 60_000);
}

/** How java.sql.Timestamp prints a moment; Delta's messages use it. */
export function javaTimestamp(ms: number): string {
	const text = new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
	return text.replace(/(\.\d)(\d*?)0*$/, '$1$2');
}

export function tooLate(givenMs: number, latestMs: number): SqlError {
	const second = new Date(latestMs).toISOString().slice(0, 19).replace('T', ' ');
	const text =
		`The provided timestamp (${javaTimestamp(givenMs)}) is after the latest version available to ` +
		`this\ntable (${javaTimestamp(latestMs)}). Please use a timestamp before or at ${second}.`;
	return new SqlError('DELTA_TIMESTAMP_GREATER_THAN_COMMIT', '42816', text);
}

export function tooEarly(givenMs: number, earliestMs: number): SqlError {
	const second = new Date(earliestMs).toISOString().slice(0, 19).replace('T', ' ');
	const text =
		`The provided timestamp (${javaTimestamp(givenMs)}) is before the earliest version available ` +
		`to\nthis table (${javaTimestamp(earliestMs)}). Please use a timestamp after ${second}.`;
	return new SqlError('DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION', '42816', text);
}
