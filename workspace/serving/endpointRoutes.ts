import type { Context, Hono } from 'hono';
import { json, readBody, type Env } from '../env';
import { endpointOpenApi } from './openApi';
import { endpointConfigSchema } from './endpointConfig';
import { endpointInfo } from './endpointInfo';
import { dataPlaneUrl } from './invocations';
import {
	aiGatewaySchema,
	newEndpointSchema,
	rateLimitsSchema,
	servingEndpointsOf,
	tagChangeSchema,
	type Endpoint,
} from './servingEndpoints';

const root = '/api/2.0/serving-endpoints';
/** Management of serving endpoints. */
export function registerEndpointRoutes(app: Hono<Env>): void {
	app.get(root, (context) => {
		const endpoints = servingEndpointsOf(context.get('workspace')).list();
		return json(
			endpoints.length === 0
				? {}
				: { endpoints: endpoints.map((endpoint) => shown(context, endpoint)) },
		);
	});
	app.post(root, async (context) => {
		const settings = await readBody(context, newEndpointSchema);
		const endpoints = servingEndpointsOf(context.get('workspace'));
		return json(shown(context, await endpoints.create(settings, context.get('principal'))));
	});
	app.get(`${root}/:name`, (context) =>
		json(
			shown(context, servingEndpointsOf(context.get('workspace')).get(context.req.param('name'))),
		),
	);
	app.put(`${root}/:name/config`, async (context) => {
		const config = await readBody(context, endpointConfigSchema);
		const endpoints = servingEndpointsOf(context.get('workspace'));
		return json(shown(context, await endpoints.updateConfig(context.req.param('name'), config)));
	});
	app.put(`${root}/:name/rate-limits`, async (context) => {
		const limits = await readBody(context, rateLimitsSchema);
		await servingEndpointsOf(context.get('workspace')).limit(context.req.param('name'), limits);
		return json(limits);
	});
	app.put(`${root}/:name/ai-gateway`, async (context) => {
		const gateway = await readBody(context, aiGatewaySchema);
		const endpoints = servingEndpointsOf(context.get('workspace'));
		await endpoints.limit(context.req.param('name'), { ai_gateway: gateway });
		return json(gateway);
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
		return json(
			endpointOpenApi(name, `${workspace.host}/serving-endpoints/${name}`, endpoints.served(name)),
		);
	});
}

function shown(context: Context<Env>, endpoint: Endpoint): Record<string, unknown> {
	const workspace = context.get('workspace');
	const url = dataPlaneUrl(workspace.host, workspace.workspaceId, endpoint.name);
	return endpointInfo(endpoint, servingEndpointsOf(workspace).powerOf(endpoint), url);
}
