import { isSameNumber, parseExactJson, significantDigits } from '../exactJson';
import { writeJson } from '../ids';
import { NumberText } from '../numberText';
import { checkMicroseconds, isDateLike, momentOf } from './moments';
import type { SqlType } from './sqlTypes';
import { timeOfDay } from './timeOfDay';
import { mismatch } from './valueMismatch';

type Scalar = Extract<SqlType, { kind: 'scalar' }>;

/**
 * The text of a value in the form that `CAST(text AS type)` reads, checked so that nothing is rounded
 * or cut on the way. Null and undefined are not values: ask before. Throws ValueMismatch.
 */
export function scalarText(given: unknown, type: Scalar): string {
	const value = given instanceof NumberText ? given.text : given;
	switch (type.name) {
		case 'STRING':
		case 'VARCHAR':
		case 'CHAR':
			return stringText(value);
		case 'BOOLEAN':
			return booleanText(value);
		case 'TINYINT':
		case 'SMALLINT':
		case 'INT':
		case 'BIGINT':
			return integerText(value, type.name);
		case 'FLOAT':
		case 'DOUBLE':
			return doubleText(value, type.name);
		case 'DECIMAL':
			return decimalText(value, type);
		case 'DATE':
		case 'TIMESTAMP':
		case 'TIMESTAMP_NTZ':
			return momentOf(value, type.name);
		case 'TIME':
			return timeOfDay(value, type);
		case 'INTERVAL':
			return intervalText(value, type.text);
		case 'BINARY':
			return base64Text(value);
		default:
			return plainText(value, type.text);
	}
}

/**
 * A value of any type as what JSON text holds for it: lists and objects with texts as their leaves,
 * which `from_json` reads as STRING and a CAST then turns into the type, without a digit lost.
 */
export function jsonLeaves(value: unknown, type: SqlType): unknown {
	if (value === null || value === undefined) return null;
	if (type.kind === 'scalar') {
		return type.name === 'VARIANT' ? writeJson(value) : scalarText(value, type);
	}
	const content = typeof value === 'string' ? parsedText(value, type.text) : value;
	if (type.kind === 'array') {
		if (!Array.isArray(content)) throw mismatch(`is no list, which ${type.text} asks for`);
		return content.map((element) => jsonLeaves(element, type.element));
	}
	if (typeof content !== 'object' || content === null || Array.isArray(content)) {
		throw mismatch(`is no object, which ${type.text} asks for`);
	}
	if (type.kind === 'map') {
		return membersOnce(
			Object.entries(content).map(([key, member]) => [
				key,
				String(jsonLeaves(key, type.key)),
				jsonLeaves(member, type.value),
			]),
			type.text,
		);
	}
	const names = new Map(type.fields.map((field) => [field.name.toLowerCase(), field]));
	const members: [string, string, unknown][] = [];
	for (const [key, member] of Object.entries(content)) {
		const field = names.get(key.toLowerCase());
		if (field === undefined) {
			throw mismatch(
				`has the field "${key}", which ${type.text} does not have`,
				'Remove the field, or add it to the column of the table.',
			);
		}
		members.push([key, field.name, jsonLeaves(member, field.type)]);
	}
	return membersOnce(members, type.text);
}

/** An object of members that are written as one name and stored as another. */
function membersOnce(
	members: readonly (readonly [written: string, stored: string, leaf: unknown])[],
	type: string,
): Record<string, unknown> {
	const writtenAs = new Map<string, string>();
	for (const [written, stored] of members) {
		const earlier = writtenAs.get(stored);
		if (earlier !== undefined) {
			throw mismatch(
				`has both "${earlier}" and "${written}", which are one to ${type}`,
				'Remove one of the two.',
			);
		}
		writtenAs.set(stored, written);
	}
	return Object.fromEntries(members.map(([, stored, leaf]) => [stored, leaf]));
}

function parsedText(text: string, type: string): unknown {
	try {
		return parseExactJson(text);
	} catch {
		throw mismatch(`is a text that is no JSON, which ${type} asks for`);
	}
}

function stringText(value: unknown): string {
	if (typeof value === 'string') return value;
	if (isDateLike(value)) return momentOf(value, 'TIMESTAMP');
	if (typeof value === 'object' && value !== null) return writeJson(value);
	return String(value);
}

function booleanText(value: unknown): string {
	if (typeof value === 'boolean') return String(value);
	const text = plainText(value, 'BOOLEAN').toLowerCase();
	if (['true', 't', 'yes', 'y', '1'].includes(text)) return 'true';
	if (['false', 'f', 'no', 'n', '0'].includes(text)) return 'false';
	throw mismatch(`is ${shown(value)}, which is no BOOLEAN`, 'Give true or false.');
}

const integerBits: Readonly<Record<string, bigint>> = {
	TINYINT: 7n,
	SMALLINT: 15n,
	INT: 31n,
	BIGINT: 63n,
};

function integerText(value: unknown, type: string): string {
	checkDigitsKept(value, type);
	const text = plainText(value, type);
	if (!/^[+-]?\d+$/.test(text)) throw mismatch(`is ${shown(value)}, which is no ${type}`);
	const number = BigInt(text.replace('+', ''));
	const limit = 2n ** (integerBits[type] ?? 63n);
	if (number >= limit || number < -limit) {
		throw mismatch(
			`is ${shown(value)}, which is beyond what ${type} holds`,
			`A ${type} is from ${-limit} to ${limit - 1n}; use a wider type.`,
		);
	}
	return String(number);
}

function doubleText(value: unknown, type: string): string {
	const text = Object.is(value, -0) ? '-0.0' : plainText(value, type);
	if (/^[+-]?(?:NaN|Infinity)$/.test(text)) return text.replace('+', '');
	if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
		throw mismatch(`is ${shown(value)}, which is no ${type}`);
	}
	const stored = type === 'FLOAT' ? Math.fround(Number(text)) : Number(text);
	const digits = significantDigits(text);
	if (!Number.isFinite(stored) || (stored === 0 && digits > 0)) {
		throw mismatch(`is ${shown(value)}, which is beyond what ${type} holds`);
	}
	// A fraction is rounded by every binary number; a whole number is counted, or an id.
	if (/^[+-]?\d+$/.test(text) && !hasDigits(stored, text, digits)) {
		throw mismatch(
			`is ${shown(value)}, a whole number with more digits than ${type} keeps`,
			'Give it to a BIGINT or a DECIMAL.',
		);
	}
	return text;
}

/** Whether a binary number gives the digits of the text again. */
function hasDigits(stored: number, text: string, digits: number): boolean {
	return digits === 0 || (digits <= 100 && isSameNumber(stored.toPrecision(digits), text));
}

function decimalText(value: unknown, type: Scalar): string {
	checkDigitsKept(value, type.text);
	const { precision = 10, scale = 0 } = type;
	const text = plainText(value, type.text);
	const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
	const digits = `${match?.[2] ?? ''}${match?.[3] ?? ''}`;
	if (match === null || digits === '') {
		throw mismatch(`is ${shown(value)}, which is no ${type.text}`);
	}
	const point = (match[2] ?? '').length + Number(match[4] ?? 0);
	const whole = digits.slice(0, Math.max(0, point)).padEnd(Math.max(0, point), '0');
	const fraction = '0'.repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
	const integer = whole.replace(/^0+/, '');
	const rest = fraction.replace(/0+$/, '');
	if (rest.length > scale) {
		throw mismatch(
			`is ${shown(value)}, which has more digits behind the point than ${type.text} keeps`,
			`Round it in the expression, as in {{ $json.amount.round(${scale}) }}, or use a larger scale.`,
		);
	}
	if (integer.length > precision - scale) {
		throw mismatch(
			`is ${shown(value)}, which has more digits than ${type.text} holds`,
			'Use a larger precision.',
		);
	}
	const isZero = integer === '' && rest === '';
	const sign = match[1] === '-' && !isZero ? '-' : '';
	return `${sign}${integer === '' ? '0' : integer}${scale === 0 ? '' : `.${rest.padEnd(scale, '0')}`}`;
}

const months = /^[+-]?\d+-(?:\d|0\d|1[01])$/;
const days = /^[+-]?\d+ (?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(\d{1,9}))?$/;

function intervalText(value: unknown, type: string): string {
	const text = plainText(value, type);
	const isMonths = /YEAR|MONTH/i.test(type);
	const match = (isMonths ? months : days).exec(text);
	if (match === null) {
		throw mismatch(
			`is ${shown(value)}, which is no ${type}`,
			isMonths
				? 'Write years and months as in 1-2, with up to 11 months.'
				: 'Write days and time as in 2 05:00:00, with less than 24 hours.',
		);
	}
	checkMicroseconds(match[1] ?? '');
	return text;
}

function base64Text(value: unknown): string {
	if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
	const text = plainText(value, 'BINARY', true);
	if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return text;
	throw mismatch('is no BINARY', 'Give the bytes as Base64 text.');
}

/** The trimmed text of a value that is none itself; objects and, mostly, empty texts are refused. */
function plainText(value: unknown, type: string, mayBeEmpty = false): string {
	if (typeof value === 'object') {
		throw mismatch(
			`is a list or an object, which cannot be a ${type}`,
			'Give one of its fields, or its JSON where a STRING takes it: {{ JSON.stringify($json.field) }}.',
		);
	}
	const text = String(value).trim();
	if (text !== '' || mayBeEmpty) return text;
	throw mismatch(
		`is empty, which is no ${type}`,
		'Fill in the value; an expression that gives null is SQL NULL.',
	);
}

/** A whole number beyond 2^53 has lost digits before it came here. */
function checkDigitsKept(value: unknown, type: string): void {
	if (typeof value !== 'number') return;
	if (!Number.isFinite(value)) {
		throw mismatch(`is ${value}, which is no ${type}`);
	}
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw mismatch(
			'is a whole number with more digits than n8n keeps',
			'Give it as text, so that no digit is lost.',
		);
	}
}

/** A value in an error: numbers and booleans as they are, of texts only the beginning. */
function shown(value: unknown): string {
	const text = String(value);
	const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
	return typeof value === 'string' ? `"${short}"` : short;
}
