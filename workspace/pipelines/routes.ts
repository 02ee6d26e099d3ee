import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { notImplemented } from '../apiError';
import { json, readBody, readQuery, type Env } from '../env';
import { pageOfEvents } from './eventLog';
import { listPipelines, listUpdates } from './listing';
import { pipelineInfo } from './pipelineInfo';
import { pipelinesOf } from './pipelines';
import { pipelineSpecSchema } from './spec';
import { updateCauses, updateInfo } from './updates';

const root = '/api/2.0/pipelines';

const names = z.array(z.string()).optional();
const startUpdateSchema = z
	.object({
		cause: z.enum(updateCauses).optional(),
		full_refresh: z.boolean().optional(),
		refresh_selection: names,
		full_refresh_selection: names,
		reset_checkpoint_selection: names,
		validate_only: z.boolean().optional(),
		parameters: z.record(z.string(), z.string()).optional(),
	})
	.passthrough();

const maxResults = z.coerce.number().int().optional();
const eventQuerySchema = z.object({
	filter: z.string().optional(),
	order_by: z.union([z.string().transform((order) => [order]), z.array(z.string())]).optional(),
	max_results: maxResults,
	page_token: z.string().optional(),
});
const updatesQuerySchema = z.object({
	max_results: maxResults,
	page_token: z.string().optional(),
	until_update_id: z.string().optional(),
});
const listQuerySchema = z.object({
	filter: z.string().optional(),
	order_by: z
		.union([z.string(), z.array(z.string()).transform((order) => order.join())])
		.optional(),
	max_results: maxResults,
	page_token: z.string().optional(),
});

/** Pipelines, their updates and their event log. */
export function registerPipelineRoutes(app: Hono<Env>): void {
	const serviceOf = (context: Context<Env>) => pipelinesOf(context.get('workspace'));

	app.get(root, (context) => {
		const query = readQuery(context, listQuerySchema);
		return json(listPipelines(serviceOf(context), query));
	});
	app.post(root, async (context) => {
		const spec = await readBody(context, pipelineSpecSchema);
		const { userName } = context.get('principal');
		const { pipelineId } = await serviceOf(context).create(spec, userName);
		return json({ pipeline_id: pipelineId });
	});
	app.get(`${root}/:id`, (context) => {
		return json(pipelineInfo(serviceOf(context), context.req.param('id')));
	});
	app.put(`${root}/:id`, async (context) => {
		const spec = await readBody(context, pipelineSpecSchema);
		await serviceOf(context).edit(context.req.param('id'), spec);
		return json({});
	});
	app.delete(`${root}/:id`, async (context) => {
		await serviceOf(context).delete(context.req.param('id'));
		return json({});
	});
	app.post(`${root}/:id/stop`, (context) => {
		const pipelineId = context.req.param('id');
		serviceOf(context).stop(pipelineId, context.get('principal').userName);
		return json(pipelineInfo(serviceOf(context), pipelineId));
	});

	app.get(`${root}/:id/updates`, (context) => {
		const query = readQuery(context, updatesQuerySchema);
		return json(listUpdates(serviceOf(context).updatesOf(context.req.param('id')), query));
	});
	app.post(`${root}/:id/updates`, async (context) => {
		const body = await readBody(context, startUpdateSchema);
		const known = Object.keys(startUpdateSchema.shape);
		const unknown = Object.keys(body).find((key) => !known.includes(key) && isSet(body[key]));
		if (unknown !== undefined) throw notImplemented(`pipeline updates with ${unknown}`);
		const updateId = await serviceOf(context).startUpdate(context.req.param('id'), {
			cause: body.cause,
			fullRefresh: body.full_refresh,
			refreshSelection: body.refresh_selection,
			fullRefreshSelection: body.full_refresh_selection,
			resetCheckpointSelection: body.reset_checkpoint_selection,
			validateOnly: body.validate_only,
			parameters: body.parameters,
		});
		return json({ update_id: updateId });
	});
	app.get(`${root}/:id/updates/:update`, (context) => {
		const { id, update } = context.req.param();
		return json({ update: updateInfo(serviceOf(context).getUpdate(id, update)) });
	});

	app.get(`${root}/:id/events`, (context) => {
		const query = readQuery(context, eventQuerySchema);
		return json(
			pageOfEvents(serviceOf(context).eventsOf(context.req.param('id')), {
				filter: query.filter,
				orderBy: query.order_by,
				maxResults: query.max_results,
				pageToken: query.page_token,
			}),
		);
	});
}

/** Empty lists, empty maps and false ask for nothing. */
function isSet(value: unknown): boolean {
	if (value === undefined || value === null || value === false) return false;
	return typeof value !== 'object' || Object.keys(value).length > 0;
}
