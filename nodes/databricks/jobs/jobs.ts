import { z } from 'zod/v4';
import { idSchema, wireId } from '../ids';
import { onlyOne } from '../onlyOne';
import { itemsOf, pagesAfter } from '../paging';
import type { Workspace } from '../workspace';

const jobSchema = z.looseObject({
	job_id: idSchema,
	created_time: z.number().optional(),
	creator_user_name: z.string().optional(),
	settings: z
		.looseObject({
			name: z.string().optional(),
			description: z.string().optional(),
			tags: z.record(z.string(), z.unknown()).optional(),
			parameters: z
				.array(z.looseObject({ name: z.string(), default: z.string().optional() }))
				.optional(),
			tasks: z.array(z.looseObject({ task_key: z.string() })).optional(),
		})
		.default({}),
	next_page_token: z.string().optional(),
});

export type Job = z.output<typeof jobSchema>;

const jobListSchema = z.looseObject({
	jobs: z.array(jobSchema).default([]),
	next_page_token: z.string().optional(),
});

/** A job with all of its tasks and parameters. */
export async function getJob(workspace: Workspace, jobId: string): Promise<Job> {
	const page = async (page_token?: string) =>
		await workspace.json(
			{
				method: 'GET',
				path: '/api/2.2/jobs/get',
				query: { job_id: wireId(jobId, 'Job ID'), page_token },
				ids: { jobId },
			},
			jobSchema,
		);
	const job = await page();
	const following = pagesAfter(job.next_page_token, async (token) => {
		const next = await page(token);
		return { items: [next.settings], nextPageToken: next.next_page_token };
	});
	let { settings } = job;
	for await (const [part] of following) {
		settings = {
			...settings,
			tasks: [...(settings.tasks ?? []), ...(part?.tasks ?? [])],
			parameters: [...(settings.parameters ?? []), ...(part?.parameters ?? [])],
		};
	}
	return { ...job, settings, next_page_token: undefined };
}

/** All jobs, or those of exactly this name (Databricks ignores case). */
export function listJobs(
	workspace: Workspace,
	name?: string,
): AsyncGenerator<Job, void, undefined> {
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{ method: 'GET', path: '/api/2.2/jobs/list', query: { limit: 100, name, page_token } },
			jobListSchema,
		);
		return { items: page.jobs, nextPageToken: page.next_page_token };
	});
}

/**
 * The job of this name. Names need not be unique in Databricks: throws DatabricksError (notFound)
 * when there is none, (badRequest) when there are several.
 */
export async function findJobByName(workspace: Workspace, name: string): Promise<Job> {
	const found: Job[] = [];
	for await (const job of listJobs(workspace, name)) {
		if (job.settings.name?.toLowerCase() === name.toLowerCase()) found.push(job);
	}
	const exact = found.filter((job) => job.settings.name === name);
	return onlyOne(exact.length > 0 ? exact : found, {
		what: 'job',
		name,
		idOf: (job) => job.job_id,
	});
}
