import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import type { StartUpdateRequest } from '../databricks/pipelines/pipelines';
import { type Parameters, textOf } from '../n8n/parameters';

const refreshes = ['all', 'full', 'tables', 'validate'] as const;
const runningChoices = ['fail', 'join', 'after', 'skip', 'stop'] as const;

/** What a user asked of one update. */
export interface RunUpdateRequest {
	start: Omit<StartUpdateRequest, 'pipelineId'>;
	wait: boolean;
	/** Infinity waits without limit. */
	timeoutMs: number;
	stopWhenGivenUp: boolean;
	ifRunning: (typeof runningChoices)[number];
}

export const runUpdateFields: INodeProperties[] = [
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
				name: 'Nothing, Validate Only',
				value: 'validate',
				description: 'Check the source code of the pipeline without writing anything',
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
		displayName: 'I Want to Recompute the History of All Tables',
		name: 'confirmFullRefresh',
		type: 'boolean',
		displayOptions: { show: { refresh: ['full'] } },
		default: false,
		description:
			'Whether all tables may be cleared. Rows whose source files are gone, or whose stream keeps them no longer, do not come back. Without this the node refuses.',
	},
	{
		displayName: 'Table Names or IDs',
		name: 'tables',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getTables', loadOptionsDependsOn: ['pipeline.value'] },
		displayOptions: { show: { refresh: ['tables'] } },
		default: [],
		description:
			'Tables in which to process what is new. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Table Names or IDs From Scratch',
		name: 'fullRefreshTables',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getTables', loadOptionsDependsOn: ['pipeline.value'] },
		displayOptions: { show: { refresh: ['tables'] } },
		default: [],
		description:
			'Tables to clear and compute again. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Wait for Completion',
		name: 'wait',
		type: 'boolean',
		default: true,
		description:
			'Whether to wait until the update has ended and to fail when it did, instead of going on as soon as it has started. Of a continuous pipeline: until it runs.',
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
					{
						name: 'Skip',
						value: 'skip',
						description: 'Go on at once with the facts of the update that is running, start none',
					},
					{
						name: 'Stop It and Start',
						value: 'stop',
						description: 'Stop the update that is running, then start this one',
					},
					{
						name: 'Wait for It, Then Start',
						value: 'after',
						description: 'Start this update when the one that is running has ended',
					},
				],
				default: 'fail',
				description: 'What to do when the pipeline is being updated already',
			},
			{
				displayName: 'Pipeline Parameters',
				name: 'parameters',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true, sortable: true },
				placeholder: 'Add Parameter',
				default: {},
				description: 'Values for parameters of the pipeline, for this update alone',
				options: [
					{
						displayName: 'Parameter',
						name: 'values',
						values: [
							{
								displayName: 'Name',
								name: 'name',
								type: 'string',
								default: '',
								placeholder: 'e.g. month',
								description: 'Name of the parameter, as the pipeline calls it',
							},
							{
								displayName: 'Value',
								name: 'value',
								type: 'string',
								default: '',
								placeholder: 'e.g. 2026-10',
								description: 'Value of the parameter; Databricks takes every one as text',
							},
						],
					},
				],
			},
			{
				displayName: 'Reset Checkpoints of Flows',
				name: 'resetCheckpoints',
				type: 'string',
				displayOptions: { show: { '/refresh': ['all', 'tables'] } },
				default: '',
				placeholder: 'e.g. bronze.scout.transactions',
				description:
					'Streaming flows, separated by commas, that read their sources again from the beginning. Their tables keep the rows they hold, so rows may be there twice.',
			},
		],
	},
];

/** Reads the fields of one item. Throws DatabricksError (badRequest) that names the wrong field. */
export function readRunUpdate(parameters: Parameters): RunUpdateRequest {
	const wait = parameters.flag('wait', true);
	const minutes = wait ? parameters.number('timeoutMinutes', 'Timeout (Minutes)', 60) : 0;
	return {
		start: {
			...readSelection(parameters),
			...readResets(parameters),
			parameters: readPipelineParameters(parameters),
		},
		wait,
		timeoutMs: minutes === 0 ? Number.POSITIVE_INFINITY : minutes * 60_000,
		stopWhenGivenUp: parameters.flag('options.cancelWhenGivenUp', true),
		ifRunning:
			parameters.optionalText('options.ifRunning') === undefined
				? 'fail'
				: parameters.choice('options.ifRunning', 'If an Update Is Running', runningChoices),
	};
}

function readSelection(parameters: Parameters): RunUpdateRequest['start'] {
	const refresh = parameters.choice('refresh', 'Refresh', refreshes);
	if (refresh === 'validate') return { validateOnly: true };
	if (refresh === 'full') {
		if (parameters.flag('confirmFullRefresh')) return { fullRefresh: true };
		throw new DatabricksError({
			kind: 'badRequest',
			message: 'A refresh of all tables from scratch was not confirmed, so nothing was started.',
			hint: "It clears every table and recomputes its history. Turn on 'I Want to Recompute the History of All Tables', or choose 'Selected Tables'.",
		});
	}
	if (refresh === 'all') return {};
	const refreshSelection = parameters.list('tables');
	const fullRefreshSelection = parameters.list('fullRefreshTables');
	if (refreshSelection.length + fullRefreshSelection.length > 0) {
		return { refreshSelection, fullRefreshSelection };
	}
	throw new DatabricksError({
		kind: 'badRequest',
		message: "'Tables' and 'Tables From Scratch' are both empty.",
		hint: "Name at least one table, or choose 'All Tables'.",
	});
}

/** An update that reads nothing, or everything from scratch, has no checkpoint to reset. */
function readResets(parameters: Parameters): Pick<StartUpdateRequest, 'resetCheckpointSelection'> {
	if (!['all', 'tables'].includes(parameters.text('refresh'))) return {};
	const resetCheckpointSelection = parameters.list('options.resetCheckpoints');
	return resetCheckpointSelection.length === 0 ? {} : { resetCheckpointSelection };
}

function readPipelineParameters(parameters: Parameters): Record<string, string> | undefined {
	const rows = parameters.rows('options.parameters.values');
	const entries = rows.map(
		({ name, value }) => [(textOf(name) ?? '').trim(), textOf(value) ?? ''] as const,
	);
	if (entries.some(([name]) => name === '')) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "A pipeline parameter in 'Pipeline Parameters' has no name.",
			hint: 'Enter its name, or remove the row.',
		});
	}
	return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
