import { DatabricksError, type ErrorIds } from '../errors';
import { inGroups } from '../inGroups';
import {
	type JobRun,
	outcomeOf,
	resultOf,
	type RunOutcome,
	type RunTask,
	stateMessageOf,
} from './jobRunState';
import { type Cause, causeOf, failedTasks, isFollower } from './taskCause';
import { terminationHint } from './terminationHints';
import type { Workspace } from '../workspace';

/** Of how many failed tasks the own error is read; of more only the state is told. */
const mostCauses = 20;

/**
 * Why a run did not succeed, as an error of kind `failed` or `cancelled`: its message has the task that
 * failed first, with its own error; its facts have every failed task, and the keys of those that only
 * followed.
 */
export async function failureOf(workspace: Workspace, run: JobRun): Promise<DatabricksError> {
	const ids: ErrorIds = { runId: run.run_id, jobId: run.job_id, pageUrl: run.run_page_url };
	const failed = failedTasks(run.tasks);
	const causes = await inGroups(
		failed.slice(0, mostCauses),
		async (task) => await causeOf(workspace, task),
	);
	const facts = {
		outcome: outcomeOf(run),
		result_state: resultOf(run),
		termination_code: codeOf(run),
		failed_tasks: failed.map((task, at) => taskFacts(task, causes[at])),
		upstream_failed_tasks: run.tasks.filter(isFollower).map((task) => task.task_key),
	};
	const [task] = failed;
	const [cause] = causes;
	if (task === undefined || cause === undefined || isCancelled(run)) {
		return failureOfState(run, ids).with({ facts });
	}
	return new DatabricksError({
		kind: 'failed',
		message: `Task "${task.task_key}" of run ${run.run_id} ${ending(outcomeOf(task))}: ${cause.message}`,
		errorCode: cause.errorCode,
		sqlState: cause.sqlState,
		trace: cause.trace,
		hint: terminationHint(codeOf(task), resultOf(task), codeOf(run)),
		facts,
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

function taskFacts(task: RunTask, cause: Cause | undefined) {
	return {
		task_key: task.task_key,
		run_id: task.run_id,
		result_state: resultOf(task),
		attempt_number: task.attempt_number,
		error: cause?.message ?? stateMessageOf(task) ?? null,
		error_code: cause?.errorCode ?? null,
		error_trace: cause?.trace ?? null,
		run_page_url: task.run_page_url ?? null,
	};
}

/** A run without a failed task: cancelled, skipped, never started. */
function failureOfState(run: JobRun, ids: ErrorIds): DatabricksError {
	const said = stateMessageOf(run);
	const because = said === undefined ? '.' : `: ${said}`;
	// The code of a timeout is that of every end from outside.
	const timedOut = outcomeOf(run) === 'timedOut' ? 'TIMEDOUT' : undefined;
	const lifeCycle = run.state?.life_cycle_state;
	const hint = terminationHint(timedOut, codeOf(run), resultOf(run), lifeCycle);
	const errorCode = codeOf(run);
	if (isCancelled(run)) {
		return new DatabricksError({
			kind: 'cancelled',
			message: `Run ${run.run_id} was cancelled in Databricks${because}`,
			errorCode,
			hint,
			ids,
		});
	}
	return new DatabricksError({
		kind: 'failed',
		message: `Run ${run.run_id} ${ending(outcomeOf(run))} (${resultOf(run)})${because}`,
		errorCode,
		hint,
		ids,
	});
}

function isCancelled(run: JobRun): boolean {
	return outcomeOf(run) === 'cancelled';
}

function codeOf({ status }: Pick<JobRun, 'status'>): string | undefined {
	return status?.termination_details?.code;
}

function ending(outcome: RunOutcome): string {
	switch (outcome) {
		case 'timedOut':
			return 'exceeded its time limit';
		case 'skipped':
			return 'was skipped';
		case 'succeededWithFailures':
			return 'succeeded in part only';
		case 'unknown':
			return 'ended in a state that this node does not know';
		default:
			return 'failed';
	}
}
