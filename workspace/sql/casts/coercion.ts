import { typeMismatch, unsupported } from '../sqlError';
import { BOOLEAN, sameType, STRING, typeText, type SqlType } from '../sqlType';
import { isNested } from '../types/commonType';
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
	if (argument.type.kind === 'collated') {
		throw unsupported(`${typeText(argument.type)} as a condition`);
	}
	throw wrongArgument(label, index, '"BOOLEAN"', argument);
}
