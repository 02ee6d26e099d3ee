import { pythonRepr } from './pythonText';
import type { PythonValue } from './pythonValue';
import { PythonError, ScoringError } from './scoringError';
import { Timestamp } from './pythonTimestamp';

/**
 * `pandas.to_datetime` of a column of JSON values, as the MLflow scoring server was recorded to read
 * one: texts in the shape of the first of them, whole numbers as nanoseconds since 1970. Shapes whose
 * reading was not recorded are refused by name. Throws PythonError.
 */
export function castDatetimes(values: readonly PythonValue[]): Timestamp[] {
	const first = values.find((value) => typeof value === 'string');
	const shape = typeof first === 'string' ? shapeOf(first) : undefined;
	const stamps = values.map((value) => {
		if (value instanceof Timestamp) return value;
		if (value === null || (typeof value === 'number' && Number.isNaN(value))) return Timestamp.none;
		if (typeof value === 'bigint') return new Timestamp(value);
		if (typeof value === 'string' && shape !== undefined) return read(value, shape);
		throw notRead(value);
	});
	const zones = new Set(
		stamps.filter(({ epochNs }) => epochNs !== undefined).map((stamp) => stamp.offsetMinutes),
	);
	if (zones.size > 1) {
		throw new PythonError(
			'ValueError',
			"Mixed timezones detected. Pass utc=True in to_datetime or tz='UTC' in DatetimeIndex to convert to a common timezone.",
		);
	}
	return stamps;
}

/** As `numpy.datetime64` takes one text or number: with an offset it becomes UTC. */
export function toDatetime(value: PythonValue): Timestamp {
	const [stamp = Timestamp.none] = castDatetimes([value]);
	return new Timestamp(stamp.epochNs);
}

type Shape = 'date' | 'time' | 'dayFirst';

const shapes: readonly [Shape, RegExp][] = [
	['date', /^(\d{4})-(\d\d)-(\d\d)$/],
	['time', /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/],
	['dayFirst', /^(\d\d)\/(\d\d)\/(\d{4})$/],
];

function shapeOf(text: string): Shape {
	const shape = shapes.find(([, pattern]) => pattern.test(text))?.[0];
	if (shape !== undefined) return shape;
	if (!/\d/.test(text)) {
		throw new PythonError(
			'DateParseError',
			`Unknown datetime string format, unable to parse: ${text}`,
		);
	}
	throw notRead(text);
}

function read(text: string, shape: Shape): Timestamp {
	const parts = shapes.find(([known]) => known === shape)?.[1].exec(text);
	if (!parts) throw otherShape(text, shape);
	const numbers = parts.slice(1, 7).map(Number);
	const [a = 0, b = 0, c = 0, hour = 0, minute = 0, second = 0] = numbers;
	// 31/01/2026 can only be a day first; 01/02/2026 could be either.
	if (shape === 'dayFirst' && a <= 12) throw notRead(text);
	const [year, month, day] = shape === 'dayFirst' ? [c, b, a] : [a, b, c];
	const ms = Date.UTC(year, month - 1, day, hour, minute, second);
	if (new Date(ms).getUTCDate() !== day || month > 12 || hour > 23) throw notRead(text);
	const fraction = BigInt((parts[7] ?? '').padEnd(9, '0'));
	const offset = parts[8] === undefined ? undefined : offsetMinutes(parts[8]);
	const shifted = BigInt(ms - (offset ?? 0) * 60_000) * 1_000_000n;
	return new Timestamp(shifted + fraction, offset);
}

function offsetMinutes(zone: string): number {
	if (zone === 'Z') return 0;
	const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
	return zone.startsWith('-') ? -minutes : minutes;
}

const advice = [
	'. You might want to try:',
	'    - passing `format` if your strings have a consistent format;',
	"    - passing `format='ISO8601'` if your strings are all ISO8601 but not necessarily in exactly the same format;",
	"    - passing `format='mixed'`, and the format will be inferred for each element individually. You might want to use `dayfirst` alongside this.",
].join('\n');

/** A text of another shape than the first one. */
function otherShape(text: string, shape: Shape): Error {
	const rest = /^\d{4}-\d\d-\d\d(.+)$/.exec(text)?.[1];
	if (shape !== 'date' || rest === undefined) return notRead(text);
	return new PythonError(
		'ValueError',
		`unconverted data remains when parsing with format "%Y-%m-%d": "${rest}"${advice}`,
	);
}

function notRead(value: PythonValue): ScoringError {
	return new ScoringError(
		501,
		`The local workspace does not read ${pythonRepr(value)} as a date and time; write 2026-10-31T08:00:00.`,
	);
}
