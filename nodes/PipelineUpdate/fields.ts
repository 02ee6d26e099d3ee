import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { authenticationField } from '../n8n/authentication';
import type { Locator, Parameters } from '../n8n/parameters';
import { pipelineField } from '../n8n/pipelineLocator';

/** What a user asked of the node for one item. */
export interface PipelineUpdateRequest {
	pipeline: Locator;
	fullRefresh: boolean;
	/** Tables to refresh; empty means all. */
	refreshSelection: string[];
	/** Tables to clear and compute again. */
	fullRefreshSelection: string[];
	wait: boolean;
	/** Infinity waits without limit. */
	timeoutMs: number;
	cancelWhenGivenUp: boolean;
	/** Whether an update that is under way is waited for instead of failing. */
	joinRunning: boolean;
}

const refreshes = ['all', 'full', 'tables'] as const;

export const pipelineUpdateFields: INodeProperties[] = [
	authenticationField,
	pipelineField,
	{
		displayName: 'Refresh',
		name: 'refresh',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'All Tables',
				value: 'all',
				description: 'Process what is new in all tables of the pipeline',
			},
			{
				name: 'All Tables From Scratch',
				value: 'full',
				description: 'Clear all tables and compute them again from the sources that still exist',
			},
			{
				name: 'Selected Tables',
				value: 'tables',
				description: 'Process only the tables that are named',
			},
		],
		default: 'all',
		description: 'What the update computes',
	},
	{
		displayName: 'Tables',
		name: 'tables',
		type: 'string',
		displayOptions: { show: { refresh: ['tables'] } },
		default: '',
		placeholder: 'e.g. silver.scout.transactions, gold.bir.monthly_totals',
		description: 'Names of the tables in which to process what is new, separated by commas',
	},
	{
		displayName: 'Tables From Scratch',
		name: 'fullRefreshTables',
		type: 'string',
		displayOptions: { show: { refresh: ['tables'] } },
		default: '',
		placeholder: 'e.g. gold.bir.monthly_totals',
		description: 'Names of the tables to clear and compute again, separated by commas',
	},
	{
		displayName: 'Wait for Completion',
		name: 'wait',
		type: 'boolean',
		default: true,
		description:
			'Whether to wait until the update has ended and to fail when it did, instead of going on as soon as it has started',
	},
	{
		displayName: 'Timeout (Minutes)',
		name: 'timeoutMinutes',
		type: 'number',
		typeOptions: { minValue: 0 },
		displayOptions: { show: { wait: [true] } },
		default: 60,
		description:
			'How long to wait for the update, after which it is stopped. With 0 there is no limit.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the update',
		options: [
			{
				displayName: 'Cancel on Stop or Timeout',
				name: 'cancelWhenGivenUp',
				type: 'boolean',
				default: true,
				description:
					'Whether to stop the update in Databricks when the execution is stopped or the timeout is over. An update that was joined is left alone.',
			},
			{
				displayName: 'If an Update Is Running',
				name: 'ifRunning',
				type: 'options',
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'A pipeline runs one update at a time: say which one is in the way',
					},
					{
						name: 'Join It',
						value: 'join',
						description: 'Wait for the update that is running and start none',
					},
				],
				default: 'fail',
				description: 'What to do when the pipeline is being updated already',
			},
		],
	},
];

/** Reads the fields of one item. Throws DatabricksError (badRequest) that names the wrong field. */
export function readPipelineUpdate(parameters: Parameters): PipelineUpdateRequest {
	const refresh = parameters.choice('refresh', 'Refresh', refreshes);
	const refreshSelection = refresh === 'tables' ? parameters.list('tables') : [];
	const fullRefreshSelection = refresh === 'tables' ? parameters.list('fullRefreshTables') : [];
	if (refresh === 'tables' && refreshSelection.length + fullRefreshSelection.length === 0) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "'Tables' and 'Tables From Scratch' are both empty.",
			hint: "Name at least one table, or choose 'All Tables'.",
		});
	}
	const wait = parameters.flag('wait', true);
	const minutes = wait ? parameters.number('timeoutMinutes', 'Timeout (Minutes)', 60) : 0;
	return {
		pipeline: parameters.locator('pipeline', 'Pipeline'),
		fullRefresh: refresh === 'full',
		refreshSelection,
		fullRefreshSelection,
		wait,
		timeoutMs: minutes === 0 ? Number.POSITIVE_INFINITY : minutes * 60_000,
		cancelWhenGivenUp: parameters.flag('options.cancelWhenGivenUp', true),
		joinRunning: parameters.text('options.ifRunning') === 'join',
	};
}
