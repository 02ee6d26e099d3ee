import type { INodeProperties } from 'n8n-workflow';
import { byName, resultOptions, runOptions } from './optionFields';
import { parameterFields } from './parameterFields';

const show = { operation: ['executeQuery'] };
const results = { operation: ['executeQuery', 'getStatement'] };

const queryOptions: INodeProperties[] = [
	{
		displayName: 'Byte Limit',
		name: 'byteLimit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 10_000_000,
		description:
			'Max number of bytes of rows that Databricks returns; without it there is no limit. The counters of a statement that changes rows always come.',
	},
	{
		displayName: 'Catalog',
		name: 'catalog',
		type: 'string',
		default: '',
		placeholder: 'e.g. gold',
		description: 'Catalog of the tables that the statement names without one',
	},
	{
		displayName: 'Large Result',
		name: 'externalLinks',
		type: 'boolean',
		default: false,
		description:
			'Whether to fetch the rows from cloud storage at once. Without it a result above 25 MiB makes a statement that only reads run a second time, and one that may write, or is not waited for, has none.',
	},
	{
		displayName: 'Retries of Lost Reads',
		name: 'rereads',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 10 },
		default: 2,
		description:
			'How often a statement that only reads is run again when Databricks lost it. A statement that may write is never run again.',
	},
	{
		displayName: 'Row Limit',
		name: 'rowLimit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1000,
		description: 'Max number of rows that Databricks returns; without it all rows are returned',
	},
	{
		displayName: 'Run Details Field',
		name: 'detailsField',
		type: 'string',
		default: '_statement',
		placeholder: 'e.g. _statement',
		description:
			'Name of a field that each item gets, with statement ID, numbers of rows, bytes and chunks, duration, and whether a limit cut the result. No column may have the same name.',
	},
	{
		displayName: 'Schema',
		name: 'schema',
		type: 'string',
		default: '',
		placeholder: 'e.g. bir',
		description: 'Schema of the tables that the statement names without one',
	},
	{
		displayName: 'Wait for Result',
		name: 'wait',
		type: 'boolean',
		default: true,
		description:
			"Whether to wait for the end. Without it the item has the statement ID, for 'Get Statement' later.",
	},
];

export const executeQueryFields: INodeProperties[] = [
	{
		displayName: 'Statement',
		name: 'statement',
		type: 'string',
		typeOptions: { editor: 'sqlEditor', rows: 6 },
		required: true,
		default: '',
		placeholder: 'e.g. SELECT * FROM gold.bir.monthly_totals WHERE agency = :agency',
		description:
			'One SQL statement. Write :name where a value belongs and give the value under Parameters, instead of putting it into the text.',
		displayOptions: { show },
	},
	...parameterFields.map((field) => ({
		...field,
		displayOptions: { show: { ...show, ...field.displayOptions?.show } },
	})),
	{
		displayName: 'Run',
		name: 'runFor',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Once for Each Item', value: 'each', description: 'With the values of each item' },
			{
				name: 'Once for All Items',
				value: 'all',
				description: 'With the values of the first item',
			},
		],
		default: 'each',
		description: 'How often the statement is executed',
		displayOptions: { show },
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'An Item for Each Row', value: 'items', description: 'Columns become fields' },
			{ name: 'File', value: 'file', description: 'Rows are written to a file as they come' },
			{ name: 'One Item with All Rows', value: 'single', description: 'Rows stand in one list' },
		],
		default: 'items',
		description: 'What the rows of the result become',
		displayOptions: { show: results },
	},
	{
		displayName: 'File Format',
		name: 'fileFormat',
		type: 'options',
		options: [
			{
				name: 'Arrow Stream',
				value: 'arrow',
				description: 'Typed columns, as Databricks gives them; quick to read with pandas or Polars',
			},
			{
				name: 'CSV',
				value: 'csv',
				description: 'With a header; NULL is an empty field, an empty text is ""',
			},
			{ name: 'JSON', value: 'json', description: 'One list of objects' },
			{ name: 'JSON Lines', value: 'jsonl', description: 'An object on each line' },
		],
		default: 'csv',
		description: 'How the rows are written',
		displayOptions: { show: { ...results, output: ['file'] } },
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. totals-2026-10.csv',
		description: 'Name of the file; empty for the statement ID',
		displayOptions: { show: { ...results, output: ['file'] } },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryField',
		type: 'string',
		default: 'data',
		required: true,
		description: 'Name of the binary field of the output item that holds the file',
		displayOptions: { show: { ...results, output: ['file'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the statement',
		displayOptions: { show },
		options: byName(queryOptions, resultOptions, runOptions),
	},
];
