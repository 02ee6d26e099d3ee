import type { PythonValue } from './pythonValue';
import { pythonRepr, pythonTypeName } from './pythonText';
import { PythonError } from './scoringError';
import { castDoubles, castObject } from './nestedCast';
import { Timestamp } from './pythonTimestamp';
import type { SignatureColumn } from './signature';
import { castDatetimes } from './timestamp';

/**
 * What pandas makes of a column of JSON values. `str` are texts with or without gaps; a gap (`null`,
 * or a record without the column) turns whole numbers into `float`.
 */
export type ColumnKind = 'int' | 'uint' | 'float' | 'bool' | 'str' | 'datetime' | 'object';

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

export function kindOf(values: readonly PythonValue[]): ColumnKind {
	const present = values.filter((value) => value !== null);
	const gap = present.length < values.length;
	if (present.length === 0) return 'object';
	if (present.every((value) => typeof value === 'boolean')) return gap ? 'object' : 'bool';
	const integers = present.filter((value): value is bigint => typeof value === 'bigint');
	if (integers.length + count(present, 'number') === present.length) {
		if (gap || integers.length < present.length) return 'float';
		if (integers.every((value) => value >= int64Min && value <= int64Max)) return 'int';
		return integers.every((value) => value >= 0n && value < 2n ** 64n) ? 'uint' : 'object';
	}
	if (present.every((value) => value instanceof Timestamp)) return 'datetime';
	const texts = count(present, 'string');
	const onlyGapsBesides = present.every((value) => typeof value === 'string' || isNaNumber(value));
	return texts > 0 && onlyGapsBesides ? 'str' : 'object';
}

/**
 * `column.astype(type)` of pandas 3: what it takes silently and what it raises, as recorded from
 * the MLflow scoring server. Texts stay what they are. Throws PythonError.
 */
export function castColumn(values: readonly PythonValue[], column: SignatureColumn): PythonValue[] {
	switch (column.type) {
		case 'string':
			return [...values];
		case 'double':
			return values.map((value) => toFloat(value));
		case 'float':
			return values.map((value) => Math.fround(toFloat(value)));
		case 'boolean':
			return values.map(isTrue);
		case 'datetime':
			return castDatetimes(values);
		case 'array':
			return values.map(castDoubles);
		case 'object':
			return values.map((value) => castObject(value, column));
		default:
			return castIntegers(values, column.type);
	}
}

function castIntegers(values: readonly PythonValue[], type: 'long' | 'integer'): PythonValue[] {
	const bits = type === 'long' ? 64 : 32;
	const kind = kindOf(values);
	if (kind !== 'float') return values.map((value) => toInteger(value, bits, kind));
	const floats = values.map((value) => toFloat(value));
	if (floats.some((value) => !Number.isFinite(value))) {
		throw new PythonError(
			'IntCastingNaNError',
			"Cannot convert non-finite values (NA or inf) to integer. Replace or remove non-finite values or cast to an integer type that supports these values (e.g. 'Int64')",
		);
	}
	return floats.map((value) => truncated(value, bits));
}

/** `bool(value)`: what is not empty and not zero; NaN is. */
export function isTrue(value: PythonValue): boolean {
	if (value === null || value === false || value === '' || value === 0 || value === 0n)
		return false;
	if (Array.isArray(value)) return value.length > 0;
	return !(value instanceof Map) || value.size > 0;
}

/** `float(value)`, with `None` as NaN the way numpy takes it. Throws PythonError. */
export function toFloat(value: PythonValue): number {
	if (value === null) return NaN;
	if (typeof value === 'number') return value;
	if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
	if (typeof value === 'string') return floatOfText(value);
	if (Array.isArray(value)) {
		throw new PythonError('ValueError', 'setting an array element with a sequence.');
	}
	throw new PythonError('TypeError', `float() ${argumentMust('a string or a real number', value)}`);
}

/** `int(value)` into so many bits; numbers out of range wrap as numpy's do. Throws PythonError. */
export function toInteger(value: PythonValue, bits: 32 | 64, kind: ColumnKind): bigint {
	if (typeof value === 'boolean') return value ? 1n : 0n;
	if (typeof value === 'bigint') {
		if (kind === 'int' || kind === 'uint') return BigInt.asIntN(bits, value);
		return checkedInteger(value, bits);
	}
	if (typeof value === 'number') {
		if (Number.isNaN(value)) {
			throw new PythonError('ValueError', 'cannot convert float NaN to integer');
		}
		if (!Number.isFinite(value)) {
			throw new PythonError('OverflowError', 'cannot convert float infinity to integer');
		}
		return truncated(value, bits);
	}
	if (typeof value === 'string') {
		const digits = /^\s*([+-]?)(\d+(?:_\d+)*)\s*$/.exec(value);
		if (!digits) {
			const shown = pythonRepr(value);
			throw new PythonError('ValueError', `invalid literal for int() with base 10: ${shown}`);
		}
		return checkedInteger(
			BigInt(`${digits[1] === '-' ? '-' : ''}${digits[2]?.replaceAll('_', '')}`),
			bits,
		);
	}
	const wanted = 'a string, a bytes-like object or a real number';
	throw new PythonError('TypeError', `int() ${argumentMust(wanted, value)}`);
}

function checkedInteger(value: bigint, bits: 32 | 64): bigint {
	if (value < int64Min || value > int64Max) {
		throw new PythonError('OverflowError', 'Python int too large to convert to C long');
	}
	if (BigInt.asIntN(bits, value) !== value) {
		throw new PythonError('OverflowError', `Python integer ${value} out of bounds for int32`);
	}
	return value;
}

/** Cuts the fraction off; out of range gives the smallest number, as the processor does. */
function truncated(value: number, bits: 32 | 64): bigint {
	const whole = BigInt(Math.trunc(value));
	return BigInt.asIntN(bits, whole) === whole ? whole : -(2n ** BigInt(bits - 1));
}

function floatOfText(text: string): number {
	const trimmed = text.trim();
	const special = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
	if (special) {
		const magnitude = special[2]?.toLowerCase() === 'nan' ? NaN : Infinity;
		return special[1] === '-' ? -magnitude : magnitude;
	}
	if (!/^[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?$/.test(trimmed)) {
		throw new PythonError('ValueError', `could not convert string to float: ${pythonRepr(text)}`);
	}
	return Number(trimmed.replaceAll('_', ''));
}

function argumentMust(wanted: string, value: PythonValue): string {
	return `argument must be ${wanted}, not '${pythonTypeName(value)}'`;
}

function count(values: readonly PythonValue[], type: 'number' | 'string'): number {
	return values.filter((value) => typeof value === type).length;
}

function isNaNumber(value: PythonValue): boolean {
	return typeof value === 'number' && Number.isNaN(value);
}
