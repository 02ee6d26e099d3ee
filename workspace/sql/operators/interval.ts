import { SqlError, unsupported } from '../sqlError';
import { typeText, type IntervalUnit, type SqlType } from '../sqlType';
import { derive, type Typed } from '../types/typed';

const MICROS: Record<IntervalUnit, bigint> = {
	year: 12n,
	month: 1n,
	day: 86_400_000_000n,
	hour: 3_600_000_000n,
	minute: 60_000_000n,
	second: 1_000_000n,
};
const UNITS: IntervalUnit[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];
const SHAPES: Record<string, RegExp> = {
	'year-month': /^([+-]?)(\d+)-(\d+)$/,
	'day-hour': /^([+-]?)(\d+) (\d+)$/,
	'day-minute': /^([+-]?)(\d+) (\d+):(\d+)$/,
	'day-second': /^([+-]?)(\d+) (\d+):(\d+):(\d+(?:\.\d{1,9})?)$/,
	'hour-minute': /^([+-]?)(\d+):(\d+)$/,
	'hour-second': /^([+-]?)(\d+):(\d+):(\d+(?:\.\d{1,9})?)$/,
	'minute-second': /^([+-]?)(\d+):(\d+(?:\.\d{1,9})?)$/,
};

/** The interval literal of a value and its unit or units; `scale` is 7 for weeks, 1e-3 for milliseconds. */
export function analyseInterval(
	value: Typed,
	from: IntervalUnit,
	to: IntervalUnit,
	scale: number,
): Typed {
	const text = value.literal?.value;
	if (typeof text !== 'string') throw unsupported('an interval whose number is no literal');
	const count = from === to ? single(text.trim(), from, scale) : span(text.trim(), from, to);
	return literalInterval(count, from, to);
}

function invalid(text: string): SqlError {
	return new SqlError(
		'INVALID_TYPED_LITERAL',
		'42604',
		`The value of the typed literal "INTERVAL" is invalid: '${text}'.`,
	);
}

function single(text: string, unit: IntervalUnit, scale: number): bigint {
	const match = /^([+-]?)(\d+)(?:\.(\d{1,9}))?$/.exec(text);
	if (match === null) throw invalid(text);
	const [, sign = '', whole = '', fraction = ''] = match;
	if (fraction !== '' && (unit !== 'second' || scale !== 1)) throw invalid(text);
	let count: bigint;
	if (scale === 1e-3) count = BigInt(whole) * 1000n;
	else if (scale === 1e-6) count = BigInt(whole);
	else count = BigInt(whole) * MICROS[unit] * BigInt(scale);
	if (fraction !== '') count += BigInt(fraction.padEnd(6, '0').slice(0, 6));
	return sign === '-' ? -count : count;
}

function span(text: string, from: IntervalUnit, to: IntervalUnit): bigint {
	const match = SHAPES[`${from}-${to}`]?.exec(text);
	if (!match) throw invalid(text);
	const [, sign = '', ...fields] = match;
	let count = 0n;
	for (const [index, field] of fields.entries()) {
		const unit = UNITS[UNITS.indexOf(from) + index] ?? to;
		count += single(field, unit, 1);
	}
	return sign === '-' ? -count : count;
}

function literalInterval(count: bigint, start: IntervalUnit, end: IntervalUnit): Typed {
	const type: SqlType = { kind: 'interval', start, end };
	const months = start === 'year' || start === 'month';
	const sql = `CAST(${count} AS ${months ? 'INTEGER' : 'BIGINT'})`;
	return { sql, type, label: intervalLabel(count, start, end), literal: { value: String(count) } };
}

/** Spark's text of an interval of one unit; others are called by their type. */
function intervalLabel(count: bigint, start: IntervalUnit, end: IntervalUnit): string {
	const unit = start === 'year' || start === 'month' ? MICROS[start] : MICROS[end];
	if (start !== end || count % unit !== 0n) return typeText({ kind: 'interval', start, end });
	return `INTERVAL '${count / unit}' ${start.toUpperCase()}`;
}

/** `INTERVAL 1 DAY 2 HOURS`: the parts together, from the largest unit to the smallest. */
export function joinIntervals(left: Typed, right: Typed): Typed {
	const { type: a } = left;
	const { type: b } = right;
	if (a.kind !== 'interval' || b.kind !== 'interval') throw unsupported('this interval');
	const months = (unit: IntervalUnit): boolean => unit === 'year' || unit === 'month';
	if (months(a.start) !== months(b.start)) {
		throw new SqlError(
			'_LEGACY_ERROR_TEMP_0029',
			'42000',
			'Cannot mix year-month and day-time fields.',
		);
	}
	const rank = (unit: IntervalUnit): number => UNITS.indexOf(unit);
	const start = rank(a.start) <= rank(b.start) ? a.start : b.start;
	const end = rank(a.end) >= rank(b.end) ? a.end : b.end;
	const count = BigInt(left.literal?.value ?? 0) + BigInt(right.literal?.value ?? 0);
	return { ...derive('', a, '', [left, right]), ...literalInterval(count, start, end) };
}
