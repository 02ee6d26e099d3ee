import { z } from 'zod';
import { ApiError, invalidParameter, notFound } from '../apiError';
import { newUuid } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import type { TableName } from './datasetDefinition';
import { keyOf } from './datasetGraph';
import type { PipelineEvent } from './events';
import { checkedSpec, pipelineSpecSchema, type PipelineSpec } from './spec';
import { UpdateLog } from './updateLog';
import { UpdateRun } from './updateRun';
import { hasEnded, updateSchema, type Update } from './updates';

const pipelineSchema = z.object({
	pipelineId: z.string(),
	spec: pipelineSpecSchema,
	creator: z.string(),
	lastModifiedMs: z.number(),
	/** Tables that its updates made: they go when it goes. */
	datasets: z.array(z.tuple([z.string(), z.string(), z.string()])),
});
export type Pipeline = z.output<typeof pipelineSchema>;

/** What a caller may ask of an update. */
export interface UpdateRequest {
	cause?: Update['cause'];
	fullRefresh?: boolean;
	refreshSelection?: string[];
	fullRefreshSelection?: string[];
	/** Flows that read their sources again, into what their tables hold. */
	resetCheckpointSelection?: string[];
	validateOnly?: boolean;
	parameters?: Record<string, string>;
}

/** Pipelines of SQL files, their updates and their event log. */
class Pipelines {
	private readonly pipelines: Collection<Pipeline>;
	private readonly updates: Collection<Update>;
	private readonly running = new Map<string, { run: UpdateRun; ended: Promise<void> }>();

	constructor(private readonly workspace: LocalWorkspace) {
		const { documents } = workspace.lakehouse;
		this.pipelines = new Collection(documents, 'pipeline', pipelineSchema);
		this.updates = new Collection(documents, 'pipelineUpdate', updateSchema);
		workspace.onClose(async () => {
			const ends = [...this.running.values()].map(({ run, ended }) => {
				run.stop();
				return ended;
			});
			await Promise.all(ends);
			await this.updates.flushed();
		});
	}

	/** Reads back what the state folder holds. An update that was cut off has failed. */
	async load(): Promise<void> {
		await this.pipelines.load();
		await this.updates.load();
		for (const update of this.updates.values()) {
			if (!hasEnded(update.state)) await this.updates.put(update.updateId, this.cutOff(update));
		}
	}

	/** Throws ApiError 409 when the name is taken, 400 and 501 as `checkedSpec` does. */
	async create(request: PipelineSpec, creator: string): Promise<Pipeline> {
		const spec = checkedSpec(request);
		if (request.allow_duplicate_names !== true) this.requireFreeName(spec.name);
		const pipelineId = newUuid();
		return await this.put({ pipelineId, spec, creator, lastModifiedMs: 0, datasets: [] });
	}

	/** Replaces the whole spec. Throws ApiError 404, 409, 400, 501. */
	async edit(pipelineId: string, request: PipelineSpec): Promise<void> {
		const pipeline = this.get(pipelineId);
		const spec = checkedSpec(request);
		if (spec.name !== pipeline.spec.name && request.allow_duplicate_names !== true) {
			this.requireFreeName(spec.name);
		}
		await this.put({ ...pipeline, spec });
	}

	/** Stops what runs and drops the datasets, as Unity Catalog pipelines do. Throws ApiError 404. */
	async delete(pipelineId: string): Promise<void> {
		this.stop(pipelineId);
		await this.activeRun(pipelineId)?.ended;
		const { tables } = this.workspace.lakehouse;
		for (const name of this.get(pipelineId).datasets) {
			if ((await tables.get(...name)) !== undefined) await tables.drop(...name);
		}
		for (const update of this.updatesOf(pipelineId)) await this.updates.delete(update.updateId);
		await this.pipelines.delete(pipelineId);
	}

	/** Throws ApiError 404. */
	get(pipelineId: string): Pipeline {
		const pipeline = this.pipelines.get(pipelineId);
		if (!pipeline) throw notFound(`The specified pipeline ${pipelineId} was not found.`);
		return pipeline;
	}

	/** By name. */
	list(): Pipeline[] {
		return this.pipelines.values().sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
	}

	/** Who the pipeline runs as: its run_as, else its creator. */
	runAsOf({ spec, creator }: Pipeline): string {
		return spec.run_as?.service_principal_name ?? spec.run_as?.user_name ?? creator;
	}

	/** Newest first. Throws ApiError 404. */
	updatesOf(pipelineId: string): Update[] {
		this.get(pipelineId);
		return this.updates
			.values()
			.filter((update) => update.pipelineId === pipelineId)
			.sort((a, b) => b.order - a.order);
	}

	/** Throws ApiError 404. */
	getUpdate(pipelineId: string, updateId: string): Update {
		this.get(pipelineId);
		const update = this.updates.get(updateId);
		if (update?.pipelineId !== pipelineId) {
			throw notFound(`The specified update ${updateId} was not found.`);
		}
		return update;
	}

	/** The event log of the pipeline, oldest first. Throws ApiError 404. */
	eventsOf(pipelineId: string): PipelineEvent[] {
		return this.updatesOf(pipelineId)
			.reverse()
			.flatMap((update) => update.events);
	}

	/** IDLE, or what the active update makes of it. */
	stateOf(pipelineId: string): 'IDLE' | 'STARTING' | 'RUNNING' | 'STOPPING' {
		const [latest] = this.updatesOf(pipelineId);
		if (latest === undefined || hasEnded(latest.state)) return 'IDLE';
		if (latest.state === 'STOPPING') return 'STOPPING';
		return latest.state === 'RUNNING' ? 'RUNNING' : 'STARTING';
	}

	/**
	 * Starts an update and answers with its id at once. Throws ApiError 404; 409 while another update
	 * is active (status and text are not documented, these are what users report); 400.
	 */
	async startUpdate(pipelineId: string, request: UpdateRequest = {}): Promise<string> {
		const pipeline = this.get(pipelineId);
		const { fullRefresh = false, refreshSelection = [], fullRefreshSelection = [] } = request;
		if (fullRefresh && refreshSelection.length + fullRefreshSelection.length > 0) {
			throw invalidParameter('full_refresh cannot be combined with a selection of tables.');
		}
		const previous = this.updatesOf(pipelineId);
		const active = previous.find((update) => !hasEnded(update.state));
		if (active !== undefined) {
			const message = `An active update ${active.updateId} already exists.`;
			throw new ApiError(409, 'RESOURCE_CONFLICT', message);
		}
		const update: Update = {
			updateId: newUuid(),
			pipelineId,
			state: 'QUEUED',
			cause: request.cause ?? 'API_CALL',
			createdAtMs: this.workspace.clock.now(),
			order: (previous[0]?.order ?? 0) + 1,
			fullRefresh,
			refreshSelection,
			fullRefreshSelection,
			resetCheckpointSelection: request.resetCheckpointSelection ?? [],
			validateOnly: request.validateOnly ?? false,
			parameters: request.parameters ?? {},
			events: [],
		};
		// Registered before it is kept: who sees it in a list must be able to stop it.
		const kept = this.updates.put(update.updateId, update);
		this.begin(pipeline, update, kept);
		await kept;
		return update.updateId;
	}

	/** Asks the active update to end; nothing when there is none. Throws ApiError 404. */
	stop(pipelineId: string, userName?: string): void {
		this.get(pipelineId);
		this.activeRun(pipelineId)?.run.stop(userName);
	}

	/** Resolves with the update when it has ended. Throws ApiError 404. */
	async whenEnded(pipelineId: string, updateId: string): Promise<Update> {
		this.getUpdate(pipelineId, updateId);
		await this.running.get(updateId)?.ended;
		return this.getUpdate(pipelineId, updateId);
	}

	private begin(pipeline: Pipeline, update: Update, kept: Promise<void>): void {
		const { updateId } = update;
		const runAs = this.runAsOf(pipeline);
		const run = new UpdateRun(
			this.workspace,
			{ pipelineId: pipeline.pipelineId, spec: pipeline.spec, runAs },
			update,
			() => this.updates.put(updateId, update).catch(ignore),
			(name) => this.addDataset(pipeline.pipelineId, name).catch(ignore),
		);
		const work = async () => {
			await kept;
			await run.run();
			await this.updates.put(updateId, update);
		};
		const ended = work().finally(() => this.running.delete(updateId));
		ended.catch(ignore);
		this.running.set(updateId, { run, ended });
	}

	private async addDataset(pipelineId: string, name: TableName): Promise<void> {
		const pipeline = this.get(pipelineId);
		if (pipeline.datasets.some((known) => keyOf(known) === keyOf(name))) return;
		const datasets = [...pipeline.datasets, name];
		await this.pipelines.put(pipelineId, { ...pipeline, datasets });
	}

	private activeRun(pipelineId: string) {
		const active = this.updatesOf(pipelineId).find((update) => this.running.has(update.updateId));
		return active && this.running.get(active.updateId);
	}

	private async put(pipeline: Pipeline): Promise<Pipeline> {
		const kept = { ...pipeline, lastModifiedMs: this.workspace.clock.now() };
		await this.pipelines.put(pipeline.pipelineId, kept);
		return kept;
	}

	private requireFreeName(name: string): void {
		if (!this.pipelines.values().some((pipeline) => pipeline.spec.name === name)) return;
		const message = `The pipeline name '${name}' is already used by another pipeline. Choose another name, or set allow_duplicate_names to true in the request.`;
		throw new ApiError(409, 'RESOURCE_CONFLICT', message);
	}

	/** The update with an end of its own in its log, as the process could not write it. */
	private cutOff(update: Update): Update {
		const ended = { ...update, events: [...update.events] };
		const name = this.pipelines.get(update.pipelineId)?.spec.name ?? '';
		const log = new UpdateLog(this.workspace.clock, name, ended, () => {});
		log.enter('FAILED', [
			{
				class_name: 'InterruptedException',
				message: 'The local workspace ended while the update was running. Start it again.',
				stack: [],
			},
		]);
		return ended;
	}
}

/** A write that failed is tried again with the next change; the last one is waited for. */
function ignore(): void {}

export const pipelinesOf = perWorkspace((workspace) => new Pipelines(workspace));
