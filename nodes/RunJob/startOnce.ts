import { createHash } from 'node:crypto';
import { DatabricksError } from '../databricks/errors';
import { cancelRun, getRun, listRuns, runNow } from '../databricks/jobRuns';
import { isTerminal, type JobRun } from '../databricks/jobRunState';
import { collect } from '../databricks/paging';
import type { Workspace } from '../databricks/workspace';
import { cancelledWithNode } from '../n8n/giveUp';

export interface StartRequest {
	jobId: string;
	jobParameters: Readonly<Record<string, string>>;
	/** Whether a run that has ended is one to try again. */
	isFailure: (run: JobRun) => boolean;
	cancelWhenGivenUp: boolean;
	/** Epoch ms; Infinity is no limit. */
	deadlineMs: number;
}

/** The run that a start led to. */
export interface StartedRun {
	run: JobRun;
	/** 1 for the first start with a key, one more after each run of it that did not succeed. */
	attempt: number;
	/** Whether the run was there before this start: it is somebody else's, and not ours to cancel. */
	joined: boolean;
}

const mostAttempts = 100;
const rememberedRuns = 24;
const answerMarginMs = 15_000;

/** Databricks takes 64 characters as a token: keys of any length become a digest. */
export function tokenOf(jobId: string, key: readonly string[], attempt: number): string {
	return createHash('sha256')
		.update(JSON.stringify([jobId, ...key, attempt]))
		.digest('hex');
}

/**
 * Starts a run for a key that others may use, too. Starts with one key lead to one run while it runs
 * and after it succeeded. Databricks answers a token with the run it knows for it, so the runs of a
 * key are walked: the token of attempt 1, and the next one only when the run of the one before had
 * failed already when this start looked. Starts at the same time take the same way and meet in the
 * same run.
 *
 * What was there before is told apart by the service's own list of runs, not by this machine's clock.
 */
export async function startForKey(
	workspace: Workspace,
	request: StartRequest,
	key: string,
): Promise<StartedRun> {
	const before = await collect(listRuns(workspace, { jobId: request.jobId }), rememberedRuns);
	for (let attempt = 1; attempt <= mostAttempts; attempt++) {
		const token = tokenOf(request.jobId, ['key', key], attempt);
		const runId = await post(workspace, request, token);
		const known = before.find((run) => run.run_id === runId);
		const run = await look(workspace, request, runId, known !== undefined);
		const joined = known !== undefined || isOlder(run, before[0]);
		const wasOver = joined && (known === undefined || isTerminal(known));
		if (!wasOver || !request.isFailure(run)) return { run, attempt, joined };
	}
	throw new DatabricksError({
		kind: 'conflict',
		message: `${mostAttempts} runs of this job with the same idempotency key did not succeed.`,
		hint: "Look into why they fail, and use another 'Idempotency Key'.",
		ids: { jobId: request.jobId },
	});
}

/**
 * Starts a run for one place in one execution: asked again, because the answer was lost or the node
 * is set to retry, it leads to the same run.
 */
export async function startForExecution(
	workspace: Workspace,
	request: StartRequest,
	place: readonly string[],
	attempt: number,
): Promise<StartedRun> {
	const token = tokenOf(request.jobId, ['execution', ...place], attempt);
	const runId = await post(workspace, request, token);
	return { run: await look(workspace, request, runId, false), attempt, joined: false };
}

async function post(workspace: Workspace, request: StartRequest, token: string): Promise<string> {
	const { jobId, jobParameters } = request;
	const hasParameters = Object.keys(jobParameters).length > 0;
	return await runNow(workspace, {
		jobId,
		idempotencyToken: token,
		jobParameters: hasParameters ? jobParameters : undefined,
		// The answer brings the ID, without which nothing can be cancelled.
		deadlineMs: request.deadlineMs + answerMarginMs,
	});
}

/** Reads the run; a Stop at this moment still cancels what has just been started. */
async function look(
	workspace: Workspace,
	request: StartRequest,
	runId: string,
	isKnown: boolean,
): Promise<JobRun> {
	const read = async () => await getRun(workspace, runId);
	if (isKnown || !request.cancelWhenGivenUp) return await read();
	return await cancelledWithNode(workspace, read, async (other) => await cancelRun(other, runId));
}

function isOlder(run: JobRun, newestBefore: JobRun | undefined): boolean {
	return (run.start_time ?? 0) < (newestBefore?.start_time ?? 0);
}
