import {
	arrayType,
	BIGINT,
	BOOLEAN,
	decimalType,
	DOUBLE,
	sameType,
	STRING,
	VOID,
	type SqlType,
} from '../sqlType';
import type { JsonNode } from './nodes';

const longest = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const mostDigits = 38;

/**
 * The type that Spark finds in values of JSON, read with all scalars as texts or not (measured with
 * Spark 4.1): whole numbers BIGINT, beyond it DECIMAL or, with more than 38 digits, DOUBLE, as any other
 * number; members in the order of their names, what differs STRING, objects without members nothing,
 * and empty texts are what the others are.
 */
export function jsonType(nodes: Iterable<JsonNode>, scalarsAreTexts: boolean): SqlType | undefined {
	let type: SqlType = VOID;
	for (const node of nodes) type = widened(type, node, scalarsAreTexts);
	return withoutNothing(type);
}

/** Names of fields have no case for `sameType`, but have one in JSON. */
const isNested = ({ kind }: SqlType) => kind === 'array' || kind === 'struct';

/** The type that also takes a value: itself, for nearly every one. */
function widened(type: SqlType, node: JsonNode, scalarsAreTexts: boolean): SqlType {
	if (node.kind === 'null') return type;
	if (type.kind === 'struct' && node.kind === 'object') {
		for (const [name, member] of node.members) {
			const field = type.fields.find((other) => other.name === name);
			const own = field?.type ?? VOID;
			const fits = field !== undefined && widened(own, member, scalarsAreTexts) === own;
			if (!fits) return commonType(type, typeOf(node, scalarsAreTexts));
		}
		return type;
	}
	const found = typeOf(node, scalarsAreTexts);
	const isSameScalar = !isNested(found) && sameType(found, type);
	return isSameScalar ? type : commonType(type, found);
}

function typeOf(node: JsonNode, scalarsAreTexts: boolean): SqlType {
	switch (node.kind) {
		case 'null':
			return VOID;
		case 'array': {
			let element: SqlType = VOID;
			for (const item of node.items) {
				element = commonType(element, typeOf(item, scalarsAreTexts));
			}
			return arrayType(element);
		}
		case 'object': {
			const names = [...node.members.keys()].sort();
			const fields = names.flatMap((name) => {
				const member = node.members.get(name);
				return member === undefined ? [] : [{ name, type: typeOf(member, scalarsAreTexts) }];
			});
			return { kind: 'struct', fields };
		}
		case 'string':
			return node.text === '' ? VOID : STRING;
		default:
			if (scalarsAreTexts) return STRING;
			return node.kind === 'boolean' ? BOOLEAN : numberType(node.text);
	}
}

function numberType(text: string): SqlType {
	if (/[.eE]/.test(text)) return DOUBLE;
	const value = BigInt(text);
	if (value >= longest.min && value <= longest.max) return BIGINT;
	const digits = text.replace('-', '').length;
	return digits > mostDigits ? DOUBLE : decimalType(digits, 0);
}

function commonType(one: SqlType, other: SqlType): SqlType {
	if (one.kind === 'void') return other;
	if (other.kind === 'void') return one;
	if (one.kind === 'array' && other.kind === 'array') {
		return arrayType(commonType(one.element, other.element));
	}
	if (one.kind === 'struct' && other.kind === 'struct') {
		const types = new Map(one.fields.map(({ name, type }) => [name, type]));
		for (const { name, type } of other.fields) {
			types.set(name, commonType(types.get(name) ?? VOID, type));
		}
		const names = [...types.keys()].sort();
		return {
			kind: 'struct',
			fields: names.map((name) => ({ name, type: types.get(name) ?? VOID })),
		};
	}
	if (sameType(one, other)) return one;
	const digits = [one, other].map(wholeDigits);
	if (digits.every((count) => count !== undefined)) return decimalType(Math.max(...digits), 0);
	const areNumbers = [one, other].every(
		(type) => type.kind === 'double' || wholeDigits(type) !== undefined,
	);
	return areNumbers ? DOUBLE : STRING;
}

/** Digits of a type of whole numbers, as a DECIMAL of it has. */
function wholeDigits(type: SqlType): number | undefined {
	if (type.kind === 'bigint') return 20;
	return type.kind === 'decimal' ? type.precision : undefined;
}

/** What is NULL wherever it is becomes STRING, and structs without fields go. */
function withoutNothing(type: SqlType): SqlType | undefined {
	switch (type.kind) {
		case 'void':
			return STRING;
		case 'array': {
			const element = withoutNothing(type.element);
			return element === undefined ? undefined : arrayType(element);
		}
		case 'struct': {
			const fields = type.fields.flatMap((field) => {
				const own = withoutNothing(field.type);
				return own === undefined ? [] : [{ name: field.name, type: own }];
			});
			return fields.length === 0 ? undefined : { kind: 'struct', fields };
		}
		default:
			return type;
	}
}
