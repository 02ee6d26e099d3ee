import { castSql } from './cast';
import { typeMismatch, unsupported } from './sqlError';
import {
	BIGINT,
	BOOLEAN,
	DOUBLE,
	decimalType,
	sameType,
	STRING,
	TIMESTAMP,
	TIMESTAMP_NTZ,
	typeText,
	type SqlType,
} from './sqlType';
import type { Typed } from './typed';

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
	if (left.kind === 'string') return typeBesideText(right);
	if (right.kind === 'string') return typeBesideText(left);
	if (left.kind === 'date' && isTime(right)) return right;
	if (right.kind === 'date' && isTime(left)) return left;
	if (isTime(left) && isTime(right)) {
		return left.kind === right.kind && left.kind === 'timestamp_ntz' ? TIMESTAMP_NTZ : TIMESTAMP;
	}
	return commonNested(left, right);
}

function typeBesideText(other: SqlType): SqlType | undefined {
	if (isIntegral(other)) return BIGINT;
	if (isNumeric(other)) return DOUBLE;
	return isNested(other) || other.kind === 'interval' || other.kind === 'variant'
		? undefined
		: other;
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

/** Gives an operand another type by an implicit cast; the operand keeps its name. */
export function coerce(operand: Typed, type: SqlType): Typed {
	if (sameType(operand.type, type)) return operand;
	const { sql, fallible } = castSql(operand.sql, operand.type, type, 'explicit', operand.literal);
	const { literal: _, ...rest } = operand;
	return { ...rest, sql, type, ...(fallible || operand.fallible ? { fallible: true } : {}) };
}

/** Gives several operands their common type. @throws SqlError DATATYPE_MISMATCH.DATA_DIFF_TYPES */
export function unify(operands: readonly Typed[], label: string): Typed[] {
	const type = commonTypeOf(operands.map((operand) => operand.type));
	if (type === undefined) {
		const list = operands.map((operand) => `"${typeText(operand.type)}"`).join(', ');
		throw typeMismatch(
			'DATA_DIFF_TYPES',
			label,
			`Input to the function should all be the same type, but it's [${list}].`,
		);
	}
	return operands.map((operand) => coerce(operand, type));
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];

/** The error of an argument whose type a function does not take. */
export function wrongArgument(
	label: string,
	index: number,
	required: string,
	argument: Typed,
): Error {
	return typeMismatch(
		'UNEXPECTED_INPUT_TYPE',
		label,
		`The ${ORDINALS[index] ?? 'next'} parameter requires the ${required} type, however "${argument.label}" has the type "${typeText(argument.type)}".`,
	);
}

/** An argument that must be text; atomic values are turned into text. */
export function asText(argument: Typed, label: string, index: number): Typed {
	if (argument.type.kind === 'string') return argument;
	if (isNested(argument.type)) throw wrongArgument(label, index, '"STRING"', argument);
	return coerce(argument, STRING);
}

/** An argument that must be a truth value. */
export function asBoolean(argument: Typed, label: string, index: number): Typed {
	if (argument.type.kind === 'boolean') return argument;
	if (argument.type.kind === 'void') return coerce(argument, BOOLEAN);
	throw wrongArgument(label, index, '"BOOLEAN"', argument);
}
