import type { IDataObject } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import type { RunFollower } from '../databricks/jobs/jobRunFollowing';
import type { RunParameters } from '../databricks/jobs/jobRunParameters';
import { cancelRun, listRuns } from '../databricks/jobs/jobRuns';
import type { JobRun } from '../databricks/jobs/jobRunState';
import { collect } from '../databricks/paging';
import type { Workspace } from '../databricks/workspace';
import type { Policy } from './fields/startFields';
import type { StartedRun } from './startOnce';

/** What came of a start: a run, or the active run because of which there is none. */
export type StartOrSkip = { started: StartedRun } | { skippedFor: JobRun };

export interface GuardedStart {
	workspace: Workspace;
	follower: RunFollower;
	jobId: string;
	parameters: RunParameters | undefined;
	policy: Policy;
	/** Epoch ms. */
	deadlineMs: number;
	start: () => Promise<StartedRun>;
}

/**
 * Starts a run unless the job has an active one and the user wants something else then. A run does not
 * tell by which token it was started. One that was started by hand or by a program with the parameters
 * of this start may be its own: the start is then sent, and Databricks answers with that run, or makes a
 * new one, which is taken back where the user wants none.
 */
export async function startUnlessRunning(guarded: GuardedStart): Promise<StartOrSkip> {
	const { workspace, jobId, policy, start } = guarded;
	if (policy === 'start') return { started: await start() };
	const active = await collect(listRuns(workspace, { jobId, activeOnly: true }));
	const [first] = active;
	if (first === undefined) return { started: await start() };
	const mayBeOurs = active.some((run) => looksLike(run, guarded.parameters));
	if (!mayBeOurs) return await instead(guarded, first, active);
	const started = await start();
	if (started.start !== 'started' || active.some((run) => run.run_id === started.runId)) {
		return { started };
	}
	if (policy === 'cancel') {
		await cancelAndWait(guarded, active);
		return { started };
	}
	await cancelRun(workspace, started.runId);
	return await instead(guarded, first, active);
}

async function instead(
	guarded: GuardedStart,
	first: JobRun,
	active: readonly JobRun[],
): Promise<StartOrSkip> {
	switch (guarded.policy) {
		case 'skip':
			return { skippedFor: first };
		case 'wait':
			return { started: { runId: first.run_id, start: 'joined', attempt: 1 } };
		case 'fail':
			throw new DatabricksError({
				kind: 'conflict',
				message: `The job ${first.run_name ?? guarded.jobId} is already running (run ${first.run_id}).`,
				hint: "Wait for that run, or choose something else in 'If the Job Is Already Running'.",
				ids: { jobId: guarded.jobId, runId: first.run_id, pageUrl: first.run_page_url },
			});
		default:
			await cancelAndWait(guarded, active);
			return { started: await guarded.start() };
	}
}

async function cancelAndWait(guarded: GuardedStart, runs: readonly JobRun[]): Promise<void> {
	const { workspace, follower, jobId, deadlineMs } = guarded;
	for (const run of runs) await cancelRun(workspace, run.run_id);
	await Promise.all(
		runs.map(
			async (run) => await follower.follow({ runId: run.run_id, list: { jobId }, deadlineMs }),
		),
	);
}

/** The item of a start that was skipped. */
export function skippedItem(jobId: string, active: JobRun): IDataObject {
	return {
		run_id: null,
		job_id: jobId,
		run_name: active.run_name ?? null,
		start: 'skipped',
		active_run_id: active.run_id,
		active_run_page_url: active.run_page_url ?? null,
	};
}

function looksLike(run: JobRun, parameters: RunParameters | undefined): boolean {
	if (run.trigger !== undefined && run.trigger !== 'ONE_TIME') return false;
	if (parameters !== undefined && parameters.family !== 'job') return true;
	const given = parameters?.values ?? {};
	return (run.job_parameters ?? []).every(
		({ name, value, default: byDefault }) =>
			(value ?? byDefault) === (Object.hasOwn(given, name) ? given[name] : byDefault),
	);
}
