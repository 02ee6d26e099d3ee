import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { idSchema, wireId } from '../ids';
import { parameterFields, type RunParameters } from './jobRunParameters';
import { getRun } from './jobRuns';
import { isTerminal, type JobRun, resultOf } from './jobRunState';
import type { Workspace } from '../workspace';

const startedSchema = z.looseObject({ run_id: idSchema });
const repairedSchema = z.looseObject({ repair_id: idSchema });

interface StartOptions {
	/**
	 * At most 64 characters. Databricks starts one run for a token, however often it is asked, and
	 * answers with that run.
	 */
	idempotencyToken: string;
	deadlineMs?: number;
}

export interface RunNowRequest extends StartOptions {
	jobId: string;
	parameters?: RunParameters;
	/** Task keys; `+key` with what it depends on, `key+` with what depends on it. */
	only?: readonly string[];
	/** `STANDARD` or `PERFORMANCE_OPTIMIZED`; serverless only. */
	performanceTarget?: string;
	/** Whether the run may wait in the queue of the job; default the job's own setting. */
	queue?: boolean;
}

/**
 * Starts a run of a job and gives its id. Repeated whatever happens, because of the token: a lost
 * answer leads to the run that was started.
 */
export async function runNow(workspace: Workspace, request: RunNowRequest): Promise<string> {
	const { jobId } = request;
	return await start(workspace, '/api/2.2/jobs/run-now', request, { jobId }, () => ({
		job_id: wireId(jobId, 'Job ID'),
		idempotency_token: request.idempotencyToken,
		...parameterFields(request.parameters),
		only: request.only,
		performance_target: request.performanceTarget,
		queue: request.queue === undefined ? undefined : { enabled: request.queue },
	}));
}

export interface SubmitRequest extends StartOptions {
	/** The definition by the names of the service: `tasks`, `run_name`, `environments` … */
	definition: Readonly<Record<string, unknown>>;
}

/** Starts a run that belongs to no job and gives its id; repeated as `runNow` is. */
export async function submitRun(workspace: Workspace, request: SubmitRequest): Promise<string> {
	return await start(workspace, '/api/2.2/jobs/runs/submit', request, {}, () => ({
		...request.definition,
		idempotency_token: request.idempotencyToken,
	}));
}

async function start(
	workspace: Workspace,
	path: string,
	{ idempotencyToken, deadlineMs }: StartOptions,
	ids: { jobId?: string },
	body: () => Record<string, unknown>,
): Promise<string> {
	if (idempotencyToken === '' || idempotencyToken.length > 64) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: 'The idempotency token of a run has 1 to 64 characters.',
			ids,
		});
	}
	const json = body();
	const { run_id: runId } = await workspace.json(
		{ method: 'POST', path, json, repeat: 'always', deadlineMs, finishOnAbort: true, ids },
		startedSchema,
	);
	return runId;
}

export interface RepairRequest {
	runId: string;
	/** Task keys, or all tasks that failed. */
	tasks: 'failed' | readonly string[];
	/** Whether tasks that depend on them run again, too, although they succeeded. */
	withDependents: boolean;
	/** Default: those of the run. */
	parameters?: RunParameters;
	performanceTarget?: string;
	deadlineMs?: number;
}

/**
 * Runs tasks of an ended run again and gives the id of the repair. Databricks has no token for it, but
 * takes a repair only for a run that has ended and with the id of the repair before it: so a repeated
 * request is refused when the first one had arrived, and its repair is found in the history of the run.
 * Job parameters of the run are sent along: Databricks would otherwise take the defaults.
 */
export async function repairRun(workspace: Workspace, request: RepairRequest): Promise<string> {
	const { runId } = request;
	const run = await getRun(workspace, runId);
	if (!isTerminal(run)) {
		throw new DatabricksError({
			kind: 'conflict',
			message: `Run ${runId} is ${resultOf(run)} and cannot be repaired before it has ended.`,
			hint: "Wait for it first with the operation 'Wait for Run'.",
			ids: { runId, jobId: run.job_id, pageUrl: run.run_page_url },
		});
	}
	const latest = latestRepairId(run);
	const ids = { runId, jobId: run.job_id, pageUrl: run.run_page_url };
	try {
		const { repair_id: repairId } = await workspace.json(
			{
				method: 'POST',
				path: '/api/2.2/jobs/runs/repair',
				json: {
					run_id: wireId(runId, 'Run ID'),
					latest_repair_id: latest === undefined ? undefined : wireId(latest, 'Repair ID'),
					...(request.tasks === 'failed'
						? { rerun_all_failed_tasks: true }
						: { rerun_tasks: request.tasks }),
					rerun_dependent_tasks: request.withDependents ? true : undefined,
					...parameterFields(request.parameters ?? parametersOf(run)),
					performance_target: request.performanceTarget,
				},
				repeat: 'always',
				deadlineMs: request.deadlineMs,
				finishOnAbort: true,
				ids,
			},
			repairedSchema,
		);
		return repairId;
	} catch (error) {
		if (!(error instanceof DatabricksError) || error.status !== 400) throw error;
		const found = latestRepairId(await getRun(workspace, runId));
		if (found === undefined || found === latest) throw error;
		return found;
	}
}

/** The id of the newest repair; none when the run was never repaired. */
export function latestRepairId(run: JobRun): string | undefined {
	return run.repair_history.findLast((repair) => repair.type === 'REPAIR')?.id;
}

function parametersOf(run: JobRun): RunParameters | undefined {
	if (run.job_parameters === undefined) return undefined;
	const given = run.job_parameters.map(({ name, value, default: byDefault }) => [
		name,
		value ?? byDefault ?? '',
	]);
	return { family: 'job', values: Object.fromEntries(given) };
}
