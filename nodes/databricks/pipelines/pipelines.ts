import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { onlyOne } from '../onlyOne';
import { itemsOf } from '../paging';
import { path } from '../paths';
import { patientRetry } from '../retry';
import { durationText, lastReadMs, waitUntil } from '../waiting';
import type { Workspace } from '../workspace';

const updateSchema = z.looseObject({
	update_id: z.string(),
	pipeline_id: z.string().optional(),
	state: z.string().default('UNKNOWN'),
	cause: z.string().optional(),
	/** Epoch ms; the short form in a pipeline's `latest_updates` has an ISO text. */
	creation_time: z.union([z.number(), z.string()]).optional(),
	full_refresh: z.boolean().optional(),
	full_refresh_selection: z.array(z.string()).optional(),
	refresh_selection: z.array(z.string()).optional(),
	validate_only: z.boolean().optional(),
	parameters: z.record(z.string(), z.string()).optional(),
});

const pipelineSchema = z.looseObject({
	pipeline_id: z.string(),
	name: z.string().optional(),
	state: z.string().optional(),
	health: z.string().optional(),
	creator_user_name: z.string().optional(),
	latest_updates: z.array(updateSchema).optional(),
	spec: z.looseObject({ continuous: z.boolean().optional() }).optional(),
});

export type PipelineUpdate = z.output<typeof updateSchema>;
export type Pipeline = z.output<typeof pipelineSchema>;

const pipelineListSchema = z.looseObject({
	statuses: z.array(pipelineSchema).default([]),
	next_page_token: z.string().optional(),
});
const updateListSchema = z.looseObject({
	updates: z.array(updateSchema).default([]),
	next_page_token: z.string().optional(),
});
const updateAnswerSchema = z.looseObject({ update: updateSchema });
const startedSchema = z.looseObject({ update_id: z.string() });

/** How an update ended, or `pending` while it has not. */
export type UpdateOutcome = 'pending' | 'succeeded' | 'failed' | 'cancelled';

const outcomeByState: Readonly<Record<string, UpdateOutcome>> = {
	COMPLETED: 'succeeded',
	FAILED: 'failed',
	CANCELED: 'cancelled',
};

/** How an update ended; a state nobody knows yet is pending. */
export function outcomeOf(update: Pick<PipelineUpdate, 'state'>): UpdateOutcome {
	return outcomeByState[update.state] ?? 'pending';
}

/** Whether an update has ended, however. */
export function isTerminal(update: Pick<PipelineUpdate, 'state'>): boolean {
	return outcomeOf(update) !== 'pending';
}

/** Whether the pipeline goes on until it is stopped, so that its updates never complete. */
export function isContinuous(pipeline: Pipeline): boolean {
	return pipeline.spec?.continuous === true;
}

/** When an update was created, as epoch ms; undefined when the answer does not say. */
export function createdAtMs(update: Pick<PipelineUpdate, 'creation_time'>): number | undefined {
	const { creation_time: time } = update;
	const ms = typeof time === 'string' ? Date.parse(time) : time;
	return ms === undefined || Number.isNaN(ms) ? undefined : ms;
}

/** The page of an update in the workspace. */
export function updatePageUrl(workspace: Workspace, pipelineId: string, updateId: string): string {
	return `${workspace.host}${path`/pipelines/${pipelineId}/updates/${updateId}`}`;
}

export async function getPipeline(workspace: Workspace, pipelineId: string): Promise<Pipeline> {
	return await workspace.json(
		{ method: 'GET', path: path`/api/2.0/pipelines/${pipelineId}`, ids: { pipelineId } },
		pipelineSchema,
	);
}

/** All pipelines, or those whose name contains the text. */
export function listPipelines(
	workspace: Workspace,
	nameContains?: string,
): AsyncGenerator<Pipeline, void, undefined> {
	const filter = nameContains === undefined ? undefined : nameFilter(nameContains);
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{
				method: 'GET',
				path: '/api/2.0/pipelines',
				query: { filter, order_by: 'name asc', max_results: 100, page_token },
			},
			pipelineListSchema,
		);
		return { items: page.statuses, nextPageToken: page.next_page_token };
	});
}

/** `name LIKE '%text%'`. Quotes cannot be escaped there; `_` stands for any one character. */
function nameFilter(text: string): string {
	return `name LIKE '%${text.replace(/['\\]/g, '_')}%'`;
}

/**
 * The pipeline of exactly this name. Throws DatabricksError (notFound) when there is none,
 * (badRequest) when there are several.
 */
export async function findPipelineByName(workspace: Workspace, name: string): Promise<Pipeline> {
	const matches: Pipeline[] = [];
	for await (const pipeline of listPipelines(workspace, name)) {
		if (pipeline.name === name) matches.push(pipeline);
	}
	return onlyOne(matches, { what: 'pipeline', name, idOf: (pipeline) => pipeline.pipeline_id });
}

export async function getUpdate(
	workspace: Workspace,
	pipelineId: string,
	updateId: string,
	options: { deadlineMs?: number; patient?: boolean } = {},
): Promise<PipelineUpdate> {
	const answer = await workspace.json(
		{
			method: 'GET',
			path: path`/api/2.0/pipelines/${pipelineId}/updates/${updateId}`,
			deadlineMs: options.deadlineMs,
			retry: options.patient ? patientRetry : undefined,
			ids: { pipelineId, updateId },
		},
		updateAnswerSchema,
	);
	return answer.update;
}

/** Updates, the newest first. */
export function listUpdates(
	workspace: Workspace,
	pipelineId: string,
	pageSize = 25,
): AsyncGenerator<PipelineUpdate, void, undefined> {
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{
				method: 'GET',
				path: path`/api/2.0/pipelines/${pipelineId}/updates`,
				query: { max_results: pageSize, page_token },
				ids: { pipelineId },
			},
			updateListSchema,
		);
		return { items: page.updates, nextPageToken: page.next_page_token };
	});
}

export interface StartUpdateRequest {
	pipelineId: string;
	fullRefresh?: boolean;
	/** Tables to refresh; empty means all. */
	refreshSelection?: readonly string[];
	/** Tables to clear and compute again. */
	fullRefreshSelection?: readonly string[];
	/** Flows that read their sources again from the beginning, into what their tables hold. */
	resetCheckpointSelection?: readonly string[];
	validateOnly?: boolean;
	parameters?: Readonly<Record<string, string>>;
	deadlineMs?: number;
}

/**
 * One POST that starts an update, without looking at what was there before; `startUpdate` in
 * pipelineStart.ts is the one that survives a lost answer.
 */
export async function postUpdate(
	workspace: Workspace,
	request: StartUpdateRequest,
): Promise<string> {
	const { pipelineId } = request;
	const started = await workspace.json(
		{
			method: 'POST',
			path: path`/api/2.0/pipelines/${pipelineId}/updates`,
			json: {
				full_refresh: request.fullRefresh ? true : undefined,
				refresh_selection: nonEmpty(request.refreshSelection),
				full_refresh_selection: nonEmpty(request.fullRefreshSelection),
				reset_checkpoint_selection: nonEmpty(request.resetCheckpointSelection),
				validate_only: request.validateOnly ? true : undefined,
				parameters: request.parameters,
			},
			repeat: 'unsent',
			deadlineMs: request.deadlineMs,
			finishOnAbort: true,
			ids: { pipelineId },
		},
		startedSchema,
	);
	return started.update_id;
}

function nonEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
	return list === undefined || list.length === 0 ? undefined : list;
}

/** Asks Databricks to stop what the pipeline is doing; it ends a little later. */
export async function stopPipeline(workspace: Workspace, pipelineId: string): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: path`/api/2.0/pipelines/${pipelineId}/stop`,
		json: {},
		repeat: 'always',
		ids: { pipelineId },
	});
}

export interface WaitForUpdateOptions {
	/** Epoch ms. */
	deadlineMs: number;
	/** Of a continuous pipeline: an update that runs has got as far as it ever will. */
	untilRunning?: boolean;
	/** Called when the update changes its state. */
	onChange?: (update: PipelineUpdate) => void;
}

/**
 * Waits until the update has ended, however, or runs when that is all there is to wait for. Throws
 * kind `timeout` or `aborted`; stops nothing.
 */
export async function waitForUpdate(
	workspace: Workspace,
	pipelineId: string,
	updateId: string,
	options: WaitForUpdateOptions,
): Promise<PipelineUpdate> {
	const startedMs = workspace.clock.now();
	return await waitUntil({
		read: async () =>
			await getUpdate(workspace, pipelineId, updateId, {
				patient: true,
				deadlineMs: options.deadlineMs + lastReadMs,
			}),
		isDone: (update) =>
			isTerminal(update) || (options.untilRunning === true && update.state === 'RUNNING'),
		deadlineMs: options.deadlineMs,
		clock: workspace.clock,
		random: workspace.random,
		signal: workspace.signal,
		changeOf: (update) => update.state,
		onChange: options.onChange,
		timeoutError: (update) =>
			new DatabricksError({
				kind: 'timeout',
				message: `Update ${updateId} was still ${update.state} after ${durationText(workspace.clock.now() - startedMs)}.`,
				ids: { pipelineId, updateId, pageUrl: updatePageUrl(workspace, pipelineId, updateId) },
			}),
	});
}
