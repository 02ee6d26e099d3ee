import type { ServedModel } from './servingEndpoints';
import type { ColumnType } from './signature';

/** double and string as in the documented example; long and integer by their width. */
const types: Record<ColumnType, Record<string, string>> = {
	double: { type: 'number', format: 'double' },
	long: { type: 'integer', format: 'int64' },
	integer: { type: 'integer', format: 'int32' },
	string: { type: 'string' },
};

/**
 * The schema of an endpoint, in the shape that the documentation page "Get a model serving endpoint
 * schema" shows: one path a served model, the input formats as alternatives.
 */
export function endpointOpenApi(
	name: string,
	host: string,
	served: ServedModel | undefined,
): Record<string, unknown> {
	return {
		openapi: '3.1.0',
		info: { title: name, version: '1' },
		servers: [{ url: `${host}/serving-endpoints/${name}` }],
		paths:
			served === undefined
				? {}
				: { [`/served-models/${served.name}/invocations`]: { post: operation(served) } },
	};
}

function operation({ model }: ServedModel): Record<string, unknown> {
	const { inputs } = model.signature;
	const names = inputs.map((column) => column.name);
	const required = inputs.filter((column) => column.required).map((column) => column.name);
	const split = {
		type: 'object',
		properties: {
			columns: {
				description: `required fields: ${required.join(', ')}`,
				type: 'array',
				items: { type: 'string', enum: names },
			},
			data: {
				type: 'array',
				items: { type: 'array', prefixItems: inputs.map(({ type }) => types[type]) },
			},
		},
	};
	const records = {
		type: 'array',
		items: {
			type: 'object',
			required,
			properties: Object.fromEntries(inputs.map(({ name, type }) => [name, types[type]])),
		},
	};
	const predictions = { type: 'array', items: types.double };
	return {
		requestBody: {
			content: {
				'application/json': {
					schema: {
						oneOf: [
							{ type: 'object', properties: { dataframe_split: split } },
							{ type: 'object', properties: { dataframe_records: records } },
						],
					},
				},
			},
		},
		responses: {
			'200': {
				description: 'Successful operation',
				content: {
					'application/json': { schema: { type: 'object', properties: { predictions } } },
				},
			},
		},
	};
}
