import { createHash } from 'node:crypto';
import { DatabricksError } from '../databricks/errors';
import { cancelRun, getRun, listRuns, type RunFilter } from '../databricks/jobs/jobRuns';
import { isTerminal, type JobRun } from '../databricks/jobs/jobRunState';
import { collect } from '../databricks/paging';
import type { Workspace } from '../databricks/workspace';
import { cancelledWithNode } from '../n8n/giveUp';
import { settled } from '../n8n/perItem';
import { oneByOne } from './oneByOne';
import type { Provenance } from '../n8n/runItem';

export interface StartRequest {
	/** What is started, among which runs it is found again, and the ids of errors. */
	runs: RunFilter;
	/** Sends the start with this token and gives the id of the run that Databricks has for it. */
	send: (token: string, deadlineMs: number) => Promise<string>;
	/** Whether a run that has ended is one to try again. */
	isFailure: (run: JobRun) => boolean;
	cancelOnStop: boolean;
	/** Epoch ms; Infinity is no limit. */
	deadlineMs: number;
}

/** What makes two starts the same. */
export interface StartKey {
	parts: readonly string[];
	/** The attempt to begin with; the runs of those before it are known to have failed. */
	attempt: number;
	/**
	 * Whether others may have started a run for it: then runs that failed before this start are passed
	 * over, and what was there is told from what is new.
	 */
	shared: boolean;
}

/** The run that a start led to. */
export interface StartedRun extends Provenance {
	runId: string;
	/** As it was seen, for a key that others may use, too. */
	run?: JobRun;
}

const mostAttempts = 100;
const mostDeletedInARow = 10;
const rememberedRuns = 24;
const answerMarginMs = 15_000;

/** Databricks takes 64 characters as a token: keys of any length become a digest. */
export function tokenOf(what: string, key: readonly string[], attempt: number): string {
	return createHash('sha256')
		.update(JSON.stringify([what, ...key, attempt]))
		.digest('hex');
}

/**
 * Starts a run for a key. Starts with one key lead to one run while it runs and after it succeeded.
 * Databricks answers a token with the run it knows for it, so the runs of a key are walked: the token
 * of attempt 1, and the next one only when the run of the one before had failed already when this
 * start looked, or was deleted. Starts at the same time take the same way and meet in the same run.
 *
 * What was there before is told apart by the service's own list of runs, not by this machine's clock.
 * Of two first starts in one process the second therefore sees the run of the first. Between two
 * processes a gap remains, as long as the list and the start take: both then say that they started it.
 */
export async function startOnce(
	workspace: Workspace,
	request: StartRequest,
	key: StartKey,
): Promise<StartedRun> {
	const place = JSON.stringify([workspace.host, request.runs.jobId, key.parts]);
	return await oneByOne(place, async () => await walk(workspace, request, key));
}

async function walk(
	workspace: Workspace,
	request: StartRequest,
	key: StartKey,
): Promise<StartedRun> {
	const before = key.shared ? await collect(listRuns(workspace, request.runs), rememberedRuns) : [];
	let follows: string | undefined;
	let deleted = 0;
	for (let attempt = key.attempt; attempt < key.attempt + mostAttempts; attempt++) {
		const token = tokenOf(request.runs.jobId ?? 'submit', key.parts, attempt);
		const runId = await post(request, token, deleted < mostDeletedInARow);
		if (runId === undefined) {
			deleted++;
			continue;
		}
		deleted = 0;
		if (!key.shared) return { runId, attempt, start: 'started' };
		const known = before.find((run) => run.run_id === runId);
		const run = await look(workspace, request, runId, known !== undefined);
		const wasThere = known !== undefined || isOlder(run, before[0]);
		const wasOver = wasThere && isTerminal(known ?? run);
		if (!wasOver || !request.isFailure(run)) {
			const start = wasOver ? 'found' : wasThere ? 'joined' : 'started';
			return { runId, run, attempt, start, follows };
		}
		follows = runId;
	}
	throw new DatabricksError({
		kind: 'conflict',
		message: `${mostAttempts} runs of this job with the same idempotency key did not succeed.`,
		hint: "Look into why they fail, and use another 'Idempotency Key'.",
		ids: { jobId: request.runs.jobId, runId: follows },
	});
}

/** The id of the run of a token, or undefined when that run was deleted: Databricks then refuses it. */
async function post(
	request: StartRequest,
	token: string,
	mayBeDeleted: boolean,
): Promise<string | undefined> {
	// The answer brings the ID, without which nothing can be cancelled.
	const outcome = await settled(request.send(token, request.deadlineMs + answerMarginMs));
	if (outcome.ok) return outcome.value;
	if (mayBeDeleted && isDeletedRun(outcome.error)) return undefined;
	return await Promise.reject<never>(outcome.error);
}

function isDeletedRun(error: unknown): boolean {
	return (
		error instanceof DatabricksError &&
		error.status === 400 &&
		/\bdeleted\b/i.test(error.message) &&
		/\brun\b|token/i.test(error.message)
	);
}

/** Reads the run; a Stop at this moment still cancels what has just been started. */
async function look(
	workspace: Workspace,
	request: StartRequest,
	runId: string,
	isKnown: boolean,
): Promise<JobRun> {
	const read = async () => await getRun(workspace, runId);
	if (isKnown || !request.cancelOnStop) return await read();
	return await cancelledWithNode(workspace, read, async (other) => await cancelRun(other, runId));
}

function isOlder(run: JobRun, newestBefore: JobRun | undefined): boolean {
	return (run.start_time ?? 0) < (newestBefore?.start_time ?? 0);
}
