import type { ColumnType, ModelColumn } from '../databricks/serving/modelColumn';
import { NumberText } from '../databricks/numberText';

/** The value as it is sent, or what is wrong with it. */
export type ColumnValue = { ok: true; value: unknown } | { ok: false; problem: string };

/**
 * Makes the value of a column what its type asks for, where that is surely what was meant: digits in a
 * text become the number, a date with an offset the same moment in UTC. Refuses what a scoring server
 * would convert in silence into something else: 45.5 for a whole number becomes 45 there, "false" true,
 * epoch milliseconds a day in 1970 (recorded from MLflow 3.17).
 */
export function columnValue(value: unknown, { type, required }: ModelColumn): ColumnValue {
	if (value === null || value === undefined) return emptyValue(type, required);
	switch (type) {
		case 'double':
			return number(value, 'a number', plainNumber);
		case 'long':
			return number(value, 'a whole number', (text) => wholeNumber(text, 64));
		case 'integer':
			return number(value, 'a whole number of 32 bits', (text) => wholeNumber(text, 32));
		case 'boolean':
			return boolean(value);
		case 'string':
			return text(value);
		case 'datetime':
			return moment(value);
		case 'doubles':
			return doubles(value);
		case 'array':
			return Array.isArray(value) ? sent(value) : wrong(value, 'a list');
		case 'object':
			return typeof value === 'object' && !Array.isArray(value)
				? sent(value)
				: wrong(value, 'an object');
		case 'other':
			return sent(value);
	}
}

/** Numbers and texts have a gap of their own; for the others null becomes a value: false, an error. */
function emptyValue(type: ColumnType, required: boolean): ColumnValue {
	const hasGap = ['double', 'string', 'datetime', 'other'].includes(type);
	if (hasGap) return sent(null);
	const advice = required ? '' : '; leave the field out of all items instead';
	return { ok: false, problem: `is empty, and the model has no empty value there${advice}` };
}

function number(
	value: unknown,
	what: string,
	read: (text: string) => NumberText | undefined,
): ColumnValue {
	const given = typeof value === 'string' ? value.trim() : numberText(value);
	const read_ = given === undefined ? undefined : read(given);
	return read_ === undefined ? wrong(value, what) : sent(read_);
}

function numberText(value: unknown): string | undefined {
	if (typeof value === 'bigint') return String(value);
	return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function plainNumber(text: string): NumberText | undefined {
	return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? new NumberText(text) : undefined;
}

function wholeNumber(text: string, bits: 32 | 64): NumberText | undefined {
	const digits = /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/.exec(text)?.[1];
	if (digits === undefined) return undefined;
	const whole = BigInt(digits);
	return BigInt.asIntN(bits, whole) === whole ? new NumberText(digits) : undefined;
}

function boolean(value: unknown): ColumnValue {
	if (typeof value === 'boolean') return sent(value);
	const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
	if (word === 'true' || word === 'false') return sent(word === 'true');
	return wrong(value, 'true or false');
}

function text(value: unknown): ColumnValue {
	if (typeof value === 'string') return sent(value);
	const written = numberText(value);
	return written === undefined ? wrong(value, 'a text') : sent(written);
}

const moments = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** ISO texts in one shape, without a zone, in UTC: mixed shapes and zones are refused by the server. */
function moment(value: unknown): ColumnValue {
	const given = isoText(value);
	const match = given === undefined ? null : moments.exec(given.trim());
	if (match === null) {
		return wrong(value, 'a date and time such as 2026-10-31T08:00:00; numbers are ambiguous');
	}
	const [, day = '', time = '00:00:00', fraction = '', zone] = match;
	const seconds = time.length === 5 ? `${time}:00` : time;
	const local = new Date(`${day}T${seconds}Z`);
	if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(day)) {
		return wrong(value, 'a date that exists');
	}
	const shiftedMs = local.getTime() - offsetMs(zone);
	const parts = new Date(shiftedMs).toISOString().slice(0, 19);
	return sent(`${parts}.${fraction.slice(1, 7).padEnd(6, '0')}`);
}

/** Dates and n8n's DateTime write themselves. */
function isoText(value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	if (value instanceof Date) return value.toISOString();
	if (typeof value !== 'object' || value === null || !('toISO' in value)) return undefined;
	const written = typeof value.toISO === 'function' ? String(value.toISO()) : undefined;
	return written;
}

function offsetMs(zone: string | undefined): number {
	const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '');
	if (match === null) return 0;
	const minutes = Number(match[2]) * 60 + Number(match[3]);
	return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** `[1,2]` is refused for a list of doubles, `[1.0,2.0]` is taken. */
function doubles(value: unknown): ColumnValue {
	if (!Array.isArray(value)) return wrong(value, 'a list of numbers');
	const numbers: NumberText[] = [];
	for (const entry of value) {
		const given = numberText(entry);
		if (given === undefined) return wrong(entry, 'a list of numbers');
		numbers.push(new NumberText(/^-?\d+$/.test(given) ? `${given}.0` : given));
	}
	return sent(numbers);
}

function sent(value: unknown): ColumnValue {
	return { ok: true, value };
}

function wrong(value: unknown, wanted: string): ColumnValue {
	return { ok: false, problem: `is ${shown(value)}, and the model takes ${wanted}` };
}

/** Enough to find the value again: numbers and short texts themselves, of others the kind. */
function shown(value: unknown): string {
	if (typeof value === 'string') {
		return value.length > 40 ? `a text of ${value.length} characters` : `"${value}"`;
	}
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	return String(value);
}
