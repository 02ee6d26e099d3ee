import type { Hono } from 'hono';
import { ApiError } from '../apiError';
import { json, readBody, type Env } from '../env';
import { endpointOpenApi } from './openApi';
import { scoreRequest } from './scoring';
import {
	endpointConfigSchema,
	endpointInfo,
	newEndpointSchema,
	servingEndpointsOf,
	tagChangeSchema,
} from './servingEndpoints';

const root = '/api/2.0/serving-endpoints';
/** "Model Serving limits and regions": 16 MB a request to a custom model. */
const maximumBodyBytes = 16 * 1024 * 1024;

/** Management of serving endpoints, and the requests that they answer. */
export function registerEndpointRoutes(app: Hono<Env>): void {
	app.get(root, (context) => {
		const endpoints = servingEndpointsOf(context.get('workspace')).list();
		return json(endpoints.length === 0 ? {} : { endpoints: endpoints.map(endpointInfo) });
	});
	app.post(root, async (context) => {
		const settings = await readBody(context, newEndpointSchema);
		const endpoints = servingEndpointsOf(context.get('workspace'));
		return json(endpointInfo(await endpoints.create(settings, context.get('principal'))));
	});
	app.get(`${root}/:name`, (context) =>
		json(endpointInfo(servingEndpointsOf(context.get('workspace')).get(context.req.param('name')))),
	);
	app.put(`${root}/:name/config`, async (context) => {
		const config = await readBody(context, endpointConfigSchema);
		const endpoints = servingEndpointsOf(context.get('workspace'));
		return json(endpointInfo(await endpoints.updateConfig(context.req.param('name'), config)));
	});
	app.patch(`${root}/:name/tags`, async (context) => {
		const change = await readBody(context, tagChangeSchema);
		const endpoints = servingEndpointsOf(context.get('workspace'));
		return json({ tags: await endpoints.changeTags(context.req.param('name'), change) });
	});
	app.delete(`${root}/:name`, async (context) => {
		await servingEndpointsOf(context.get('workspace')).delete(context.req.param('name'));
		return json({});
	});
	app.get(`${root}/:name/openapi`, (context) => {
		const workspace = context.get('workspace');
		const endpoints = servingEndpointsOf(workspace);
		const { name } = endpoints.get(context.req.param('name'));
		return json(endpointOpenApi(name, workspace.host, endpoints.served(name)));
	});

	app.post('/serving-endpoints/:name/invocations', async (context) => {
		const { req } = context;
		const served = servingEndpointsOf(context.get('workspace')).served(req.param('name'));
		if (served === undefined) {
			throw new ApiError(
				404,
				'ENDPOINT_NOT_FOUND',
				'The given endpoint does not exist, please retry after checking the specified model and version deployment exists.',
			);
		}
		const body = new Uint8Array(await req.arrayBuffer());
		if (body.byteLength > maximumBodyBytes) {
			throw new ApiError(
				413,
				'BAD_REQUEST',
				`The request has ${body.byteLength} bytes; an endpoint takes at most ${maximumBodyBytes}.`,
			);
		}
		const answer = scoreRequest(served.model, req.header('content-type'), body);
		const headers = { 'content-type': answer.contentType, 'served-model-name': served.name };
		return new Response(answer.body, { status: answer.status, headers });
	});
}
