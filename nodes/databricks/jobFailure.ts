import { DatabricksError, type ErrorIds } from './errors';
import { type JobRun, outcomeOf, resultOf, type RunTask, stateMessageOf } from './jobRunState';
import { getRun, getRunOutput, type RunOutput } from './jobRuns';
import { failureOf as failureOfUpdate } from './pipelineEvents';
import { listUpdates, outcomeOf as outcomeOfUpdate } from './pipelines';
import { errorClassIn, sqlStateIn } from './sparkMessage';
import type { Workspace } from './workspace';

/** How deep runs that start runs are followed to the task that failed. */
const deepestRun = 5;

/**
 * Why a run did not succeed, as an error of kind `failed` or `cancelled`: the task that failed first,
 * with its own error and stack trace. The state of the run only says "Workload failed, see run output
 * for details", so the output of the task is read.
 */
export async function failureOf(workspace: Workspace, run: JobRun): Promise<DatabricksError> {
	const ids: ErrorIds = { runId: run.run_id, jobId: run.job_id, pageUrl: run.run_page_url };
	const task = firstFailure(run.tasks);
	if (task === undefined) return failureOfState(run, ids);
	const cause = await causeOf(workspace, task, 1);
	return new DatabricksError({
		kind: 'failed',
		message: `Task "${task.task_key}" of run ${run.run_id} ${endingOf(task)}: ${cause.message}`,
		errorCode: cause.errorCode,
		sqlState: cause.sqlState,
		trace: cause.trace,
		hint: 'The page of the run shows the whole output of the task.',
		ids: {
			...ids,
			taskKey: task.task_key,
			taskRunId: task.run_id,
			pageUrl: run.run_page_url ?? task.run_page_url,
			...(cause.updateId === undefined ? {} : { updateId: cause.updateId }),
			...(cause.pipelineId === undefined ? {} : { pipelineId: cause.pipelineId }),
		},
	});
}

interface Cause {
	message: string;
	errorCode?: string;
	sqlState?: string;
	trace?: string;
	updateId?: string;
	pipelineId?: string;
}

/** The failed task that ended first; those that only waited for it say UPSTREAM_FAILED. */
function firstFailure(tasks: readonly RunTask[]): RunTask | undefined {
	const failed = tasks.filter(
		(task) =>
			['failed', 'timedOut'].includes(outcomeOf(task)) && resultOf(task) !== 'UPSTREAM_FAILED',
	);
	return failed.sort((a, b) => (a.end_time ?? 0) - (b.end_time ?? 0))[0];
}

function endingOf(task: RunTask): string {
	return outcomeOf(task) === 'timedOut' ? 'exceeded its time limit' : 'failed';
}

async function causeOf(workspace: Workspace, task: RunTask, depth: number): Promise<Cause> {
	const output = await outputOf(workspace, task);
	const nested = depth < deepestRun ? await nestedCause(workspace, task, output, depth) : undefined;
	if (nested !== undefined) return nested;
	const message = output.error?.trim() || stateMessageOf(task) || `it ended as ${resultOf(task)}`;
	return {
		message,
		errorCode: errorClassIn(message),
		sqlState: sqlStateIn(message),
		trace: output.error_trace,
	};
}

/** A task has no output when it never started, or when its kind has none. */
async function outputOf(workspace: Workspace, task: RunTask): Promise<RunOutput> {
	try {
		return await getRunOutput(workspace, task.run_id);
	} catch (error) {
		if (error instanceof DatabricksError && error.status !== undefined) return {};
		throw error;
	}
}

/** The cause inside what the task itself started: another job, an iteration, a pipeline update. */
async function nestedCause(
	workspace: Workspace,
	task: RunTask,
	output: RunOutput,
	depth: number,
): Promise<Cause | undefined> {
	const childRunId = output.run_job_output?.run_id;
	if (childRunId !== undefined || task.for_each_task !== undefined) {
		const child = await getRun(workspace, childRunId ?? task.run_id);
		const failed = firstFailure([...child.tasks, ...child.iterations]);
		if (failed === undefined || failed.run_id === task.run_id) return undefined;
		const cause = await causeOf(workspace, failed, depth + 1);
		return { ...cause, message: `${failed.task_key}: ${cause.message}` };
	}
	const pipelineId = pipelineIdOf(task);
	return pipelineId === undefined ? undefined : await pipelineCause(workspace, task, pipelineId);
}

function pipelineIdOf(task: RunTask): string | undefined {
	const definition = task.pipeline_task;
	if (typeof definition !== 'object' || definition === null) return undefined;
	return 'pipeline_id' in definition && typeof definition.pipeline_id === 'string'
		? definition.pipeline_id
		: undefined;
}

/** The failed update that was created while the task ran; get-output has nothing for such tasks. */
async function pipelineCause(
	workspace: Workspace,
	task: RunTask,
	pipelineId: string,
): Promise<Cause | undefined> {
	const fromMs = (task.start_time ?? 0) - 5_000;
	const toMs = task.end_time || workspace.clock.now();
	for await (const update of listUpdates(workspace, pipelineId)) {
		const createdMs = Number(update.creation_time);
		if (createdMs < fromMs) return undefined;
		if (createdMs > toMs || outcomeOfUpdate(update) !== 'failed') continue;
		const failure = await failureOfUpdate(workspace, pipelineId, update);
		const { message, errorCode, sqlState } = failure;
		return { message, errorCode, sqlState, updateId: update.update_id, pipelineId };
	}
	return undefined;
}

/** A run without a failed task: cancelled, skipped, never started. */
function failureOfState(run: JobRun, ids: ErrorIds): DatabricksError {
	const said = stateMessageOf(run);
	const because = said === undefined ? '.' : `: ${said}`;
	const outcome = outcomeOf(run);
	if (outcome === 'cancelled') {
		return new DatabricksError({
			kind: 'cancelled',
			message: `Run ${run.run_id} was cancelled in Databricks${because}`,
			ids,
		});
	}
	const ending = {
		timedOut: 'exceeded its time limit',
		skipped: 'was skipped',
		failed: 'failed',
	}[outcome === 'timedOut' || outcome === 'skipped' ? outcome : 'failed'];
	return new DatabricksError({
		kind: 'failed',
		message: `Run ${run.run_id} ${ending} (${resultOf(run)})${because}`,
		errorCode: run.status?.termination_details?.code,
		hint:
			outcome === 'skipped'
				? 'Another run of the job was active; raise its maximum of concurrent runs or let runs queue.'
				: undefined,
		ids,
	});
}
