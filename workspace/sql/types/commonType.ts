import { unsupported } from '../sqlError';
import {
	BIGINT,
	decimalType,
	DOUBLE,
	sameType,
	TIMESTAMP,
	TIMESTAMP_NTZ,
	type SqlType,
} from '../sqlType';

const INTEGRALS = ['tinyint', 'smallint', 'int', 'bigint'];
const NUMERICS = [...INTEGRALS, 'float', 'double'];
const DIGITS: Partial<Record<SqlType['kind'], number>> = {
	tinyint: 3,
	smallint: 5,
	int: 10,
	bigint: 20,
};

export const isIntegral = (type: SqlType): boolean => INTEGRALS.includes(type.kind);
export const isNumeric = (type: SqlType): boolean =>
	NUMERICS.includes(type.kind) || type.kind === 'decimal';
export const isFloating = (type: SqlType): boolean =>
	type.kind === 'float' || type.kind === 'double';
export const isTime = (type: SqlType): boolean =>
	type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
export const isNested = (type: SqlType): boolean =>
	type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';

/** Whether values of a type are VARIANT, or hold some. */
export const holdsVariant = (type: SqlType): boolean => holds(type, 'variant');

/** Whether values of a type are texts under a collation, or hold some. */
export const holdsCollated = (type: SqlType): boolean => holds(type, 'collated');

/** Whether values of a type are bytes, or hold some. */
export const holdsBinary = (type: SqlType): boolean => holds(type, 'binary');

/** Whether values of a type are times of day, or hold some. */
export const holdsTime = (type: SqlType): boolean => holds(type, 'time');

/** Whether nothing can compare values of a type: VARIANT, and months beside days. */
export const isIncomparable = (type: SqlType): boolean =>
	holdsVariant(type) || holds(type, 'calendar_interval');

function holds(type: SqlType, kind: SqlType['kind']): boolean {
	switch (type.kind) {
		case 'array':
			return holds(type.element, kind);
		case 'map':
			return holds(type.key, kind) || holds(type.value, kind);
		case 'struct':
			return type.fields.some((field) => holds(field.type, kind));
		default:
			return type.kind === kind;
	}
}

export interface DecimalShape {
	precision: number;
	scale: number;
}

/** The decimal that holds every value of an integral type; undefined for other types. */
export function decimalFor(type: SqlType): DecimalShape | undefined {
	if (type.kind === 'decimal') return type;
	const digits = DIGITS[type.kind];
	return digits === undefined ? undefined : { precision: digits, scale: 0 };
}

/**
 * The common type of two operands by Spark's ANSI rules (least common type), undefined when there is
 * none. Texts give way: to BIGINT beside integers, to DOUBLE beside other numbers, else to the other type.
 */
export function commonType(left: SqlType, right: SqlType): SqlType | undefined {
	if (sameType(left, right)) return left;
	if (left.kind === 'void') return right;
	if (right.kind === 'void') return left;
	if (isNumeric(left) && isNumeric(right)) return commonNumeric(left, right);
	// Which collation counts is a matter of how the texts came about: see casts/collation.ts.
	if (left.kind === 'collated' || right.kind === 'collated') return undefined;
	if (left.kind === 'string') return typeBesideText(right);
	if (right.kind === 'string') return typeBesideText(left);
	if (left.kind === 'date' && isTime(right)) return right;
	if (right.kind === 'date' && isTime(left)) return left;
	if (isTime(left) && isTime(right)) {
		return left.kind === right.kind && left.kind === 'timestamp_ntz' ? TIMESTAMP_NTZ : TIMESTAMP;
	}
	if (left.kind === 'time' && right.kind === 'time') {
		return left.precision < right.precision ? right : left;
	}
	return commonNested(left, right);
}

function typeBesideText(other: SqlType): SqlType | undefined {
	if (isIntegral(other)) return BIGINT;
	if (isNumeric(other)) return DOUBLE;
	return isNested(other) || other.kind === 'interval' || isIncomparable(other) ? undefined : other;
}

function commonNumeric(left: SqlType, right: SqlType): SqlType {
	if (left.kind === 'decimal' || right.kind === 'decimal') {
		const a = decimalFor(left);
		const b = decimalFor(right);
		return a === undefined || b === undefined ? DOUBLE : widerDecimal(a, b);
	}
	if (isFloating(left) !== isFloating(right)) return DOUBLE;
	return NUMERICS.indexOf(left.kind) > NUMERICS.indexOf(right.kind) ? left : right;
}

/** The decimal that holds both without loss. */
export function widerDecimal(left: DecimalShape, right: DecimalShape): SqlType {
	const scale = Math.max(left.scale, right.scale);
	const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
	if (whole + scale > 38) throw unsupported('a common decimal type of more than 38 digits');
	return decimalType(whole + scale, scale);
}

function commonNested(left: SqlType, right: SqlType): SqlType | undefined {
	if (left.kind === 'array' && right.kind === 'array') {
		const element = commonType(left.element, right.element);
		return element && { kind: 'array', element };
	}
	if (left.kind === 'map' && right.kind === 'map') {
		const key = commonType(left.key, right.key);
		const value = commonType(left.value, right.value);
		return key && value && { kind: 'map', key, value };
	}
	if (left.kind === 'struct' && right.kind === 'struct') {
		if (left.fields.length !== right.fields.length) return undefined;
		const fields = [];
		for (const [index, field] of left.fields.entries()) {
			const other = right.fields[index];
			if (other === undefined || other.name.toLowerCase() !== field.name.toLowerCase()) {
				return undefined;
			}
			const type = commonType(field.type, other.type);
			if (type === undefined) return undefined;
			fields.push({ name: field.name, type });
		}
		return { kind: 'struct', fields };
	}
	return undefined;
}

/** The common type of several operands. */
export function commonTypeOf(types: readonly SqlType[]): SqlType | undefined {
	let common: SqlType | undefined = { kind: 'void' };
	// Texts are folded last, so that the order of the operands does not matter.
	const ordered = [
		...types.filter((type) => type.kind !== 'string'),
		...types.filter((type) => type.kind === 'string'),
	];
	for (const type of ordered) common = common && commonType(common, type);
	return common;
}
