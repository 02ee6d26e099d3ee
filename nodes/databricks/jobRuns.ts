import { z } from 'zod/v4';
import { DatabricksError } from './errors';
import { idSchema, wireId } from './ids';
import { isTerminal, type JobRun, latestAttempts, resultOf, runSchema } from './jobRunState';
import { itemsOf, pagesAfter } from './paging';
import { patientRetry } from './retry';
import { durationText, lastReadMs, waitUntil } from './waiting';
import type { Workspace } from './workspace';

const runListSchema = z.looseObject({
	runs: z.array(runSchema).default([]),
	next_page_token: z.string().optional(),
});

const startedSchema = z.looseObject({ run_id: idSchema });

const runOutputSchema = z.looseObject({
	/** The error of the task itself: what the user's code or SQL said. */
	error: z.string().optional(),
	error_trace: z.string().optional(),
	info: z.string().optional(),
	logs: z.string().optional(),
	logs_truncated: z.boolean().optional(),
	notebook_output: z
		.looseObject({ result: z.string().optional(), truncated: z.boolean().optional() })
		.optional(),
	sql_output: z.looseObject({}).optional(),
	dbt_output: z.looseObject({}).optional(),
	run_job_output: z.looseObject({ run_id: idSchema.optional() }).optional(),
});

export type RunOutput = z.output<typeof runOutputSchema>;

export interface RunNowRequest {
	jobId: string;
	/**
	 * At most 64 characters. Databricks starts one run for a token, however often it is asked, and
	 * answers with that run.
	 */
	idempotencyToken: string;
	jobParameters?: Readonly<Record<string, string>>;
	/** Task keys; `+key` with what it depends on, `key+` with what depends on it. */
	only?: readonly string[];
	performanceTarget?: string;
	/** Whether the run may wait in the queue of the job; default the job's own setting. */
	queue?: boolean;
	deadlineMs?: number;
}

/**
 * Starts a run and gives its id. Repeated whatever happens, because of the token: a lost answer
 * leads to the run that was started.
 */
export async function runNow(workspace: Workspace, request: RunNowRequest): Promise<string> {
	if (request.idempotencyToken === '' || request.idempotencyToken.length > 64) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: 'The idempotency token of a run has 1 to 64 characters.',
			ids: { jobId: request.jobId },
		});
	}
	const started = await workspace.json(
		{
			method: 'POST',
			path: '/api/2.2/jobs/run-now',
			json: {
				job_id: wireId(request.jobId, 'Job ID'),
				idempotency_token: request.idempotencyToken,
				job_parameters: request.jobParameters,
				only: request.only,
				performance_target: request.performanceTarget,
				queue: request.queue === undefined ? undefined : { enabled: request.queue },
			},
			repeat: 'always',
			deadlineMs: request.deadlineMs,
			finishOnAbort: true,
			ids: { jobId: request.jobId },
		},
		startedSchema,
	);
	return started.run_id;
}

interface ReadOptions {
	deadlineMs?: number;
	/** Keeps asking for 15 minutes while the network is away. */
	patient?: boolean;
}

/** A run with all of its tasks, the newest attempt of each. */
export async function getRun(
	workspace: Workspace,
	runId: string,
	options: ReadOptions = {},
): Promise<JobRun> {
	const page = async (page_token?: string) =>
		await workspace.json(
			{
				method: 'GET',
				path: '/api/2.2/jobs/runs/get',
				query: { run_id: wireId(runId, 'Run ID'), page_token },
				deadlineMs: options.deadlineMs,
				retry: options.patient ? patientRetry : undefined,
				ids: { runId },
			},
			runSchema,
		);
	const run = await page();
	const { tasks, iterations } = run;
	const following = pagesAfter(run.next_page_token, async (token) => {
		const next = await page(token);
		return { items: [next], nextPageToken: next.next_page_token };
	});
	for await (const [part] of following) {
		tasks.push(...(part?.tasks ?? []));
		iterations.push(...(part?.iterations ?? []));
	}
	return { ...run, tasks: latestAttempts(tasks), next_page_token: undefined };
}

/** What a task left behind. Takes the run id of the task, not that of the run. */
export async function getRunOutput(workspace: Workspace, taskRunId: string): Promise<RunOutput> {
	return await workspace.json(
		{
			method: 'GET',
			path: '/api/2.2/jobs/runs/get-output',
			query: { run_id: wireId(taskRunId, 'Task run ID') },
			ids: { taskRunId },
		},
		runOutputSchema,
	);
}

/** Asks Databricks to cancel a run; it ends a little later. Harmless when it has ended. */
export async function cancelRun(workspace: Workspace, runId: string): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: '/api/2.2/jobs/runs/cancel',
		json: { run_id: wireId(runId, 'Run ID') },
		repeat: 'always',
		ids: { runId },
	});
}

export interface RunFilter {
	jobId?: string;
	activeOnly?: boolean;
	completedOnly?: boolean;
	/** Epoch ms, of the start of the run, both inclusive. */
	startTimeFrom?: number;
	startTimeTo?: number;
}

/** Runs, the most recently started first, without their tasks; `getRun` has those. */
export function listRuns(
	workspace: Workspace,
	filter: RunFilter = {},
): AsyncGenerator<JobRun, void, undefined> {
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{
				method: 'GET',
				path: '/api/2.2/jobs/runs/list',
				query: {
					job_id: filter.jobId === undefined ? undefined : wireId(filter.jobId, 'Job ID'),
					active_only: filter.activeOnly,
					completed_only: filter.completedOnly,
					start_time_from: filter.startTimeFrom,
					start_time_to: filter.startTimeTo,
					limit: 24,
					page_token,
				},
			},
			runListSchema,
		);
		return { items: page.runs, nextPageToken: page.next_page_token };
	});
}

export interface WaitForRunOptions {
	/** Epoch ms. */
	deadlineMs: number;
	/** Called when the run or one of its tasks changes its state. */
	onChange?: (run: JobRun) => void;
}

/** Waits until the run has ended, however. Throws kind `timeout` or `aborted`; cancels nothing. */
export async function waitForRun(
	workspace: Workspace,
	runId: string,
	options: WaitForRunOptions,
): Promise<JobRun> {
	const startedMs = workspace.clock.now();
	return await waitUntil({
		read: async () =>
			await getRun(workspace, runId, {
				patient: true,
				deadlineMs: options.deadlineMs + lastReadMs,
			}),
		isDone: isTerminal,
		deadlineMs: options.deadlineMs,
		clock: workspace.clock,
		random: workspace.random,
		signal: workspace.signal,
		changeOf: (run) => [run, ...run.tasks].map(resultOf).join(' '),
		onChange: options.onChange,
		timeoutError: (run) =>
			new DatabricksError({
				kind: 'timeout',
				message: `Run ${runId} was still ${resultOf(run)} after ${durationText(workspace.clock.now() - startedMs)}.`,
				ids: { runId, jobId: run.job_id, pageUrl: run.run_page_url },
			}),
	});
}
