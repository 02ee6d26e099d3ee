import { submitRun } from '../../databricks/jobs/jobRunStart';
import { isTerminal } from '../../databricks/jobs/jobRunState';
import { finishRun, isSuccess } from '../awaitRun';
import { definitionFields, readDefinition } from '../fields/definitionFields';
import {
	acceptPartialSuccessOption,
	includeTaskOutputsOption,
	optionsField,
	readResult,
	splitTasksOption,
} from '../fields/resultFields';
import { idempotencyKeyOption, performanceTargetOption } from '../fields/startFields';
import { cancelOnStopOption, readWait, waitFields } from '../fields/waitFields';
import type { Finish, ItemWork, Operation } from '../operation';
import { startOnce } from '../startOnce';
import { startPlaceOf } from '../startPlace';

export const runOnceOperation: Operation = {
	value: 'runOnce',
	name: 'Run Once',
	action: 'Run tasks once',
	description: 'Start a run that belongs to no job, from a definition of its tasks',
	fields: [
		...definitionFields,
		...waitFields,
		optionsField([
			acceptPartialSuccessOption,
			cancelOnStopOption,
			idempotencyKeyOption,
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
	const deadlineMs = wait.wait ? workspace.clock.now() + wait.timeoutMs : Number.POSITIVE_INFINITY;
	const target = parameters.optionalText('options.performanceTarget');
	const definition = {
		...(await readDefinition(workspace, parameters)),
		...(target === undefined ? {} : { performance_target: target }),
	};
	const place = startPlaceOf(work, parameters.optionalText('options.idempotencyKey'));
	const list = { runType: 'SUBMIT_RUN' };
	const started = await startOnce(
		workspace,
		{
			runs: list,
			send: async (idempotencyToken, answerByMs) =>
				await submitRun(workspace, { definition, idempotencyToken, deadlineMs: answerByMs }),
			isFailure: (run) => isTerminal(run) && !isSuccess(run, result),
			cancelOnStop: wait.cancelOnStop,
			deadlineMs,
		},
		place.key,
	);
	const run = {
		runId: started.runId,
		list,
		last: started.run,
		isOurs: started.start === 'started',
		deadlineMs,
		provenance: started,
		onFailure: place.onFailure,
	};
	return async () => await finishRun(work, run, wait, result);
}
