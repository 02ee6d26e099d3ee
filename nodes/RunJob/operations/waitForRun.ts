import { getRun } from '../../databricks/jobs/jobRuns';
import { runField } from '../../n8n/runLocator';
import { finishRun } from '../awaitRun';
import {
	acceptPartialSuccessOption,
	includeTaskOutputsOption,
	optionsField,
	readResult,
	splitTasksOption,
} from '../fields/resultFields';
import { readWait, waitOnlyFields } from '../fields/waitFields';
import type { Operation } from '../operation';

export const waitForRunOperation: Operation = {
	value: 'waitForRun',
	name: 'Wait for Run',
	action: 'Wait for run',
	description: 'Wait for a run that was started elsewhere, and get its result',
	fields: [
		runField,
		...waitOnlyFields,
		optionsField([acceptPartialSuccessOption, includeTaskOutputsOption, splitTasksOption]),
	],
	start: async (work) => {
		const { workspace, parameters } = work;
		const wait = { ...readWait(parameters), wait: true };
		const result = readResult(parameters);
		const runId = parameters.locator('run', 'Run').value;
		const deadlineMs = workspace.clock.now() + wait.timeoutMs;
		const last = await getRun(workspace, runId);
		const { job_id: jobId, run_type: runType } = last;
		const list = jobId === undefined || jobId === '0' ? { runType } : { jobId };
		return async () =>
			await finishRun(work, { runId, list, last, isOurs: false, deadlineMs }, wait, result);
	},
};
