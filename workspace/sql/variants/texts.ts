import { sortedEntries, isScalar, type Scalar, type Tag, type Variant } from './value';

/** JSON text as to_json of Spark 4.1 writes a VARIANT, and as it goes on the wire. */
export function jsonOf(value: Variant): string {
	if (value === null || typeof value === 'boolean') return String(value);
	if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
	if (isScalar(value)) return jsonOfScalar(value);
	return `{${sortedEntries(value)
		.map(([key, each]) => `${quoted(key)}:${jsonOf(each)}`)
		.join(',')}}`;
}

function jsonOfScalar({ tag, text }: Scalar): string {
	if (tag === 'i' || tag === 'n') return text;
	if (tag === 'e' || tag === 'f') return /[NI]/.test(text) ? `"${text}"` : text;
	return quoted(tag === 't' ? `${text}+00:00` : text);
}

/** Control characters in capital digits, everything else beyond ASCII as it is. */
const quoted = (text: string): string =>
	JSON.stringify(text).replace(
		/\\u00([01][\da-f])/g,
		(_, hex: string) => `\\u00${hex.toUpperCase()}`,
	);

/** The text of CAST AS STRING; null for the null of JSON. */
export function stringOf(value: Variant): string | null {
	if (value === null) return null;
	return isScalar(value) && value.tag !== 'b' ? value.text : jsonOf(value);
}

const SCALARS: Record<Exclude<Tag, 'n'>, string> = {
	i: 'BIGINT',
	e: 'DOUBLE',
	f: 'FLOAT',
	s: 'STRING',
	d: 'DATE',
	t: 'TIMESTAMP',
	z: 'TIMESTAMP_NTZ',
	b: 'BINARY',
};

/** A type as schema_of_variant describes it. */
type Shape =
	| { kind: 'scalar'; name: string }
	| { kind: 'decimal'; whole: number; scale: number }
	| { kind: 'array'; element: Shape }
	| { kind: 'object'; fields: Map<string, Shape> };

const VOID: Shape = { kind: 'scalar', name: 'VOID' };
const VARIANT: Shape = { kind: 'scalar', name: 'VARIANT' };

/** The text of schema_of_variant: `OBJECT<a: BIGINT>`. */
export const schemaOf = (value: Variant): string => shapeText(shapeOf(value));

function shapeOf(value: Variant): Shape {
	if (value === null) return VOID;
	if (typeof value === 'boolean') return { kind: 'scalar', name: 'BOOLEAN' };
	if (Array.isArray(value))
		return { kind: 'array', element: value.map(shapeOf).reduce(merged, VOID) };
	if (!isScalar(value)) {
		const fields = sortedEntries(value).map(([key, each]) => [key, shapeOf(each)] as const);
		return { kind: 'object', fields: new Map(fields) };
	}
	if (value.tag !== 'n') return { kind: 'scalar', name: SCALARS[value.tag] };
	const [whole = '', fraction = ''] = value.text.replace('-', '').split('.');
	const digits = whole.replace(/^0+/, '').length;
	return { kind: 'decimal', whole: digits, scale: fraction.length };
}

/** The shape that holds both: numbers widen, objects get the fields of both, other pairs are VARIANT. */
function merged(a: Shape, b: Shape): Shape {
	if (a === VOID || shapeText(a) === 'VOID') return b;
	if (shapeText(b) === 'VOID' || shapeText(a) === shapeText(b)) return a;
	if (a.kind === 'array' && b.kind === 'array') {
		return { kind: 'array', element: merged(a.element, b.element) };
	}
	if (a.kind === 'object' && b.kind === 'object') {
		const fields = new Map(a.fields);
		for (const [key, shape] of b.fields) fields.set(key, merged(fields.get(key) ?? VOID, shape));
		return { kind: 'object', fields };
	}
	const [x, y] = [asDecimal(a), asDecimal(b)];
	if (x !== undefined && y !== undefined) {
		const [whole, scale] = [Math.max(x.whole, y.whole), Math.max(x.scale, y.scale)];
		if (whole + scale <= 38) return { kind: 'decimal', whole, scale };
	}
	return isNumber(a) && isNumber(b) ? { kind: 'scalar', name: 'DOUBLE' } : VARIANT;
}

function asDecimal(shape: Shape): { whole: number; scale: number } | undefined {
	if (shape.kind === 'decimal') return shape;
	return shape.kind === 'scalar' && shape.name === 'BIGINT' ? { whole: 20, scale: 0 } : undefined;
}

const isNumber = (shape: Shape): boolean =>
	shape.kind === 'decimal' ||
	(shape.kind === 'scalar' && /^(?:BIGINT|DOUBLE|FLOAT)$/.test(shape.name));

function shapeText(shape: Shape): string {
	switch (shape.kind) {
		case 'scalar':
			return shape.name;
		case 'decimal':
			return `DECIMAL(${Math.max(shape.whole + shape.scale, 1)},${shape.scale})`;
		case 'array':
			return `ARRAY<${shapeText(shape.element)}>`;
		case 'object': {
			const fields = [...shape.fields]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(
					([key, each]) =>
						`${/^\w+$/.test(key) ? key : `\`${key.replaceAll('`', '``')}\``}: ${shapeText(each)}`,
				);
			return `OBJECT<${fields.join(', ')}>`;
		}
	}
}
