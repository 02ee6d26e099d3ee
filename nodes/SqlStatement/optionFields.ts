import type { INodeProperties } from 'n8n-workflow';

/** Options that every operation that runs SQL has. */
export const runOptions: INodeProperties[] = [
	{
		displayName: 'Query Tags',
		name: 'queryTags',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Tag',
		default: {},
		description:
			'Tags that the query history of Databricks shows for the statement; at most 20, each with a key of its own',
		options: [
			{
				displayName: 'Tag',
				name: 'values',
				values: [
					{
						displayName: 'Key',
						name: 'key',
						type: 'string',
						default: '',
						placeholder: 'e.g. workflow',
						description: 'Name of the tag',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. month-end-close',
						description: 'Value of the tag',
					},
				],
			},
		],
	},
	{
		displayName: 'Stopped Warehouse',
		name: 'stoppedWarehouse',
		type: 'options',
		options: [
			{
				name: 'Fail at Once',
				value: 'fail',
				description: 'Fail without starting the warehouse, which costs money',
			},
			{
				name: 'Start and Wait',
				value: 'start',
				description: 'Start the warehouse and wait until it runs, before the statement is sent',
			},
		],
		default: 'start',
		description: 'What happens when the SQL warehouse does not run',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 600,
		description: 'How long a statement may take, after which it is cancelled in Databricks',
	},
	{
		displayName: 'Warehouse Start Timeout (Seconds)',
		name: 'warehouseTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 900,
		description:
			'How long a stopped warehouse may take to start; this does not count for the timeout of the statement',
	},
];

/** Options for what is read from a result. */
export const resultOptions: INodeProperties[] = [
	{
		displayName: 'Bigints as Text',
		name: 'bigintsAsText',
		type: 'boolean',
		default: false,
		description:
			'Whether to return every BIGINT as text. Without it only those are text that a number would round (beyond 9007199254740991).',
	},
	{
		displayName: 'Chunks in Flight',
		name: 'chunksInFlight',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 16 },
		default: 3,
		description: 'Max number of parts of a large result that are fetched at the same time',
	},
	{
		displayName: 'Decimals as Numbers',
		name: 'decimalsAsNumbers',
		type: 'boolean',
		default: false,
		description:
			'Whether to return DECIMAL values as numbers, which may lose digits, instead of as exact text',
	},
];

/** The options of several sources in the order in which n8n lists them. */
export function byName(...lists: INodeProperties[][]): INodeProperties[] {
	return lists.flat().sort((a, b) => a.displayName.localeCompare(b.displayName));
}
