import type { Run, TaskRun } from './run';

/** The iterations of an attempt of a for-each task: all their attempts, in the order of the inputs. */
export function iterationsOf(run: Run, forEachRunId: string): TaskRun[] {
	return run.iterations
		.filter(({ iteration }) => iteration?.forEachRunId === forEachRunId)
		.toSorted((a, b) => indexOf(a) - indexOf(b) || a.attempt - b.attempt);
}

/**
 * The iterations of the try before that a new try of a for-each task keeps, by their places: those that
 * succeeded, unless all of them had.
 */
export function keptIterations(run: Run, attempt: TaskRun): ReadonlyMap<number, TaskRun> {
	const before = run.tasks.findLast(
		({ taskKey, attempt: number }) => taskKey === attempt.taskKey && number < attempt.attempt,
	);
	if (before === undefined || before.result === 'SUCCESS') return new Map();
	const succeeded = iterationsOf(run, before.runId).filter(({ result }) => result === 'SUCCESS');
	return new Map(succeeded.map((iteration) => [indexOf(iteration), iteration]));
}

/** `stats` of a for_each_task: the latest attempt of each iteration counts. */
export function iterationStats(run: Run, forEachRunId: string) {
	const latest = new Map(iterationsOf(run, forEachRunId).map((each) => [indexOf(each), each]));
	if (latest.size === 0) return undefined;
	const all = [...latest.values()];
	const count = (is: (iteration: TaskRun) => boolean) => all.filter(is).length;
	const hasEnded = ({ endMs }: TaskRun) => endMs !== undefined;
	const hasFailed = (each: TaskRun) => hasEnded(each) && each.result !== 'SUCCESS';
	const scheduled = count(({ lifeCycle }) => lifeCycle !== 'BLOCKED');
	return {
		task_run_stats: {
			total_iterations: all.length,
			scheduled_iterations: scheduled,
			active_iterations: scheduled - count(hasEnded),
			completed_iterations: count(hasEnded),
			succeeded_iterations: count(({ result }) => result === 'SUCCESS'),
			failed_iterations: count(hasFailed),
		},
		error_message_stats: mostCommonErrors(all.filter(hasFailed)),
	};
}

/** The three most common: documented. */
function mostCommonErrors(failed: readonly TaskRun[]) {
	const counts = new Map<string, number>();
	for (const { error, message } of failed) {
		const text = error ?? message;
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	const errors = [...counts].map(([error_message, count]) => ({ error_message, count }));
	return errors.sort((a, b) => b.count - a.count).slice(0, 3);
}

function indexOf({ iteration }: TaskRun): number {
	return iteration?.index ?? 0;
}
