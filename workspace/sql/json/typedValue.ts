import { unsupported } from '../sqlError';
import { parseType } from '../types/typeReader';
import { typeText, type SqlType } from '../sqlType';
import { JsonError, jsonNode, type JsonNode } from './nodes';

/** A value that does not fit its type. */
const misfit = Symbol('misfit');

/**
 * The text of an object's member as Spark reads it into a STRING: of a text what it means, of anything
 * else its JSON as it stands; null for NULL, and where there is no such member.
 */
export function memberText(object: string, name: string): string | null {
	const node = member(object, name);
	return node === undefined || node.kind === 'null' ? null : node.text;
}

/**
 * A member of an object as an ARRAY, MAP or STRUCT, as JSON with texts for scalars. As Spark 4.1 does
 * it, a value that does not fit is NULL, and so is the list or map that it is in, but only the field of
 * a struct.
 */
export function memberValue(object: string, name: string, type: string): string | null {
	const node = member(object, name);
	if (node === undefined) return null;
	const value = typed(node, typeOf(type));
	return value === misfit ? null : value;
}

const types = new Map<string, SqlType>();

function typeOf(text: string): SqlType {
	const type = types.get(text) ?? parseType(text);
	types.set(text, type);
	return type;
}

function member(object: string, name: string): JsonNode | undefined {
	try {
		const node = jsonNode(object);
		return node.kind === 'object' ? node.members.get(name) : undefined;
	} catch (error) {
		if (!(error instanceof JsonError)) throw error;
		const what = error.twice === undefined ? 'JSON of another kind' : 'JSON with a member twice';
		throw unsupported(what);
	}
}

/** JSON with texts for scalars, its members in the order that they have in a map, or of the fields. */
function typed(node: JsonNode, type: SqlType): string | typeof misfit {
	if (node.kind === 'null') return 'null';
	switch (type.kind) {
		case 'string':
			return JSON.stringify(node.text);
		case 'array': {
			if (node.kind !== 'array') return misfit;
			const items = node.items.map((item) => typed(item, type.element));
			return items.every((item) => item !== misfit) ? `[${items.join(',')}]` : misfit;
		}
		case 'map': {
			if (type.key.kind !== 'string') throw unsupported(`JSON as ${typeText(type)}`);
			if (node.kind !== 'object') return misfit;
			const entries = [...node.members].map(([key, item]) => named(key, typed(item, type.value)));
			return entries.every((entry) => entry !== misfit) ? `{${entries.join(',')}}` : misfit;
		}
		case 'struct': {
			if (node.kind !== 'object') return misfit;
			const fields = type.fields.map((field) => {
				const found = node.members.get(field.name);
				const value = found === undefined ? 'null' : typed(found, field.type);
				return `${JSON.stringify(field.name)}:${value === misfit ? 'null' : value}`;
			});
			return `{${fields.join(',')}}`;
		}
		default: {
			const text = scalar(node, type);
			return text === misfit ? misfit : JSON.stringify(text);
		}
	}
}

const named = (name: string, value: string | typeof misfit) =>
	value === misfit ? misfit : `${JSON.stringify(name)}:${value}`;

const bits: Partial<Record<SqlType['kind'], bigint>> = {
	tinyint: 7n,
	smallint: 15n,
	int: 31n,
	bigint: 63n,
};

function scalar(node: JsonNode, type: SqlType): string | typeof misfit {
	const { kind, text } = node;
	const size = bits[type.kind];
	if (size !== undefined) {
		if (kind !== 'number' || !/^-?\d+$/.test(text)) return misfit;
		const value = BigInt(text);
		return value >= -(2n ** size) && value < 2n ** size ? text : misfit;
	}
	if (type.kind === 'boolean') return kind === 'boolean' ? text : misfit;
	if (type.kind === 'double') {
		if (kind === 'string' && /nan|inf/i.test(text))
			throw unsupported(`"${text}" of JSON as DOUBLE`);
		return kind === 'number' ? text : misfit;
	}
	if (type.kind === 'decimal') {
		if (kind !== 'number' && kind !== 'string') return misfit;
		const [, whole = '', fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
		const room = type.precision - type.scale;
		const digits = whole.replace(/^0+/, '').length;
		if (whole !== '' && (digits < room || (digits === room && fraction.length <= type.scale))) {
			return text;
		}
		throw unsupported(`${text} of JSON as ${typeText(type)} inside of a list or an object`);
	}
	throw unsupported(`${typeText(type)} inside of a list or an object of JSON`);
}
