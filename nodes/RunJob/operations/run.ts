import { checkDeclared } from '../../databricks/jobs/jobRunParameters';
import { runNow } from '../../databricks/jobs/jobRunStart';
import { isTerminal } from '../../databricks/jobs/jobRunState';
import { jobField } from '../../n8n/jobLocator';
import { skippedItem, startUnlessRunning } from '../alreadyRunning';
import { finishRun, isSuccess } from '../awaitRun';
import { readRunParameters, startParameterFields } from '../fields/parameterFields';
import {
	acceptPartialSuccessOption,
	includeTaskOutputsOption,
	optionsField,
	readResult,
	splitTasksOption,
} from '../fields/resultFields';
import {
	idempotencyKeyOption,
	onlyTasksOption,
	performanceTargetOption,
	policyField,
	queueOption,
	readStart,
} from '../fields/startFields';
import { cancelOnStopOption, readWait, waitFields } from '../fields/waitFields';
import type { Finish, ItemWork, Operation } from '../operation';
import { startOnce } from '../startOnce';
import { startPlaceOf } from '../startPlace';

/** How long the active runs of a job may take to end when nobody waits for the new run. */
const cancelledWithinMs = 600_000;

export const runOperation: Operation = {
	value: 'run',
	name: 'Run',
	action: 'Run job',
	description: 'Start a job once, and wait for it',
	fields: [
		jobField,
		...startParameterFields,
		policyField,
		...waitFields,
		optionsField([
			acceptPartialSuccessOption,
			cancelOnStopOption,
			idempotencyKeyOption,
			includeTaskOutputsOption,
			onlyTasksOption,
			performanceTargetOption,
			queueOption,
			splitTasksOption,
		]),
	],
	start,
};

async function start(work: ItemWork): Promise<Finish> {
	const { workspace, parameters } = work;
	const nowMs = workspace.clock.now();
	const wait = readWait(parameters);
	const result = readResult(parameters);
	const { policy, ...how } = readStart(parameters);
	const runParameters = readRunParameters(parameters);
	const userKey = parameters.optionalText('options.idempotencyKey');
	const { mode, value } = parameters.locator('job', 'Job');
	const jobId = mode === 'name' ? await work.jobNamed(value) : value;
	if (runParameters?.family === 'job') {
		const { settings } = await work.jobOf(jobId);
		checkDeclared(runParameters.values, settings.parameters ?? [], { jobId, name: settings.name });
	}
	const deadlineMs = wait.wait ? nowMs + wait.timeoutMs : Number.POSITIVE_INFINITY;
	const place = startPlaceOf(work, userKey);
	const outcome = await startUnlessRunning({
		workspace,
		follower: work.follower,
		jobId,
		parameters: runParameters,
		policy,
		deadlineMs: Math.min(deadlineMs, nowMs + (wait.wait ? wait.timeoutMs : cancelledWithinMs)),
		start: async () =>
			await startOnce(
				workspace,
				{
					runs: { jobId },
					send: async (idempotencyToken, answerByMs) =>
						await runNow(workspace, {
							jobId,
							idempotencyToken,
							parameters: runParameters,
							...how,
							deadlineMs: answerByMs,
						}),
					isFailure: (run) => isTerminal(run) && !isSuccess(run, result),
					cancelOnStop: wait.cancelOnStop,
					deadlineMs,
				},
				place.key,
			),
	});
	if ('skippedFor' in outcome) {
		const { skippedFor } = outcome;
		return async () => [skippedItem(jobId, skippedFor)];
	}
	const { started } = outcome;
	const run = {
		runId: started.runId,
		list: { jobId },
		last: started.run,
		isOurs: started.start === 'started',
		deadlineMs,
		provenance: started,
		onFailure: place.onFailure,
	};
	return async () => await finishRun(work, run, wait, result);
}
