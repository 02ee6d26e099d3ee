import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { noRetry } from '../retry';
import type { ColumnType, ModelColumn } from './modelColumn';
import { signatureColumns } from './modelSignature';
import { getEndpoint, getOpenApi } from './serving';
import type { ServingEndpoint } from './servingEndpoint';
import type { Workspace } from '../workspace';

const typeSchema = z.looseObject({
	type: z.union([z.string(), z.array(z.string())]).optional(),
	format: z.string().optional(),
	items: z.looseObject({ type: z.unknown() }).optional(),
});
const recordSchema = z.looseObject({
	required: z.array(z.string()).optional(),
	properties: z.record(z.string(), typeSchema),
});
const formatSchema = z.looseObject({
	properties: z.looseObject({
		dataframe_records: z.looseObject({ items: recordSchema }).optional(),
		dataframe_split: z
			.looseObject({
				properties: z.looseObject({
					columns: z.looseObject({
						description: z.string().optional(),
						items: z.looseObject({ enum: z.array(z.string()) }),
					}),
					data: z.looseObject({
						items: z.looseObject({ prefixItems: z.array(typeSchema) }),
					}),
				}),
			})
			.optional(),
	}),
});
const bodySchema = z.union([
	z.looseObject({ oneOf: z.array(z.unknown()) }).transform(({ oneOf }) => oneOf),
	z.looseObject({ anyOf: z.array(z.unknown()) }).transform(({ anyOf }) => anyOf),
	z.unknown().transform((schema) => [schema]),
]);
const contentSchema = z.looseObject({
	'application/json': z.looseObject({ schema: bodySchema }),
});
const documentSchema = z.looseObject({
	paths: z.record(
		z.string(),
		z.looseObject({
			post: z.looseObject({ requestBody: z.looseObject({ content: contentSchema }) }).optional(),
		}),
	),
});

/**
 * The input columns of the model that an endpoint serves, by its OpenAPI document, or else by the
 * signature in Unity Catalog; undefined when neither can be read, as without the permission to see it,
 * and for models without columns. Of several served models only what all of them say alike is known.
 */
export async function modelColumns(
	workspace: Workspace,
	name: string,
	endpoint?: Promise<ServingEndpoint | undefined>,
): Promise<ModelColumn[] | undefined> {
	const columns = columnsIn(await readOrNothing(getOpenApi(workspace, name)));
	if (columns !== undefined) return columns;
	const known = await (endpoint ?? readOrNothing(getEndpoint(workspace, name, { retry: noRetry })));
	return known === undefined ? undefined : await signatureColumns(workspace, known);
}

/** What a read gives; nothing when Databricks does not give it. Throws what a Stop makes of it. */
export async function readOrNothing<Value>(read: Promise<Value>): Promise<Value | undefined> {
	try {
		return await read;
	} catch (error) {
		if (!(error instanceof DatabricksError) || error.kind === 'aborted') throw error;
		return undefined;
	}
}

/** The columns in an OpenAPI document of an endpoint. */
export function columnsIn(document: unknown): ModelColumn[] | undefined {
	const parsed = documentSchema.safeParse(document);
	if (!parsed.success) return undefined;
	const models = Object.values(parsed.data.paths)
		.flatMap(({ post }) => (post === undefined ? [] : [post.requestBody.content]))
		.map((content) => columnsOfModel(content['application/json'].schema));
	const [first, ...others] = models;
	if (first === undefined) return undefined;
	const same = others.every((columns) => JSON.stringify(columns) === JSON.stringify(first));
	return same ? first : undefined;
}

function columnsOfModel(formats: readonly unknown[]): ModelColumn[] | undefined {
	const known = formats.flatMap((format) => {
		const parsed = formatSchema.safeParse(format);
		return parsed.success ? [parsed.data.properties] : [];
	});
	const records = known.find(({ dataframe_records }) => dataframe_records !== undefined);
	if (records?.dataframe_records !== undefined) {
		const { properties, required = [] } = records.dataframe_records.items;
		return Object.entries(properties).map(([name, type]) => ({
			name,
			type: columnType(type),
			required: required.includes(name),
		}));
	}
	const split = known.find(({ dataframe_split }) => dataframe_split !== undefined)?.dataframe_split;
	if (split === undefined) return undefined;
	const { columns, data } = split.properties;
	// Here the required ones stand in a sentence: "required fields: a, b".
	const listed = /required fields: (.*)$/.exec(columns.description ?? '')?.[1]?.split(', ');
	return columns.items.enum.map((name, at) => ({
		name,
		type: columnType(data.items.prefixItems[at] ?? {}),
		required: listed?.includes(name) ?? false,
	}));
}

function columnType({ type, format, items }: z.output<typeof typeSchema>): ColumnType {
	const word = Array.isArray(type) ? type.find((one) => one !== 'null') : type;
	switch (word) {
		case 'number':
			return 'double';
		case 'integer':
			return format === 'int32' ? 'integer' : 'long';
		case 'boolean':
			return 'boolean';
		case 'string':
			if (format === 'date-time' || format === 'datetime') return 'datetime';
			return format === undefined ? 'string' : 'other';
		case 'array':
			return items?.type === 'number' ? 'doubles' : 'array';
		case 'object':
			return 'object';
		default:
			return 'other';
	}
}
