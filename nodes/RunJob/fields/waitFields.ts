import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../../n8n/parameters';

/** How long a run is waited for, and what happens when it is given up. */
export interface WaitSettings {
	wait: boolean;
	/** Infinity waits without limit. */
	timeoutMs: number;
	whenOver: 'cancel' | 'fail' | 'handOn';
	cancelOnStop: boolean;
}

export const waitField: INodeProperties = {
	displayName: 'Wait for Completion',
	name: 'wait',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait until the run has ended and to fail when it did, instead of going on as soon as it has started',
};

const timeout: INodeProperties = {
	displayName: 'Timeout (Minutes)',
	name: 'timeoutMinutes',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 60,
	description: 'How long to wait for the run. With 0 there is no limit.',
};

const whenOver: INodeProperties = {
	displayName: 'When the Timeout Is Over',
	name: 'whenOver',
	type: 'options',
	options: [
		{
			name: 'Cancel the Run and Fail',
			value: 'cancel',
			description: 'A run that this node did not start is left alone',
		},
		{ name: 'Fail and Leave the Run Running', value: 'fail' },
		{
			name: 'Hand On the Running Run',
			value: 'handOn',
			description: 'The item has its state so far, and "ended" is false',
		},
	],
	default: 'cancel',
	description: 'What to do when the run has not ended in time',
};

const shownWhenWaiting = { displayOptions: { show: { wait: [true] } } };

/** For operations that start a run. */
export const waitFields: INodeProperties[] = [
	waitField,
	{ ...timeout, ...shownWhenWaiting },
	{ ...whenOver, ...shownWhenWaiting },
];

/** For the operation that only waits: the run is somebody else's, and is not cancelled. */
export const waitOnlyFields: INodeProperties[] = [
	timeout,
	{
		...whenOver,
		options: whenOver.options?.slice(1),
		default: 'fail',
	},
];

export const cancelOnStopOption: INodeProperties = {
	displayName: 'Cancel on Stop',
	name: 'cancelOnStop',
	type: 'boolean',
	default: true,
	description:
		'Whether to cancel the run in Databricks when the execution is stopped. A run that was already there before this node is left alone.',
};

export function readWait(parameters: Parameters): WaitSettings {
	const wait = parameters.flag('wait', true);
	const minutes = parameters.number('timeoutMinutes', 'Timeout (Minutes)', 60);
	const whenOver = parameters.optionalText('whenOver') ?? 'fail';
	return {
		wait,
		timeoutMs: minutes === 0 ? Number.POSITIVE_INFINITY : minutes * 60_000,
		whenOver: whenOver === 'cancel' || whenOver === 'handOn' ? whenOver : 'fail',
		cancelOnStop: parameters.flag('options.cancelOnStop', true),
	};
}
