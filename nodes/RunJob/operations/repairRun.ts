import type { INodeProperties } from 'n8n-workflow';
import { repairRun } from '../../databricks/jobs/jobRunStart';
import { runField } from '../../n8n/runLocator';
import { finishRun } from '../awaitRun';
import { readRunParameters, repairParameterFields } from '../fields/parameterFields';
import {
	acceptPartialSuccessOption,
	includeTaskOutputsOption,
	optionsField,
	readResult,
	splitTasksOption,
} from '../fields/resultFields';
import { performanceTargetOption } from '../fields/startFields';
import { cancelOnStopOption, readWait, waitFields } from '../fields/waitFields';
import type { Finish, ItemWork, Operation } from '../operation';

const taskFields: INodeProperties[] = [
	{
		displayName: 'Tasks',
		name: 'repairTasks',
		type: 'options',
		options: [
			{
				name: 'All Failed Tasks',
				value: 'failed',
				description: 'Those that failed, and those that did not run because of them',
			},
			{ name: 'Chosen Tasks', value: 'chosen' },
		],
		default: 'failed',
		description: 'Which tasks to run again',
	},
	{
		displayName: 'Task Keys',
		name: 'repairTaskKeys',
		type: 'string',
		displayOptions: { show: { repairTasks: ['chosen'] } },
		default: '',
		placeholder: 'e.g. training, forecasts',
		description: 'Keys of the tasks, separated by commas',
	},
	{
		displayName: 'With Dependents',
		name: 'repairDependents',
		type: 'boolean',
		default: false,
		description: 'Whether tasks that depend on them run again, too, although they succeeded before',
	},
];

export const repairRunOperation: Operation = {
	value: 'repairRun',
	name: 'Repair Run',
	action: 'Repair run',
	description: 'Run failed or chosen tasks of an ended run again, and wait for that repair',
	fields: [
		runField,
		...taskFields,
		...repairParameterFields,
		...waitFields,
		optionsField([
			acceptPartialSuccessOption,
			cancelOnStopOption,
			includeTaskOutputsOption,
			performanceTargetOption,
			splitTasksOption,
		]),
	],
	start,
};

async function start(work: ItemWork): Promise<Finish> {
	const { workspace, parameters } = work;
	const wait = readWait(parameters);
	const result = readResult(parameters);
	const runId = parameters.locator('run', 'Run').value;
	const isChosen = parameters.text('repairTasks') === 'chosen';
	if (isChosen) parameters.requiredText('repairTaskKeys', 'Task Keys');
	const deadlineMs = wait.wait ? workspace.clock.now() + wait.timeoutMs : Number.POSITIVE_INFINITY;
	const repairId = await repairRun(workspace, {
		runId,
		tasks: isChosen ? parameters.list('repairTaskKeys') : 'failed',
		withDependents: parameters.flag('repairDependents'),
		parameters: readRunParameters(parameters),
		performanceTarget: parameters.optionalText('options.performanceTarget'),
		deadlineMs,
	});
	return async () => {
		const run = { runId, repairId, isOurs: true, deadlineMs };
		const items = await finishRun(work, run, wait, result);
		return items.map((item) => ({ ...item, repair_id: repairId }));
	};
}
