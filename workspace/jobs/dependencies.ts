import type { ResultState, RunState, TaskRun } from './run';
import type { TaskSettings } from './settings';

/** Why a task does not run: its final state. */
export type NotRun = Pick<RunState, 'lifeCycle' | 'result' | 'message'>;

const failed: readonly ResultState[] = ['FAILED', 'TIMEDOUT', 'UPSTREAM_FAILED'];
const cancelled: readonly ResultState[] = ['CANCELED', 'UPSTREAM_CANCELED'];

/**
 * Decides whether a task runs once everything it depends on has ended. `upstream` gives the last
 * attempt of each dependency. Answers with the final state of a task that does not run. As
 * documented: an excluded task counts as successful, but what depends on excluded tasks alone is
 * excluded, too; a disabled one counts neither as successful nor as failed; a cancelled one lets the
 * conditions that deal with failures run.
 */
export function notRunBecause(
	task: TaskSettings,
	upstream: ReadonlyMap<string, TaskRun>,
): NotRun | undefined {
	const results: ResultState[] = [];
	let isBranchNotTaken = false;
	for (const { task_key: key, outcome } of task.depends_on ?? []) {
		const ended = upstream.get(key);
		if (ended?.result === undefined) continue;
		const isUnmet =
			outcome !== undefined && ended.result === 'SUCCESS' && ended.outcome !== outcome;
		isBranchNotTaken ||= isUnmet;
		results.push(isUnmet ? 'EXCLUDED' : ended.result);
	}
	if (results.length === 0) return undefined;
	const some = (states: readonly ResultState[]) => results.some((state) => states.includes(state));
	const every = (states: readonly ResultState[]) =>
		results.every((state) => states.includes(state));
	if (every(['EXCLUDED'])) return excluded('Everything before it was excluded.');
	const unmet = `The condition ${task.run_if ?? 'ALL_SUCCESS'} of the task was not met.`;
	const upstreamState = () => {
		if (some(failed)) return skipped('UPSTREAM_FAILED', 'An upstream task failed.');
		if (some(cancelled)) return skipped('UPSTREAM_CANCELED', 'An upstream task was canceled.');
		return some(['DISABLED']) ? disabled() : excluded(unmet);
	};
	const unlessFailed = () => (some(['DISABLED']) ? disabled() : excluded(unmet));
	switch (task.run_if ?? 'ALL_SUCCESS') {
		case 'ALL_SUCCESS':
			return every(['SUCCESS', 'EXCLUDED']) && !isBranchNotTaken ? undefined : upstreamState();
		case 'AT_LEAST_ONE_SUCCESS':
			return some(['SUCCESS']) ? undefined : upstreamState();
		case 'NONE_FAILED':
			return every(['SUCCESS', 'EXCLUDED', 'DISABLED']) && some(['SUCCESS', 'EXCLUDED'])
				? undefined
				: upstreamState();
		case 'ALL_DONE':
			return undefined;
		case 'AT_LEAST_ONE_FAILED':
			return some([...failed, ...cancelled]) ? undefined : unlessFailed();
		case 'ALL_FAILED':
			return every([...failed, ...cancelled]) ? undefined : unlessFailed();
	}
}

function excluded(message: string): NotRun {
	return skipped('EXCLUDED', message);
}

function disabled(): NotRun {
	return skipped('DISABLED', 'A task before it is disabled.');
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
