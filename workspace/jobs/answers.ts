import { wireId } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { iterationsOf, iterationStats } from './iterations';
import type { Run, RunState, TaskRun } from './run';
import { hasEnded } from './run';
import type { TaskSettings } from './settings';

/** The deprecated `state`, which is always sent: without it the Databricks CLI crashes. */
function stateAnswer({ lifeCycle, result, message }: RunState) {
	return {
		life_cycle_state: lifeCycle,
		result_state: result,
		state_message: message,
		queue_reason: lifeCycle === 'QUEUED' ? message : undefined,
		user_cancelled_or_timedout: result === 'CANCELED' || result === 'TIMEDOUT',
	};
}

/** The newer `status`. */
function statusAnswer(state: RunState) {
	if (hasEnded(state)) {
		return { state: 'TERMINATED', termination_details: terminationDetails(state) };
	}
	if (state.lifeCycle === 'QUEUED') {
		const { queueCode: code, message } = state;
		return { state: 'QUEUED', queue_details: { code, message } };
	}
	return { state: state.lifeCycle === 'WAITING_FOR_RETRY' ? 'WAITING' : state.lifeCycle };
}

function terminationDetails({ result, message, code }: RunState) {
	if (code === 'INTERNAL_ERROR') return { code, type: 'INTERNAL_ERROR', message };
	if (code !== undefined) return { code, type: 'CLIENT_ERROR', message };
	switch (result) {
		case 'SUCCESS':
		case 'SUCCESS_WITH_FAILURES':
			return { code: result, type: 'SUCCESS', message };
		case 'CANCELED':
			return { code: 'USER_CANCELED', type: 'SUCCESS', message };
		case 'TIMEDOUT':
			return { code: 'CANCELED', type: 'CLIENT_ERROR', message };
		case 'MAXIMUM_CONCURRENT_RUNS_REACHED':
			return { code: 'MAX_CONCURRENT_RUNS_EXCEEDED', type: 'CLIENT_ERROR', message };
		case 'EXCLUDED':
		case 'UPSTREAM_FAILED':
		case 'UPSTREAM_CANCELED':
			return { code: 'SKIPPED', type: 'CLIENT_ERROR', message };
		case 'DISABLED':
			return { code: 'DISABLED', type: 'SUCCESS', message };
		default:
			return { code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR', message };
	}
}

/** A run as runs/get and runs/list give it, without its tasks. */
export function runAnswer(workspace: LocalWorkspace, run: Run) {
	const runId = wireId(run.runId);
	return {
		job_id: wireId(run.jobId ?? '0'),
		run_id: runId,
		number_in_job: runId,
		job_run_id: runId,
		original_attempt_run_id: runId,
		creator_user_name: run.creatorName,
		run_name: run.name,
		run_type: run.runType,
		trigger: run.trigger,
		run_page_url: runPage(workspace, run),
		state: stateAnswer(run),
		status: statusAnswer(run),
		start_time: run.startMs,
		end_time: run.endMs ?? 0,
		setup_duration: 0,
		execution_duration: 0,
		cleanup_duration: 0,
		run_duration: run.endMs === undefined ? undefined : run.endMs - run.startMs,
		queue_duration: run.leftQueueMs === undefined ? undefined : run.leftQueueMs - run.startMs,
		job_parameters: run.parameters.length === 0 ? undefined : run.parameters,
		overriding_parameters: Object.keys(run.overriding).length === 0 ? undefined : run.overriding,
		format: 'MULTI_TASK',
	};
}

/** One attempt of a task as an element of `tasks`: its settings, and how it went. */
export function taskAnswer(workspace: LocalWorkspace, run: Run, task: TaskRun) {
	const settings = settingsOf(run, task);
	const workStartMs = task.workStartMs ?? task.endMs ?? task.startMs;
	const endMs = task.endMs ?? 0;
	return {
		...settings,
		...(settings.condition_task === undefined
			? {}
			: { condition_task: { ...settings.condition_task, outcome: task.outcome } }),
		...(settings.for_each_task === undefined
			? {}
			: {
					for_each_task: {
						...settings.for_each_task,
						stats: iterationStats(run, task.runId),
					},
				}),
		run_if: settings.run_if ?? 'ALL_SUCCESS',
		run_id: wireId(task.runId),
		task_key: task.taskKey,
		attempt_number: task.attempt,
		state: stateAnswer(task),
		status: statusAnswer(task),
		start_time: task.startMs,
		end_time: endMs,
		setup_duration: workStartMs - task.startMs,
		execution_duration: endMs === 0 ? 0 : endMs - workStartMs,
		cleanup_duration: 0,
		run_page_url: `${runPage(workspace, run)}?task=${task.runId}`,
	};
}

function settingsOf({ settings, tasks }: Run, task: TaskRun): Partial<TaskSettings> {
	const forEachRunId = task.iteration?.forEachRunId;
	const key = tasks.find((other) => other.runId === forEachRunId)?.taskKey ?? task.taskKey;
	const found = settings.tasks?.find((other) => other.task_key === key);
	return (forEachRunId === undefined ? found : found?.for_each_task?.task) ?? {};
}

/** The attempts of a run in the order of its tasks, each task's attempts in theirs. */
export function tasksInOrder(run: Run): TaskRun[] {
	const order = new Map(run.taskKeys.map((key, index) => [key, index]));
	return run.tasks.toSorted(
		(a, b) => (order.get(a.taskKey) ?? 0) - (order.get(b.taskKey) ?? 0) || a.attempt - b.attempt,
	);
}

/** A task attempt in the shape of a run: `metadata` of its output, and runs/get of its id. */
export function taskRunAnswer(workspace: LocalWorkspace, run: Run, task: TaskRun) {
	const { run_id, attempt_number, task_key, ...rest } = taskAnswer(workspace, run, task);
	return {
		...rest,
		job_id: wireId(run.jobId ?? '0'),
		run_id,
		number_in_job: run_id,
		job_run_id: wireId(run.runId),
		attempt_number,
		task_key,
		run_name: task.taskKey,
		creator_user_name: run.creatorName,
		run_type: run.runType,
	};
}

/** What runs/get of a for-each task has beside: the task itself, and its iterations. */
export function forEachAnswer(workspace: LocalWorkspace, run: Run, task: TaskRun) {
	if (settingsOf(run, task).for_each_task === undefined) return {};
	return {
		tasks: [taskAnswer(workspace, run, task)],
		iterations: iterationsOf(run, task.runId).map((each) => taskAnswer(workspace, run, each)),
	};
}

export function repairAnswer(repair: Run['repairs'][number], index: number) {
	return {
		id: repair.id === undefined ? undefined : wireId(repair.id),
		type: index === 0 ? 'ORIGINAL' : 'REPAIR',
		start_time: repair.startMs,
		end_time: repair.endMs,
		state: stateAnswer(repair),
		status: statusAnswer(repair),
		task_run_ids: repair.taskRunIds.map(wireId),
	};
}

function runPage({ host, workspaceId }: LocalWorkspace, run: Run): string {
	return `${host}/?o=${workspaceId}#job/${run.jobId ?? '0'}/run/${run.runId}`;
}
