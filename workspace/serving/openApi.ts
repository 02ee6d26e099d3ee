import type { LanguageTask } from './languageModels';
import type { ScorableModel } from './scoring';
import type { ServedModel } from './servingEndpoints';
import type { SignatureColumn } from './signature';

/** double and string as in the documented example, long and integer by their width, others by OpenAPI's words. */
const types: Record<SignatureColumn['type'], Record<string, unknown>> = {
	double: { type: 'number', format: 'double' },
	long: { type: 'integer', format: 'int64' },
	integer: { type: 'integer', format: 'int32' },
	string: { type: 'string' },
	float: { type: 'number', format: 'float' },
	boolean: { type: 'boolean' },
	datetime: { type: 'string', format: 'date-time' },
	array: { type: 'array', items: { type: 'number', format: 'double' } },
	object: { type: 'object' },
};

/**
 * The schema of an endpoint, in the shape that the documentation page "Get a model serving endpoint
 * schema" shows: one path a served model, the input formats as alternatives. Of the language models the
 * page shows nothing: what they take is said as far as their API texts go.
 */
export function endpointOpenApi(
	name: string,
	url: string,
	served: readonly ServedModel[],
): Record<string, unknown> {
	return {
		openapi: '3.1.0',
		info: { title: name, version: '1' },
		servers: [{ url }],
		paths: Object.fromEntries(
			served.map((one) => [
				`/served-models/${one.name}/invocations`,
				{ post: one.kind === 'custom' ? operation(one.model) : languageOperation(one.model.task) },
			]),
		),
	};
}

function languageOperation(task: LanguageTask): Record<string, unknown> {
	const text = { type: 'string' };
	const message = {
		type: 'object',
		properties: { role: text, content: text },
		required: ['role', 'content'],
	};
	const inputs: Record<LanguageTask, [string, Record<string, unknown>]> = {
		'llm/v1/chat': ['messages', { type: 'array', items: message }],
		'llm/v1/completions': ['prompt', text],
		'llm/v1/embeddings': ['input', text],
	};
	const [input, type] = inputs[task];
	const schema = { type: 'object', properties: { [input]: type }, required: [input] };
	return {
		requestBody: { content: { 'application/json': { schema } } },
		responses: { '200': { description: 'Successful operation' } },
	};
}

function operation(model: ScorableModel): Record<string, unknown> {
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
