import { hasEnded, type Run, type RunState } from './run';

/** Marks a run that an earlier process left active: nobody will ever end it. */
export function interrupt(run: Run, nowMs: number): void {
	const message = 'The local workspace stopped while this run was active.';
	const state: RunState = {
		lifeCycle: 'INTERNAL_ERROR',
		result: 'FAILED',
		message,
		code: 'INTERNAL_ERROR',
	};
	for (const task of [...run.tasks, ...run.iterations]) {
		if (hasEnded(task)) continue;
		Object.assign(task, state, { endMs: nowMs, error: message });
	}
	const repair = run.repairs.at(-1);
	if (repair !== undefined) Object.assign(repair, state, { endMs: nowMs });
	Object.assign(run, state, { endMs: nowMs });
}
