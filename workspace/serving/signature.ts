import { z } from 'zod';

/** The MLflow column types that the local scoring server converts as it was recorded to. */
export const columnTypeSchema = z.enum(['double', 'long', 'integer', 'string']);
export type ColumnType = z.output<typeof columnTypeSchema>;

export const signatureSchema = z.object({
	inputs: z.array(
		z.object({ name: z.string(), type: columnTypeSchema, required: z.literal(true) }),
	),
});
/** The input columns of a model, all required, in the order in which it was logged. */
export type Signature = z.output<typeof signatureSchema>;
export type SignatureColumn = Signature['inputs'][number];

/** The signature as the scoring server's messages show it. */
export function signatureText({ inputs }: Signature): string {
	return `[${inputs.map(({ name, type }) => `'${name}': ${type} (required)`).join(', ')}]`;
}

/** The numpy type that a column is converted to. */
export function numpyType(type: ColumnType): string {
	return { double: 'float64', long: 'int64', integer: 'int32', string: 'str' }[type];
}
