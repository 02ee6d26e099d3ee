import { DatabricksError } from '../errors';
import { getRun, getRunOutput, type RunOutput } from './jobRuns';
import { outcomeOf, resultOf, type RunTask, stateMessageOf } from './jobRunState';
import { failureOf as failureOfUpdate } from '../pipelines/pipelineFailure';
import { listUpdates, outcomeOf as outcomeOfUpdate } from '../pipelines/pipelines';
import { errorClassIn, sqlStateIn } from '../sql/sparkMessage';
import type { Workspace } from '../workspace';

/** How deep runs that start runs are followed to the task that failed. */
const deepestRun = 5;

export interface Cause {
	message: string;
	errorCode?: string;
	sqlState?: string;
	trace?: string;
	updateId?: string;
	pipelineId?: string;
}

/** The tasks that failed themselves, the first one first; those that only waited for them did not. */
export function failedTasks(tasks: readonly RunTask[]): RunTask[] {
	return tasks
		.filter((task) => ['failed', 'timedOut'].includes(outcomeOf(task)) && !isFollower(task))
		.sort((a, b) => (a.end_time ?? 0) - (b.end_time ?? 0));
}

/** Whether a task did not run because one before it failed. */
export function isFollower(task: RunTask): boolean {
	return resultOf(task) === 'UPSTREAM_FAILED';
}

/**
 * Why a task failed. Its state only says "Workload failed, see run output for details", so its output
 * is read, and that of what it started: another job, an iteration, a pipeline update.
 */
export async function causeOf(workspace: Workspace, task: RunTask, depth = 1): Promise<Cause> {
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
	return await unlessRefused(getRunOutput(workspace, task.run_id), {});
}

/** What Databricks refuses to tell does not hide what is known already. */
async function unlessRefused<Value>(reading: Promise<Value>, otherwise: Value): Promise<Value> {
	try {
		return await reading;
	} catch (error) {
		if (error instanceof DatabricksError && error.status !== undefined) return otherwise;
		throw error;
	}
}

async function nestedCause(
	workspace: Workspace,
	task: RunTask,
	output: RunOutput,
	depth: number,
): Promise<Cause | undefined> {
	const childRunId = output.run_job_output?.run_id;
	if (childRunId !== undefined || task.for_each_task !== undefined) {
		const child = await unlessRefused(getRun(workspace, childRunId ?? task.run_id), undefined);
		// A for-each task comes with itself beside its iterations.
		const parts = [...(child?.tasks ?? []), ...(child?.iterations ?? [])];
		const [failed] = failedTasks(parts.filter((part) => part.run_id !== task.run_id));
		if (failed === undefined) return undefined;
		const cause = await causeOf(workspace, failed, depth + 1);
		return { ...cause, message: `${failed.task_key}: ${cause.message}` };
	}
	const pipelineId = pipelineIdOf(task);
	if (pipelineId === undefined) return undefined;
	return await unlessRefused(pipelineCause(workspace, task, pipelineId), undefined);
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
