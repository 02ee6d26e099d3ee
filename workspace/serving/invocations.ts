import type { Context, Hono } from 'hono';
import { ApiError } from '../apiError';
import { json, type Env } from '../env';
import { parseJson } from '../ids';
import type { Principal } from '../localWorkspace';
import { RateLimited } from './endpointLoad';
import { scoreRequest } from './scoring';
import { servingEndpointsOf, type ServedModel } from './servingEndpoints';

/** "Model Serving limits and regions": MB of a request to a model of one's own, to a foundation model. */
const maximumBytes: Readonly<Record<ServedModel['kind'], number>> = {
	custom: 16 * 1024 * 1024,
	language: 4 * 1024 * 1024,
};

/** Requests to served models, at the workspace and at the addresses of route-optimised endpoints. */
export function registerInvocationRoutes(app: Hono<Env>): void {
	app.post('/serving-endpoints/:name/invocations', async (context) => {
		refuseRouteOptimised(context);
		return await invocation(context);
	});
	app.post('/serving-endpoints/:name/served-models/:model/invocations', async (context) => {
		refuseRouteOptimised(context);
		return await invocation(context, context.req.param('model'));
	});
	app.post('/:workspaceId{[0-9]+}/serving-endpoints/:name/invocations', async (context) => {
		requireOAuth(context.get('principal'));
		const { workspaceId, name } = context.req.param();
		const workspace = context.get('workspace');
		const { settings } = servingEndpointsOf(workspace).get(name);
		if (workspaceId !== workspace.workspaceId || settings.route_optimized !== true) {
			throw new ApiError(404, 'ENDPOINT_NOT_FOUND', 'The given endpoint is not route optimized.');
		}
		return await invocation(context);
	});
}

/**
 * Where the route-optimised endpoint is reached: another origin than the workspace's, as on
 * Databricks, under another name of the same machine.
 */
export function dataPlaneUrl(host: string, workspaceId: string, endpoint: string): string {
	const url = new URL(host);
	const other: Record<string, string> = { '127.0.0.1': 'localhost', localhost: '127.0.0.1' };
	url.hostname = other[url.hostname] ?? `serving.${url.hostname}`;
	return `${url.origin}/${workspaceId}/serving-endpoints/${endpoint}/invocations`;
}

/** "Query route-optimized serving endpoints": since September 2025 not at the workspace's address. */
function refuseRouteOptimised(context: Context<Env, '/serving-endpoints/:name/*'>): void {
	const workspace = context.get('workspace');
	const endpoint = servingEndpointsOf(workspace).find(context.req.param('name'));
	if (endpoint?.settings.route_optimized !== true) return;
	const url = dataPlaneUrl(workspace.host, workspace.workspaceId, endpoint.name);
	throw new ApiError(400, 'BAD_REQUEST', `The endpoint is route optimized: query it at ${url}.`);
}

/** Same page: personal access tokens are not taken there. Status and text are those of the workspace. */
function requireOAuth({ kind }: Principal): void {
	if (kind === 'servicePrincipal') return;
	throw new ApiError(
		401,
		401,
		'Credential was not sent or was of an unsupported type for this API.',
	);
}

async function invocation(
	context: Context<Env, '/:workspaceId/serving-endpoints/:name/*'>,
	only?: string,
): Promise<Response> {
	const { req } = context;
	const workspace = context.get('workspace');
	const principal = context.get('principal');
	try {
		const served = await servingEndpointsOf(workspace).answering(
			req.param('name'),
			principal,
			AbortSignal.any([workspace.closing.signal, req.raw.signal]),
			only,
		);
		const body = new Uint8Array(await req.arrayBuffer());
		checkSize(body, maximumBytes[served.kind]);
		const answer =
			served.kind === 'language'
				? json(served.model.answer(readJson(body), workspace.clock.now()))
				: scored(served, req.header('content-type'), body);
		answer.headers.set('served-model-name', served.name);
		return answer;
	} catch (error) {
		if (!(error instanceof RateLimited)) throw error;
		const answer = json(error.body(), error.status);
		answer.headers.set('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
		return answer;
	}
}

function scored(
	{ model }: Extract<ServedModel, { kind: 'custom' }>,
	contentType: string | undefined,
	body: Uint8Array,
): Response {
	const { body: text, status, contentType: type } = scoreRequest(model, contentType, body);
	return new Response(text, { status, headers: { 'content-type': type } });
}

function checkSize(body: Uint8Array, mostBytes: number): void {
	if (body.byteLength <= mostBytes) return;
	throw new ApiError(
		413,
		'BAD_REQUEST',
		`The request has ${body.byteLength} bytes; an endpoint takes at most ${mostBytes}.`,
	);
}

function readJson(body: Uint8Array): unknown {
	try {
		return parseJson(new TextDecoder().decode(body));
	} catch {
		throw new ApiError(400, 'BAD_REQUEST', 'Bad request: the body is not JSON.');
	}
}
