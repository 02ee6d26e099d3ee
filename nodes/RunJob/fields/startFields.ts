import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../../n8n/parameters';

const policies = ['start', 'wait', 'skip', 'fail', 'cancel'] as const;

/** What to do when a run of the job is active already. */
export type Policy = (typeof policies)[number];

export const policyField: INodeProperties = {
	displayName: 'If the Job Is Already Running',
	name: 'ifRunning',
	type: 'options',
	options: [
		{
			name: 'Cancel It First',
			value: 'cancel',
			description: 'Cancel the active runs, wait until they have ended, then start',
		},
		{ name: 'Fail', value: 'fail', description: 'Start nothing, and name the active run' },
		{
			name: 'Skip',
			value: 'skip',
			description: 'Start nothing; the item says so and has the active run',
		},
		{
			name: 'Start Another',
			value: 'start',
			description: 'Databricks lets it run beside, queues it or skips it, as the job says',
		},
		{
			name: 'Wait for It',
			value: 'wait',
			description: 'Start nothing, and use the result of the active run',
		},
	],
	default: 'start',
	description:
		'What to do when another run of the job is active. A run that the same idempotency key has started is joined in any case.',
};

export const idempotencyKeyOption: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. month-end-2026-10',
	description:
		'Starts with the same key lead to the same run of the job, while it runs and after it succeeded, for as long as Databricks remembers it; after a failed run the next start makes a new one. Without a key each execution of the workflow starts a run of its own, once.',
};

export const performanceTargetOption: INodeProperties = {
	displayName: 'Performance Target',
	name: 'performanceTarget',
	type: 'options',
	options: [
		{ name: 'As the Job Says', value: '' },
		{
			name: 'Performance Optimized',
			value: 'PERFORMANCE_OPTIMIZED',
			description: 'Starts and runs faster, and costs more; serverless only',
		},
		{ name: 'Standard', value: 'STANDARD', description: 'Starts later, and costs less' },
	],
	default: '',
	description: 'How fast serverless compute is there',
};

export const queueOption: INodeProperties = {
	displayName: 'Queue',
	name: 'queue',
	type: 'options',
	options: [
		{ name: 'As the Job Says', value: '' },
		{ name: 'Queue', value: 'queue', description: 'Wait for a place' },
		{ name: 'Skip', value: 'skip', description: 'End the run at once as skipped' },
	],
	default: '',
	description: 'What Databricks does with the run when the job has as many runs as it may',
};

export const onlyTasksOption: INodeProperties = {
	displayName: 'Only These Tasks',
	name: 'onlyTasks',
	type: 'string',
	default: '',
	placeholder: 'e.g. training, +forecasts',
	description:
		'Keys of tasks, separated by commas: +key also runs what it depends on, key+ also what depends on it. Empty for all.',
};

/** What is asked of a start beside the job and its parameters. */
export interface StartSettings {
	policy: Policy;
	only?: readonly string[];
	queue?: boolean;
	performanceTarget?: string;
}

export function readStart(parameters: Parameters): StartSettings {
	const only = parameters.list('options.onlyTasks');
	const queue = parameters.text('options.queue');
	return {
		policy: parameters.choice('ifRunning', 'If the Job Is Already Running', policies),
		only: only.length === 0 ? undefined : only,
		queue: queue === '' ? undefined : queue === 'queue',
		performanceTarget: parameters.optionalText('options.performanceTarget'),
	};
}
