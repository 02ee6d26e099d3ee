import { z } from 'zod';

/** The MLflow column types that the local scoring server converts as it was recorded to. */
export const scalarTypeSchema = z.enum([
	'double',
	'float',
	'long',
	'integer',
	'string',
	'boolean',
	'datetime',
]);
export type ScalarType = z.output<typeof scalarTypeSchema>;

const objectTypeSchema = z.object({
	properties: z.record(z.string(), z.object({ type: z.literal('string'), required: z.boolean() })),
});
export type ObjectType = z.output<typeof objectTypeSchema>;

export function objectTypeText({ properties }: ObjectType): string {
	const texts = Object.entries(properties).map(
		([name, { type, required }]) => `${name}: ${type} (${required ? 'required' : 'optional'})`,
	);
	return `{${texts.join(', ')}}`;
}

const named = { name: z.string(), required: z.boolean() };
const columnSchema = z.union([
	z.object({ ...named, type: scalarTypeSchema }),
	z.object({ ...named, type: z.literal('array'), items: z.object({ type: z.literal('double') }) }),
	objectTypeSchema.extend({ ...named, type: z.literal('object') }),
]);

const scalarValue = z.union([z.string(), z.number(), z.boolean()]);
const paramSchema = z.object({
	name: z.string(),
	type: z.enum(['double', 'long', 'integer', 'string', 'boolean']),
	default: z.union([scalarValue, z.array(scalarValue)]),
	/** `[-1]` for lists. */
	shape: z.array(z.number()).nullable(),
});
export type ParamSpec = z.output<typeof paramSchema>;

export const signatureSchema = z.object({
	inputs: z.array(columnSchema),
	params: z.array(paramSchema).optional(),
});
/** The input columns of a model in the order in which it was logged, and its parameters. */
export type Signature = z.output<typeof signatureSchema>;
export type SignatureColumn = Signature['inputs'][number];

/** The signature as the scoring server's messages show it. */
export function signatureText({ inputs }: Signature): string {
	const columns = inputs.map(
		(column) =>
			`'${column.name}': ${typeText(column)} (${column.required ? 'required' : 'optional'})`,
	);
	return `[${columns.join(', ')}]`;
}

function typeText(column: SignatureColumn): string {
	if (column.type === 'array') return `Array(${column.items.type})`;
	return column.type === 'object' ? objectTypeText(column) : column.type;
}

const numpyTypes: Readonly<Record<ScalarType, string>> = {
	double: 'float64',
	float: 'float32',
	long: 'int64',
	integer: 'int32',
	string: 'str',
	boolean: 'bool',
	datetime: 'datetime64[ns]',
};

/** What a column is converted to, in the words of the messages. */
export function numpyType(column: SignatureColumn): string {
	return column.type === 'array' || column.type === 'object'
		? typeText(column)
		: numpyTypes[column.type];
}
