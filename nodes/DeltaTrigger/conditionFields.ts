import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { onlyReads } from '../databricks/sql/statementText';
import type { Parameters } from '../n8n/parameters';

/** How a value is compared with the threshold. */
export type Comparison = 'above' | 'atLeast' | 'below' | 'atMost' | 'equal' | 'different';

/** What a user asked of the event Query Condition. */
export interface ConditionRequest {
	query: string;
	/** Undefined: the condition is met when there are rows. */
	threshold?: { comparison: Comparison; value: string };
	/** Whether it fires only when the condition was not met before. */
	once: boolean;
}

const ofCondition = { event: ['condition'] };
const ofThreshold = { event: ['condition'], conditionType: ['threshold'] };
const comparisons = ['above', 'atLeast', 'below', 'atMost', 'equal', 'different'] as const;

export const conditionFields: INodeProperties[] = [
	{
		displayName: 'Query',
		name: 'query',
		type: 'string',
		typeOptions: { editor: 'sqlEditor', rows: 5 },
		required: true,
		default: '',
		placeholder: 'e.g. SELECT count(*) FROM gold.bir.monthly_totals WHERE total_amount < 0',
		displayOptions: { show: ofCondition },
		description: 'A SELECT; names have catalog and schema',
	},
	{
		displayName: 'Condition',
		name: 'conditionType',
		type: 'options',
		options: [
			{ name: 'Returns Rows', value: 'rows', description: 'The rows become the items' },
			{
				name: 'Value Crosses a Threshold',
				value: 'threshold',
				description: 'The first column of the first row is compared',
			},
		],
		default: 'rows',
		displayOptions: { show: ofCondition },
		description: 'When the condition is met',
	},
	{
		displayName: 'Value Is',
		name: 'comparison',
		type: 'options',
		options: [
			{ name: 'Above', value: 'above' },
			{ name: 'At Least', value: 'atLeast' },
			{ name: 'At Most', value: 'atMost' },
			{ name: 'Below', value: 'below' },
			{ name: 'Different From', value: 'different' },
			{ name: 'Equal To', value: 'equal' },
		],
		default: 'above',
		displayOptions: { show: ofThreshold },
		description: 'How the value is compared with the threshold',
	},
	{
		displayName: 'Threshold',
		name: 'threshold',
		type: 'string',
		default: '0',
		required: true,
		displayOptions: { show: ofThreshold },
		description: 'A number; decimals are compared exactly',
	},
	{
		displayName: 'Fire',
		name: 'fire',
		type: 'options',
		options: [
			{
				name: 'Every Time',
				value: 'always',
				description: 'At every poll at which the condition is met',
			},
			{
				name: 'Once per Crossing',
				value: 'once',
				description:
					'When the condition is met and was not before. After a restart of n8n it counts as not met before.',
			},
		],
		default: 'once',
		displayOptions: { show: ofCondition },
		description: 'How often the workflow starts',
	},
];

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readCondition(parameters: Parameters): ConditionRequest {
	const query = parameters.requiredText('query', 'Query').replace(/;\s*$/, '');
	if (!onlyReads(query)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "'Query' is not a query that only reads.",
			hint: 'It runs at every poll: write one SELECT.',
		});
	}
	const once = parameters.text('fire') !== 'always';
	if (parameters.text('conditionType') !== 'threshold') return { query, once };
	const comparison = parameters.choice('comparison', 'Value Is', comparisons);
	const value = parameters.requiredText('threshold', 'Threshold');
	if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Threshold' is "${value}", which is not a number.`,
			hint: 'Write it as 1000.50.',
		});
	}
	return { query, threshold: { comparison, value }, once };
}
