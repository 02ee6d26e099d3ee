import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { type Parameters, textOf } from '../n8n/parameters';

const recordModes = ['item', 'mapper', 'columns', 'fields', 'json', 'body'] as const;

/** What the model is asked for one item. */
export interface ItemInput {
	record: Record<string, unknown>;
	/** Apply to a whole request, so that items with other ones go into another request. */
	params?: Record<string, unknown>;
}

export const modelInputFields: INodeProperties[] = [
	{
		displayName: 'Model Input',
		name: 'recordMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Model Columns',
				value: 'mapper',
				description:
					'The columns that the model really has, with their types, each mapped to a value',
			},
			{
				name: 'Request Body',
				value: 'body',
				description: 'The whole body of a request, one request for each item',
			},
			{
				name: 'Some Fields of the Item',
				value: 'columns',
				description: 'Only the fields that are named are input columns',
			},
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'Enter the value of each input column',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'Enter one JSON object with all input columns',
			},
			{
				name: 'Whole Item',
				value: 'item',
				description: 'Every field of the item is an input column of the model',
			},
		],
		default: 'item',
		description: 'Where the input columns of the model come from',
	},
	{
		displayName: 'Model Columns',
		name: 'mappedColumns',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		typeOptions: {
			loadOptionsDependsOn: ['endpoint.value'],
			resourceMapper: {
				resourceMapperMethod: 'mapModelColumns',
				mode: 'add',
				fieldWords: { singular: 'column', plural: 'columns' },
				addAllFields: true,
				multiKeyMatch: false,
				supportAutoMap: true,
			},
		},
		displayOptions: { show: { recordMode: ['mapper'] } },
		description: 'Values for the input columns of the model',
	},
	{
		displayName: 'Request Body',
		name: 'body',
		type: 'json',
		displayOptions: { show: { recordMode: ['body'] } },
		default: '{}',
		placeholder: 'e.g. { "inputs": [[1.5, 2.5]] }',
		description:
			'The body of the request, sent as it is. The output field gets the predictions of its answer, or the whole answer when it has none.',
	},
	{
		displayName: 'Input Columns',
		name: 'columns',
		type: 'string',
		displayOptions: { show: { recordMode: ['columns'] } },
		default: '',
		placeholder: 'e.g. agency, month, prev_month',
		description: 'Names of the fields to send, separated by commas, as the model calls them',
	},
	{
		displayName: 'Input Columns',
		name: 'record',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Column',
		displayOptions: { show: { recordMode: ['fields'] } },
		default: {},
		description: 'Values of the input columns of the model',
		options: [
			{
				displayName: 'Column',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. prev_month',
						description: 'Name of the column, as the model calls it',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: [
							{ name: 'Boolean', value: 'boolean', description: 'True or false' },
							{ name: 'Number', value: 'number', description: 'A number' },
							{ name: 'Text', value: 'text', description: 'Text as it is entered' },
						],
						default: 'text',
						description: 'What the model expects in the column',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. 450000.50',
						description: 'Value of the column for this item',
					},
				],
			},
		],
	},
	{
		displayName: 'Input Columns (JSON)',
		name: 'recordJson',
		type: 'json',
		displayOptions: { show: { recordMode: ['json'] } },
		default: '{}',
		placeholder: 'e.g. { "agency": "RIM", "prev_month": 450000.5 }',
		description: 'A JSON object of the input columns of the model and their values for this item',
	},
];

/** Reads what the model gets for one item. Throws DatabricksError (badRequest). */
export function readItemInput(parameters: Parameters, item: IDataObject): ItemInput {
	const params = parameters.optionalObject('options.params', 'Model Parameters (JSON)');
	const isEmpty = params === undefined || Object.keys(params).length === 0;
	return { record: readRecord(parameters, item), params: isEmpty ? undefined : params };
}

function readRecord(parameters: Parameters, item: IDataObject): Record<string, unknown> {
	switch (parameters.choice('recordMode', 'Model Input', recordModes)) {
		case 'item':
			return item;
		case 'mapper':
			return mappedRecord(parameters, item);
		case 'body':
			return parameters.optionalObject('body', 'Request Body') ?? {};
		case 'columns':
			return someFields(item, parameters.list('columns'));
		case 'fields':
			return Object.fromEntries(
				parameters
					.rows('record.values')
					.map((row) => [(textOf(row.name) ?? '').trim(), typedValue(row)]),
			);
		case 'json':
			return parameters.optionalObject('recordJson', 'Input Columns (JSON)') ?? {};
	}
}

/** The values of the mapper; mapped automatically, the fields of the item that are columns. */
function mappedRecord(parameters: Parameters, item: IDataObject): Record<string, unknown> {
	const isAutomatic = parameters.text('mappedColumns.mappingMode') === 'autoMapInputData';
	if (!isAutomatic) {
		const values = parameters.optionalObject('mappedColumns.value', 'Model Columns') ?? {};
		return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
	}
	const columns = parameters.rows('mappedColumns.schema').map(({ id }) => textOf(id) ?? '');
	const known = columns.filter((name) => Object.hasOwn(item, name));
	return Object.fromEntries(known.map((name) => [name, item[name]]));
}

function someFields(item: IDataObject, columns: string[]): Record<string, unknown> {
	const missing = columns.filter((column) => !Object.hasOwn(item, column));
	if (missing.length > 0) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `The item has no field ${missing.map((name) => `"${name}"`).join(', ')}.`,
			hint: "Check the names in 'Input Columns' and the node before this one.",
		});
	}
	return Object.fromEntries(columns.map((column) => [column, item[column]]));
}

function typedValue(row: Record<string, unknown>): unknown {
	const { value } = row;
	const text = textOf(value);
	if (text === undefined || row.type === 'text' || row.type === undefined) return text ?? value;
	if (row.type === 'boolean') return text === 'true';
	const number = text.trim() === '' ? Number.NaN : Number(text);
	if (Number.isFinite(number)) return number;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `The input column "${textOf(row.name) ?? ''}" is "${text}", which is not a number.`,
		hint: "Check the value, or choose the type 'Text'.",
	});
}
