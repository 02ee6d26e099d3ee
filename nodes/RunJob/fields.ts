import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { authenticationField } from '../n8n/authentication';
import { jobField } from '../n8n/jobLocator';
import { type Locator, type Parameters, textOf } from '../n8n/parameters';

/** What a user asked of the node for one item. */
export interface RunJobRequest {
	job: Locator;
	jobParameters: Record<string, string>;
	/** What makes two starts the same; without it each start of the workflow is one of its own. */
	idempotencyKey?: string;
	wait: boolean;
	/** Infinity waits without limit. */
	timeoutMs: number;
	cancelWhenGivenUp: boolean;
	includeTaskOutputs: boolean;
	acceptPartialSuccess: boolean;
}

export const runJobFields: INodeProperties[] = [
	authenticationField,
	jobField,
	{
		displayName: 'Job Parameters',
		name: 'parameterMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'Enter the parameters one by one',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'Enter all parameters as one JSON object',
			},
		],
		default: 'fields',
		description: 'How the values of the parameters that the job declares are given',
	},
	{
		displayName: 'Parameters',
		name: 'jobParameters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Parameter',
		displayOptions: { show: { parameterMode: ['fields'] } },
		default: {},
		description: 'Values for parameters of the job; the others keep their defaults',
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
						description: 'Name of the parameter, as the job declares it',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. 2026-10',
						description: 'Value of the parameter; Databricks takes it as text',
					},
				],
			},
		],
	},
	{
		displayName: 'Parameters (JSON)',
		name: 'jobParametersJson',
		type: 'json',
		displayOptions: { show: { parameterMode: ['json'] } },
		default: '{}',
		placeholder: 'e.g. { "month": "2026-10" }',
		description:
			'A JSON object of parameter names and values. Values that are no text are sent as JSON.',
	},
	{
		displayName: 'Wait for Completion',
		name: 'wait',
		type: 'boolean',
		default: true,
		description:
			'Whether to wait until the run has ended and to fail when it did, instead of going on as soon as it has started',
	},
	{
		displayName: 'Timeout (Minutes)',
		name: 'timeoutMinutes',
		type: 'number',
		typeOptions: { minValue: 0 },
		displayOptions: { show: { wait: [true] } },
		default: 60,
		description:
			'How long to wait for the run, after which it is cancelled. With 0 there is no limit.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the run',
		options: [
			{
				displayName: 'Accept Partial Success',
				name: 'acceptPartialSuccess',
				type: 'boolean',
				default: true,
				description:
					'Whether a run that Databricks reports as successful with failures counts as a success',
			},
			{
				displayName: 'Cancel on Stop or Timeout',
				name: 'cancelWhenGivenUp',
				type: 'boolean',
				default: true,
				description:
					'Whether to cancel the run in Databricks when the execution is stopped or the timeout is over. A run that was already there before this node is left alone.',
			},
			{
				displayName: 'Idempotency Key',
				name: 'idempotencyKey',
				type: 'string',
				default: '',
				placeholder: 'e.g. month-end-2026-10',
				description:
					'Starts with the same key lead to the same run of the job, while it runs and after it succeeded, for as long as Databricks remembers it; after a failed run the next start makes a new one. Without a key each execution of the workflow starts a run of its own, once.',
			},
			{
				displayName: 'Include Task Outputs',
				name: 'includeTaskOutputs',
				type: 'boolean',
				default: true,
				description: 'Whether to fetch the output of every task, with one request for each',
			},
		],
	},
];

/** Reads the fields of one item. Throws DatabricksError (badRequest) that names the wrong field. */
export function readRunJob(parameters: Parameters): RunJobRequest {
	const wait = parameters.flag('wait', true);
	const minutes = wait ? parameters.number('timeoutMinutes', 'Timeout (Minutes)', 60) : 0;
	return {
		job: parameters.locator('job', 'Job'),
		jobParameters: readJobParameters(parameters),
		idempotencyKey: parameters.optionalText('options.idempotencyKey'),
		wait,
		timeoutMs: minutes === 0 ? Number.POSITIVE_INFINITY : minutes * 60_000,
		cancelWhenGivenUp: parameters.flag('options.cancelWhenGivenUp', true),
		includeTaskOutputs: parameters.flag('options.includeTaskOutputs', true),
		acceptPartialSuccess: parameters.flag('options.acceptPartialSuccess', true),
	};
}

function readJobParameters(parameters: Parameters): Record<string, string> {
	if (parameters.text('parameterMode') === 'json') {
		const object = parameters.optionalObject('jobParametersJson', 'Parameters (JSON)') ?? {};
		return Object.fromEntries(
			Object.entries(object).map(([name, value]) => [name, parameterText(value)]),
		);
	}
	const rows = parameters.rows('jobParameters.values').map((row) => ({
		name: textOf(row.name)?.trim() ?? '',
		value: parameterText(row.value),
	}));
	const named = rows.filter((row) => row.name !== '');
	const twice = named.find(
		(row, index) => named.findIndex(({ name }) => name === row.name) < index,
	);
	if (twice !== undefined) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Parameters' has '${twice.name}' twice.`,
			hint: 'Remove one of the two.',
		});
	}
	return Object.fromEntries(named.map(({ name, value }) => [name, value]));
}

/** Databricks takes text only: nothing is the empty text, lists and objects are JSON. */
function parameterText(value: unknown): string {
	return textOf(value) ?? JSON.stringify(value ?? undefined) ?? '';
}
