import { ApiError } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { hasEnded, type Run } from './run';

/** A limit that keeps a run from starting now. */
export interface ReachedLimit {
	queueCode: NonNullable<Run['queueCode']>;
	/** How many there may be. */
	most: number;
}

/**
 * The limit of its job, or else the workspace's limit of active task runs, that stands in the way of
 * a run; `active` are the runs that have begun and not ended.
 */
export function reachedLimit(
	{ limits }: LocalWorkspace,
	run: Run,
	active: readonly Run[],
): ReachedLimit | undefined {
	const { max_concurrent_runs: ofJob = 1 } = run.settings;
	const siblings = active.filter(({ jobId }) => jobId === run.jobId);
	if (run.jobId !== undefined && siblings.length >= ofJob) {
		return { queueCode: 'MAX_CONCURRENT_RUNS_REACHED', most: ofJob };
	}
	// A run that prepares its first task takes a place, too.
	const places = active.map(({ tasks }) => Math.max(1, tasks.filter((t) => !hasEnded(t)).length));
	const most = limits.activeTaskRuns;
	return places.reduce((sum, count) => sum + count, 0) < most
		? undefined
		: { queueCode: 'ACTIVE_RUNS_LIMIT_REACHED', most };
}

/** Puts a run into the queue. */
export function queue(run: Run, { queueCode, most }: ReachedLimit): void {
	run.lifeCycle = 'QUEUED';
	run.queueCode = queueCode;
	run.message =
		queueCode === 'MAX_CONCURRENT_RUNS_REACHED'
			? `Queued due to reaching maximum concurrent runs of ${most}.`
			: `Queued due to reaching the limit of ${most} active runs of the workspace.`;
}

/** Ends a run that may neither start nor wait. */
export function skip(run: Run, { queueCode, most }: ReachedLimit, nowMs: number): void {
	run.lifeCycle = 'SKIPPED';
	run.endMs = nowMs;
	if (queueCode === 'MAX_CONCURRENT_RUNS_REACHED') {
		run.result = 'MAXIMUM_CONCURRENT_RUNS_REACHED';
		run.message = `Skipping this run because the limit of ${most} maximum concurrent runs has been reached.`;
	} else {
		run.code = 'WORKSPACE_RUN_LIMIT_EXCEEDED';
		run.message = `Skipping this run because the limit of ${most} active runs of the workspace has been reached.`;
	}
}

/** What a start is answered with that may not be queued: recorded in a workspace of the Free edition. */
export function tooManyRuns({ most }: ReachedLimit, requestId?: string): ApiError {
	const message = `There are already ${most} active runs (limit: ${most}).`;
	const type = 'type.googleapis.com/google.rpc.RequestInfo';
	const details = requestId === undefined ? [] : [{ '@type': type, request_id: requestId }];
	return new ApiError(429, 'REQUEST_LIMIT_EXCEEDED', message, details);
}
