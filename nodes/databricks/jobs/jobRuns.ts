import { z } from 'zod/v4';
import { idSchema, wireId } from '../ids';
import { type JobRun, latestAttempts, runSchema } from './jobRunState';
import { itemsOf, type Page, pages, pagesAfter } from '../paging';
import type { RetryPolicy } from '../retry';
import type { Workspace } from '../workspace';

const runListSchema = z.looseObject({
	runs: z.array(runSchema).default([]),
	next_page_token: z.string().optional(),
});

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
	/** The task whose output it is, in the shape of a run. */
	metadata: z.looseObject({ task_key: z.string().optional() }).optional(),
	sql_output: z.looseObject({}).optional(),
	dbt_output: z.looseObject({}).optional(),
	run_job_output: z.looseObject({ run_id: idSchema.optional() }).optional(),
});

export type RunOutput = z.output<typeof runOutputSchema>;

interface ReadOptions {
	deadlineMs?: number;
	/** How long failing reads are repeated. */
	retry?: RetryPolicy;
}

/** A run with all of its tasks, the newest attempt of each, and its repairs. */
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
				query: { run_id: wireId(runId, 'Run ID'), include_history: true, page_token },
				deadlineMs: options.deadlineMs,
				retry: options.retry,
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
		for (const task of part?.tasks ?? []) tasks.push(task);
		for (const iteration of part?.iterations ?? []) iterations.push(iteration);
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

/** Cancels all runs of a job, or only those that wait in its queue. */
export async function cancelAllRuns(
	workspace: Workspace,
	jobId: string,
	options: { queuedOnly: boolean },
): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: '/api/2.2/jobs/runs/cancel-all',
		json: {
			job_id: wireId(jobId, 'Job ID'),
			all_queued_runs: options.queuedOnly ? true : undefined,
		},
		repeat: 'always',
		ids: { jobId },
	});
}

export interface RunFilter {
	jobId?: string;
	/** `JOB_RUN`, `SUBMIT_RUN` or `WORKFLOW_RUN`. */
	runType?: string;
	activeOnly?: boolean;
	completedOnly?: boolean;
	/** Epoch ms, of the start of the run, both inclusive. */
	startTimeFrom?: number;
	startTimeTo?: number;
	/** Whether each run comes with its tasks, 100 at most; more say `has_more`. */
	withTasks?: boolean;
}

/** Runs, the most recently started first; without tasks `getRun` has them. */
export function listRuns(
	workspace: Workspace,
	filter: RunFilter = {},
	options: ReadOptions = {},
): AsyncGenerator<JobRun, void, undefined> {
	return itemsOf(async (page_token) => await pageOfRuns(workspace, filter, options, page_token));
}

/** The pages of `listRuns`, for readers who stop after a page. */
export function pagesOfRuns(
	workspace: Workspace,
	filter: RunFilter = {},
	options: ReadOptions = {},
): AsyncGenerator<readonly JobRun[], void, undefined> {
	return pages(async (page_token) => await pageOfRuns(workspace, filter, options, page_token));
}

async function pageOfRuns(
	workspace: Workspace,
	filter: RunFilter,
	options: ReadOptions,
	page_token: string | undefined,
): Promise<Page<JobRun>> {
	const page = await workspace.json(
		{
			method: 'GET',
			path: '/api/2.2/jobs/runs/list',
			query: {
				job_id: filter.jobId === undefined ? undefined : wireId(filter.jobId, 'Job ID'),
				active_only: filter.activeOnly,
				completed_only: filter.completedOnly,
				run_type: filter.runType,
				expand_tasks: filter.withTasks,
				start_time_from: filter.startTimeFrom,
				start_time_to: filter.startTimeTo,
				limit: 24,
				page_token,
			},
			deadlineMs: options.deadlineMs,
			retry: options.retry,
		},
		runListSchema,
	);
	const runs = page.runs.map((run) => ({ ...run, tasks: latestAttempts(run.tasks) }));
	return { items: runs, nextPageToken: page.next_page_token };
}
