import { typeMismatch } from '../sqlError';
import { BOOLEAN, sameType, STRING, typeText, type SqlType } from '../sqlType';
import { commonTypeOf, isNested } from '../types/commonType';
import type { Typed } from '../types/typed';
import { castSql } from './cast';

/** Gives an operand another type by an implicit cast; the operand keeps its name. */
export function coerce(operand: Typed, type: SqlType): Typed {
	if (sameType(operand.type, type)) return operand;
	const { sql, fallible } = castSql(
		operand.sql,
		operand.type,
		type,
		'explicit',
		operand.literal,
		operand.label,
	);
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

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];

/** `first`, `second` … as Spark counts parameters and columns in its messages. */
export function ordinalWord(index: number): string {
	return ORDINALS[index] ?? `${index + 1}th`;
}

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
		`The ${ordinalWord(index)} parameter requires the ${required} type, however "${argument.label}" has the type "${typeText(argument.type)}".`,
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
