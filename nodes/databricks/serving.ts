import { z } from 'zod/v4';
import { path } from './paths';
import type { Repeat } from './retry';
import type { Workspace } from './workspace';

const endpointSchema = z.looseObject({
	name: z.string(),
	id: z.string().optional(),
	/** `llm/v1/chat`, `llm/v1/embeddings` …; absent for models of one's own. */
	task: z.string().optional(),
	state: z
		.looseObject({ ready: z.string().optional(), config_update: z.string().optional() })
		.optional(),
	endpoint_url: z.string().optional(),
	route_optimized: z.boolean().optional(),
});

export type ServingEndpoint = z.output<typeof endpointSchema>;

const endpointListSchema = z.looseObject({ endpoints: z.array(endpointSchema).default([]) });

const invocationSchema = z.looseObject({
	/** One a row, or one object for models that answer so. */
	predictions: z.unknown().optional(),
	/** Of feature serving endpoints. */
	outputs: z.unknown().optional(),
	choices: z.array(z.looseObject({})).optional(),
	data: z.array(z.looseObject({})).optional(),
	usage: z.looseObject({}).optional(),
});

export type Invocation = z.output<typeof invocationSchema>;

/** Whether an endpoint takes requests. An unknown word is not ready. */
export function isReady(endpoint: ServingEndpoint): boolean {
	return endpoint.state?.ready === 'READY';
}

export async function getEndpoint(workspace: Workspace, name: string): Promise<ServingEndpoint> {
	return await workspace.json(
		{ method: 'GET', path: path`/api/2.0/serving-endpoints/${name}` },
		endpointSchema,
	);
}

/** All endpoints that the credential may view; this list has no pages. */
export async function listEndpoints(workspace: Workspace): Promise<ServingEndpoint[]> {
	const answer = await workspace.json(
		{ method: 'GET', path: '/api/2.0/serving-endpoints' },
		endpointListSchema,
	);
	return answer.endpoints;
}

/** The bodies that an endpoint takes; `params` and others go along. */
export type InvocationBody = Readonly<Record<string, unknown>>;

/** Bodies of models that compute from their input alone, so that asking twice does no harm. */
const scoringKeys = ['dataframe_split', 'dataframe_records', 'instances', 'inputs', 'input'];

/**
 * Asks a model. An endpoint that had scaled to zero holds the answer until it is up, so an attempt
 * may take 5 minutes. Scoring is repeated after a lost answer; chats and agents, which may act, only
 * when they surely did not run.
 */
export async function invoke(
	workspace: Workspace,
	name: string,
	body: InvocationBody,
	options: { timeoutMs?: number; deadlineMs?: number; repeat?: Repeat } = {},
): Promise<Invocation> {
	const isScoring = scoringKeys.some((key) => key in body);
	return await workspace.json(
		{
			method: 'POST',
			path: path`/serving-endpoints/${name}/invocations`,
			json: body,
			repeat: options.repeat ?? (isScoring ? 'always' : 'refused'),
			timeoutMs: options.timeoutMs ?? 300_000,
			deadlineMs: options.deadlineMs,
		},
		invocationSchema,
	);
}
