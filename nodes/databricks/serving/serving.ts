import { z } from 'zod/v4';
import { parseAnswer } from '../answers';
import { writeJson } from '../ids';
import { path } from '../paths';
import { noRetry, type Repeat, standardRetry } from '../retry';
import { type ServingAddress, workspaceAddress } from './servingAddress';
import { endpointSchema, type ServingEndpoint } from './servingEndpoint';
import { cleanServingError } from './servingError';
import type { RequestSpec, Workspace } from '../workspace';

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

export async function getEndpoint(
	workspace: Workspace,
	name: string,
	options: Pick<RequestSpec, 'timeoutMs' | 'retry'> = {},
): Promise<ServingEndpoint> {
	return await workspace.json(
		{ method: 'GET', path: path`/api/2.0/serving-endpoints/${name}`, ...options },
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

export interface InvokeOptions {
	/** Longest time for one answer. */
	timeoutMs?: number;
	deadlineMs?: number;
	/** How long 429 and 503 are waited out, as of an endpoint that is starting; default 5 minutes. */
	patienceMs?: number;
	repeat?: Repeat;
}

/**
 * Asks a model. An endpoint that had scaled to zero holds the answer until it is up, so an attempt
 * may take 5 minutes. Scoring is repeated after a lost answer; chats and agents, which may act, only
 * when they surely did not run.
 */
export async function invoke(
	workspace: Workspace,
	name: string,
	body: InvocationBody,
	options: InvokeOptions = {},
): Promise<Invocation> {
	const isScoring = scoringKeys.some((key) => key in body);
	const repeat = options.repeat ?? (isScoring ? 'always' : 'refused');
	const address = workspaceAddress(workspace, name);
	return (await invokeText(address, writeJson(body), { ...options, repeat })).answer;
}

/** An answer with what its headers and the clock say. */
export interface TimedInvocation {
	answer: Invocation;
	/** Which of the endpoint's models answered. */
	servedModel?: string;
	latencyMs: number;
}

/**
 * Like `invoke`, with a body that is JSON already. Throws DatabricksError whose message is free of the
 * rows that scoring servers repeat.
 */
export async function invokeText(
	{ workspace, path: address }: ServingAddress,
	body: string,
	options: InvokeOptions & { repeat: Repeat },
): Promise<TimedInvocation> {
	const startedMs = workspace.clock.now();
	const { patienceMs } = options;
	try {
		const { text, headers } = await workspace.request({
			method: 'POST',
			path: address,
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body,
			repeat: options.repeat,
			timeoutMs: options.timeoutMs ?? 300_000,
			deadlineMs: options.deadlineMs,
			retry: patienceMs === undefined ? undefined : { ...standardRetry, retryForMs: patienceMs },
		});
		return {
			answer: parseAnswer(text, invocationSchema),
			servedModel: headers['served-model-name'],
			latencyMs: workspace.clock.now() - startedMs,
		};
	} catch (error) {
		throw cleanServingError(error);
	}
}

/**
 * The OpenAPI document of an endpoint, as JSON that nobody has looked into. Where it names servers, no
 * credential goes there.
 */
export async function getOpenApi(workspace: Workspace, name: string): Promise<unknown> {
	return await workspace.json(
		{
			method: 'GET',
			path: path`/api/2.0/serving-endpoints/${name}/openapi`,
			timeoutMs: 10_000,
			retry: noRetry,
		},
		z.unknown(),
	);
}
