import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../n8n/parameters';
import { type AnswerOptions, readAnswerOptions } from './answerOptions';

const formats = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

/** How a batch is written; see the fields of an MLflow scoring server. */
export type RequestFormat = (typeof formats)[number];

/** What a user asked of the node for all items. */
export interface PredictRequest extends AnswerOptions {
	endpoint: string;
	format: RequestFormat;
	/** Whether each item's 'Request Body' goes out as it is. */
	isBody: boolean;
	batchRecords: number;
	batchBytes: number;
	/** Whether the columns of the model are read and every record is held to them. */
	checksColumns: boolean;
}

export const predictOptions: INodeProperties[] = [
	{
		displayName: 'Check Against the Model',
		name: 'checksColumns',
		type: 'boolean',
		default: true,
		description:
			'Whether to read the columns of the model first (one request) and to refuse values that it would convert into something else',
	},
	{
		displayName: 'Items per Request',
		name: 'batchRecords',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1000,
		description: 'How many items go into one request at most',
	},
	{
		displayName: 'Model Parameters (JSON)',
		name: 'params',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. { "horizon": 3 }',
		description:
			'A JSON object of the parameters that the model declares. Items with the same ones go into one request. Most models ignore parameters they do not know.',
	},
	{
		displayName: 'One Item per Request',
		name: 'singleItems',
		type: 'boolean',
		default: false,
		description:
			'Whether to ask for one item at a time. Needed for models that sort, filter or multiply rows: the answer to a batch then cannot be told apart from a right one.',
	},
	{
		displayName: 'Request Format',
		name: 'format',
		type: 'options',
		options: [
			{
				name: 'Dataframe Records',
				value: 'dataframe_records',
				description: 'A list of objects; three times as large as the split form',
			},
			{
				name: 'Dataframe Split',
				value: 'dataframe_split',
				description: 'Columns and rows apart; the smallest form for models with columns',
			},
			{
				name: 'Inputs',
				value: 'inputs',
				description: 'For models that take a list of objects or tensors by name',
			},
			{
				name: 'Instances',
				value: 'instances',
				description: 'The form of TensorFlow Serving',
			},
		],
		default: 'dataframe_split',
		description: 'How the items are written in a request',
	},
	{
		displayName: 'Size of a Request (MB)',
		name: 'batchMegabytes',
		type: 'number',
		typeOptions: { minValue: 0.001, maxValue: 16, numberPrecision: 3 },
		default: 8,
		description: 'How large a request may be; Databricks takes at most 16 MB',
	},
];

/** Reads the fields that hold for all items. Throws DatabricksError (badRequest). */
export function readPredict(parameters: Parameters): PredictRequest {
	const format = parameters.optionalText('options.format') ?? 'dataframe_split';
	const isBody = parameters.text('recordMode') === 'body';
	const batchRecords = parameters.number('options.batchRecords', 'Items per Request', 1000, 1);
	return {
		...readAnswerOptions(parameters, 'prediction'),
		endpoint: parameters.locator('endpoint', 'Serving Endpoint').value,
		format: formats.find((known) => known === format) ?? 'dataframe_split',
		isBody,
		batchRecords: parameters.flag('options.singleItems') ? 1 : batchRecords,
		batchBytes:
			parameters.number('options.batchMegabytes', 'Size of a Request (MB)', 8, 0.001) * 1_000_000,
		checksColumns: !isBody && parameters.flag('options.checksColumns', true),
	};
}
