import type { ResultState, RunState, TaskRun } from './run';
import type { TaskSettings } from './settings';

/** Why a task does not run: its final state. */
export type NotRun = Pick<RunState, 'lifeCycle' | 'result' | 'message'>;

const failed: readonly ResultState[] = ['FAILED', 'TIMEDOUT', 'UPSTREAM_FAILED'];
const cancelled: readonly ResultState[] = ['CANCELED', 'UPSTREAM_CANCELED'];

/**
 * Decides whether a task runs once everything it depends on has ended. `upstream` gives the last
 * attempt of each dependency. Answers with the final state of a task that does not run.
 */
export function notRunBecause(
	task: TaskSettings,
	upstream: ReadonlyMap<string, TaskRun>,
): NotRun | undefined {
	const dependencies = task.depends_on ?? [];
	const results: ResultState[] = [];
	for (const { task_key: key, outcome } of dependencies) {
		const ended = upstream.get(key);
		if (ended?.result === undefined) continue;
		const unmet = outcome !== undefined && ended.result === 'SUCCESS' && ended.outcome !== outcome;
		results.push(unmet ? 'EXCLUDED' : ended.result);
	}
	if (results.length === 0) return undefined;
	const some = (states: readonly ResultState[]) => results.some((state) => states.includes(state));
	const every = (states: readonly ResultState[]) =>
		results.every((state) => states.includes(state));
	switch (task.run_if ?? 'ALL_SUCCESS') {
		case 'ALL_SUCCESS':
			if (every(['SUCCESS'])) return undefined;
			if (some(failed)) return skipped('UPSTREAM_FAILED', 'An upstream task failed.');
			if (some(cancelled)) return skipped('UPSTREAM_CANCELED', 'An upstream task was canceled.');
			return skipped('EXCLUDED', 'An upstream condition was not met.');
		case 'ALL_DONE':
			return undefined;
		case 'ALL_FAILED':
			return every(failed) ? undefined : excluded(task);
		case 'AT_LEAST_ONE_FAILED':
			return some(failed) ? undefined : excluded(task);
		case 'AT_LEAST_ONE_SUCCESS':
			return some(['SUCCESS']) ? undefined : excluded(task);
		case 'NONE_FAILED':
			return !some(failed) && some(['SUCCESS']) ? undefined : excluded(task);
	}
}

function excluded(task: TaskSettings): NotRun {
	return skipped('EXCLUDED', `The condition ${task.run_if ?? ''} of the task was not met.`);
}

function skipped(result: ResultState, message: string): NotRun {
	return { lifeCycle: 'SKIPPED', result, message };
}

/** The outcome of a run: its leaf tasks decide, failures above them are mentioned. */
export function outcomeOf(tasks: readonly TaskSettings[], last: ReadonlyMap<string, TaskRun>) {
	const inner = new Set(tasks.flatMap((task) => task.depends_on ?? []).map((on) => on.task_key));
	const isBad = (task: TaskRun | undefined) =>
		task?.result !== undefined && failed.includes(task.result);
	const firstFailed = tasks
		.map((task) => last.get(task.task_key))
		.find((task) => task?.result === 'FAILED' || task?.result === 'TIMEDOUT');
	const leaves = tasks.filter((task) => !inner.has(task.task_key));
	const leafFailed = leaves.some((task) => isBad(last.get(task.task_key)));
	return { firstFailed, leafFailed };
}
