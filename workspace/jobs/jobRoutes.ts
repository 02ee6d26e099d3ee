import type { Hono } from 'hono';
import { z } from 'zod';
import { notImplemented } from '../apiError';
import { json, readBody, readQuery, type Env } from '../env';
import { idSchema, wireId } from '../ids';
import { pageOf } from '../paging';
import { arrayPage, arrayPageQuery } from './arrayPage';
import { jobsOf } from './jobs';
import { jobSettingsSchema } from './settings';

/** Versions 2.0 and 2.1 of the API are answered like 2.2. */
export const jobsRoot = '/api/:version{2\\.[012]}/jobs';

const listQuery = z.object({
	limit: z.coerce.number().int().min(0).max(100).default(20),
	name: z.string().optional(),
	expand_tasks: z.enum(['true', 'false']).default('false'),
	page_token: z.string().optional(),
	offset: z.coerce.number().int().min(0).optional(),
});

/** Jobs: create, read, change, delete. */
export function registerJobRoutes(app: Hono<Env>): void {
	app.post(`${jobsRoot}/create`, async (context) => {
		const settings = await readBody(context, jobSettingsSchema);
		if (settings.access_control_list !== undefined) {
			throw notImplemented('access_control_list in jobs/create; set permissions of the job');
		}
		const jobs = jobsOf(context.get('workspace'));
		const isNewest = context.req.param('version') === '2.2';
		return json({
			job_id: wireId(await jobs.create(settings, context.get('principal'), isNewest)),
		});
	});

	app.get(`${jobsRoot}/get`, (context) => {
		const query = readQuery(context, arrayPageQuery.extend({ job_id: idSchema }));
		const jobs = jobsOf(context.get('workspace'));
		const answer = jobs.answer(jobs.get(query.job_id));
		const arrays = ['tasks', 'parameters', 'job_clusters', 'environments'];
		const { page, nextPageToken } = arrayPage(answer.settings, arrays, query.page_token);
		const more = nextPageToken !== undefined;
		return json({
			...answer,
			settings: page,
			has_more: more ? true : undefined,
			next_page_token: nextPageToken,
		});
	});

	app.get(`${jobsRoot}/list`, (context) => {
		const query = readQuery(context, listQuery);
		const jobs = jobsOf(context.get('workspace'));
		const { items, nextPageToken } = pageOf(
			jobs.list(query.name).slice(query.offset ?? 0),
			(job) => job.jobId,
			{ size: query.limit || 100, token: query.page_token },
		);
		const list = items.map((job) => {
			const answer = jobs.answer(job);
			const { tasks = [], ...settings } = answer.settings;
			const expanded = query.expand_tasks === 'true';
			return {
				...answer,
				settings: expanded ? { ...settings, tasks: tasks.slice(0, 100) } : settings,
				has_more: expanded && tasks.length > 100 ? true : undefined,
			};
		});
		return json({
			jobs: list.length === 0 ? undefined : list,
			has_more: nextPageToken !== undefined,
			next_page_token: nextPageToken,
		});
	});

	app.post(`${jobsRoot}/reset`, async (context) => {
		const body = z.object({ job_id: idSchema, new_settings: jobSettingsSchema });
		const { job_id: jobId, new_settings: settings } = await readBody(context, body);
		await jobsOf(context.get('workspace')).reset(jobId, settings);
		return json({});
	});

	app.post(`${jobsRoot}/update`, async (context) => {
		const body = z.object({
			job_id: idSchema,
			new_settings: jobSettingsSchema.default({}),
			fields_to_remove: z.array(z.string()).default([]),
		});
		const request = await readBody(context, body);
		const { job_id: jobId, new_settings: changes, fields_to_remove: remove } = request;
		await jobsOf(context.get('workspace')).update(jobId, changes, remove);
		return json({});
	});

	app.post(`${jobsRoot}/delete`, async (context) => {
		const { job_id: jobId } = await readBody(context, z.object({ job_id: idSchema }));
		await jobsOf(context.get('workspace')).delete(jobId);
		return json({});
	});
}
