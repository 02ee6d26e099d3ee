import type { Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import { json, readQuery, type Env } from '../env';
import { idSchema } from '../ids';
import { pageOf } from '../paging';
import {
	forEachAnswer,
	repairAnswer,
	runAnswer,
	taskAnswer,
	taskRunAnswer,
	tasksInOrder,
} from './answers';
import { arrayPage, arrayPageQuery } from './arrayPage';
import { jobsRoot } from './jobRoutes';
import { hasEnded } from './run';
import { runsOf } from './runs';

const flag = z
	.enum(['true', 'false'])
	.default('false')
	.transform((text) => text === 'true');

const listQuery = z.object({
	job_id: idSchema.optional(),
	active_only: flag,
	completed_only: flag,
	run_type: z.string().optional(),
	start_time_from: z.coerce.number().int().optional(),
	start_time_to: z.coerce.number().int().optional(),
	expand_tasks: flag,
	limit: z.coerce.number().int().min(0).max(25).default(20),
	page_token: z.string().optional(),
	offset: z.coerce.number().int().min(0).default(0),
});

const multipleTasks =
	'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.';

/** What reads runs. */
export function registerRunReadingRoutes(app: Hono<Env>): void {
	app.get(`${jobsRoot}/runs/get`, (context) => {
		const query = readQuery(
			context,
			arrayPageQuery.extend({
				run_id: idSchema,
				include_history: flag,
				include_resolved_values: flag,
			}),
		);
		if (query.include_resolved_values) {
			throw notImplemented('include_resolved_values of runs/get');
		}
		const workspace = context.get('workspace');
		const { run, task } = runsOf(workspace).find(query.run_id);
		const answer =
			task === undefined
				? {
						...runAnswer(workspace, run),
						tasks: tasksInOrder(run).map((each) => taskAnswer(workspace, run, each)),
						job_clusters: run.settings.job_clusters,
						repair_history: query.include_history ? run.repairs.map(repairAnswer) : undefined,
					}
				: { ...taskRunAnswer(workspace, run, task), ...forEachAnswer(workspace, run, task) };
		const arrays = ['tasks', 'iterations', 'job_clusters', 'job_parameters'];
		const { page, nextPageToken } = arrayPage(answer, arrays, query.page_token);
		const more = nextPageToken !== undefined;
		return json({ ...page, has_more: more ? true : undefined, next_page_token: nextPageToken });
	});

	app.get(`${jobsRoot}/runs/get-output`, (context) => {
		const { run_id: runId } = readQuery(context, z.object({ run_id: idSchema }));
		const workspace = context.get('workspace');
		const { run, task } = runsOf(workspace).find(runId);
		if (task === undefined) throw invalidParameter(multipleTasks);
		return json({
			metadata: taskRunAnswer(workspace, run, task),
			...task.output,
			error: task.error,
			error_trace: task.errorTrace,
		});
	});

	app.get(`${jobsRoot}/runs/list`, (context) => {
		const query = readQuery(context, listQuery);
		if (query.active_only && query.completed_only) {
			throw invalidParameter('active_only and completed_only exclude each other.');
		}
		const workspace = context.get('workspace');
		const { start_time_from: from = 0, start_time_to: to = Infinity } = query;
		const runs = runsOf(workspace)
			.list()
			.filter((run) => query.job_id === undefined || run.jobId === query.job_id)
			.filter((run) => !(query.active_only && hasEnded(run)))
			.filter((run) => !(query.completed_only && !hasEnded(run)))
			.filter((run) => query.run_type === undefined || run.runType === query.run_type)
			.filter((run) => run.startMs >= from && run.startMs <= to)
			.slice(query.offset);
		const size = query.limit || 25;
		const page = pageOf(runs, (run) => run.runId, { size, token: query.page_token });
		const list = page.items.map((run) => {
			const tasks = query.expand_tasks ? tasksInOrder(run) : [];
			return {
				...runAnswer(workspace, run),
				tasks: query.expand_tasks
					? tasks.slice(0, 100).map((task) => taskAnswer(workspace, run, task))
					: undefined,
				has_more: tasks.length > 100 ? true : undefined,
			};
		});
		return json({
			runs: list.length === 0 ? undefined : list,
			has_more: page.nextPageToken !== undefined,
			next_page_token: page.nextPageToken,
		});
	});
}
