import type { RefreshOptions } from '../delta/datasets/refresh';
import { newUuid } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { SqlError } from '../sql/sqlError';
import { unresolvedFlows } from './analysis';
import { datasetsIn, resolveName, type Defaults, type TableName } from './datasetDefinition';
import { keyOf, resolveGraph, type GraphNode } from './datasetGraph';
import { ClusterFailed, exceptionsOf } from './flowError';
import { sourceFilesOf } from './sourceFiles';
import type { PipelineSpec } from './spec';
import { UpdateLog } from './updateLog';
import type { Update } from './updates';

/** A pipeline as an update needs to know it. */
export interface RunningPipeline {
	pipelineId: string;
	spec: PipelineSpec;
	/** Who the datasets are refreshed as. */
	runAs: string;
}

/** Takes one update from its creation to its end, writing its part of the event log. */
export class UpdateRun {
	private readonly stopping = new AbortController();
	private readonly log: UpdateLog;

	constructor(
		private readonly workspace: LocalWorkspace,
		private readonly pipeline: RunningPipeline,
		private readonly update: Update,
		/** Called after each change of the update. */
		save: () => void,
		/** Called when a dataset was refreshed. */
		private readonly refreshed: (name: TableName) => void,
	) {
		this.log = new UpdateLog(workspace.clock, pipeline.spec.name, update, save);
	}

	/** Asks the update to end; the dataset that is being refreshed is given up. */
	stop(userName?: string): void {
		if (this.stopping.signal.aborted) return;
		this.stopping.abort(new Error('The update was stopped.'));
		if (userName !== undefined) this.log.userAction('STOP', userName);
		this.log.enter('STOPPING');
	}

	/** Resolves when the update has ended, however it ended. Never rejects. */
	async run(): Promise<void> {
		try {
			await this.runStates();
			this.log.enter('COMPLETED');
		} catch (error) {
			if (this.stopping.signal.aborted) this.log.enter('CANCELED');
			else if (error instanceof FlowsFailed) this.log.enter('FAILED');
			else this.log.enter('FAILED', exceptionsOf(error));
		}
	}

	private async runStates(): Promise<void> {
		const { clock, pace } = this.workspace;
		this.log.created();
		this.log.enter('WAITING_FOR_RESOURCES');
		await clock.sleep(pace.updateStartMs / 2, this.stopping.signal);
		this.startCluster();
		this.log.enter('INITIALIZING');
		await clock.sleep(pace.updateStartMs / 2, this.stopping.signal);
		const nodes = await this.resolve();
		const selection = this.selected(nodes);
		const { full, refreshed } = selection;
		if (this.update.validateOnly) return;
		for (const node of nodes) this.log.defined(node);
		if (full.size > 0) this.log.enter('RESETTING');
		this.log.enter('SETTING_UP_TABLES');
		this.log.enter('RUNNING');
		for (const node of nodes) {
			this.log.flow(node, refreshed.has(node) ? 'QUEUED' : 'EXCLUDED');
		}
		await this.refreshAll(nodes, selection);
		while (this.isContinuous) {
			await clock.sleep(pace.continuousTriggerMs, this.stopping.signal);
			await this.refreshAll(nodes, { refreshed, full: new Set(), reset: new Set() });
		}
	}

	/** Compute always comes up here, unless a fault is planned for it. */
	private startCluster(): void {
		const path = `/api/2.0/pipelines/${this.update.pipelineId}/cluster`;
		const fault = this.workspace.faults.take('START', path);
		if (fault === undefined) return;
		const { body } = fault;
		const said = typeof body === 'object' ? body.message : body;
		throw new ClusterFailed(String(said ?? 'CLOUD_PROVIDER_LAUNCH_FAILURE'));
	}

	/** The datasets in order, every flow resolved. */
	private async resolve(): Promise<GraphNode[]> {
		const defaults = this.defaults();
		const files = sourceFilesOf(this.workspace, this.pipeline.spec, this.update.parameters);
		const nodes = resolveGraph(files.flatMap((file) => datasetsIn(file, defaults)));
		const session = { ...defaults, user: this.pipeline.runAs };
		const errors = await unresolvedFlows(this.workspace, nodes, session);
		for (const [node, error] of errors) {
			const message = `Failed to resolve flow: '${node.fullName}'.`;
			this.log.failed(node, { fatal: true, exceptions: exceptionsOf(error) }, message);
		}
		if (errors.size > 0) throw new FlowsFailed();
		return nodes;
	}

	private defaults(): Defaults {
		const { catalog, schema, target } = this.pipeline.spec;
		const defaultSchema = schema ?? target;
		if (catalog === undefined || defaultSchema === undefined) {
			throw new Error(
				'The pipeline has no catalog and schema of its own: this workspace has no Hive metastore to fall back to.',
			);
		}
		return { catalog, schema: defaultSchema };
	}

	/** Which datasets this update touches. Throws when it names one that the pipeline lacks. */
	private selected(nodes: GraphNode[]): Selection {
		const { fullRefresh, refreshSelection, fullRefreshSelection } = this.update;
		const find = (name: string): GraphNode => {
			const wanted = keyOf(resolveName(name.replaceAll('`', '').split('.'), this.defaults()));
			const node = nodes.find(({ definition }) => keyOf(definition.name) === wanted);
			if (!node) throw new Error(`The pipeline has no dataset ${name}, which the update selects.`);
			return node;
		};
		const partial = refreshSelection.map(find);
		const full = fullRefreshSelection.map(find);
		const reset = new Set(this.update.resetCheckpointSelection.map(find));
		const view = [...reset].find(({ definition }) => definition.kind !== 'STREAMING_TABLE');
		if (view !== undefined) {
			throw new Error(`${view.fullName} is no streaming table: it has no checkpoint to reset.`);
		}
		if (partial.length + full.length === 0) {
			return { refreshed: new Set(nodes), full: new Set(fullRefresh ? nodes : []), reset };
		}
		return { refreshed: new Set([...partial, ...full, ...reset]), full: new Set(full), reset };
	}

	/** Refreshes in order; what reads a failed dataset is skipped, the others still run. */
	private async refreshAll(
		nodes: GraphNode[],
		{ refreshed, full, reset }: Selection,
	): Promise<void> {
		const broken = new Set<string>();
		for (const node of nodes) {
			if (!refreshed.has(node)) continue;
			const key = keyOf(node.definition.name);
			if (node.upstream.some((upstream) => broken.has(upstream))) {
				broken.add(key);
				this.log.flow(node, 'SKIPPED', 'WARN');
				continue;
			}
			const how = { fullRefresh: full.has(node), resetCheckpoint: reset.has(node) };
			if (!(await this.refresh(node, how))) broken.add(key);
		}
		if (broken.size > 0) throw new FlowsFailed();
	}

	/** Refreshes one dataset, batch after batch while new files are left; whether it succeeded. */
	private async refresh(node: GraphNode, how: RefreshOptions): Promise<boolean> {
		const { signal } = this.stopping;
		signal.throwIfAborted();
		const { definition } = node;
		const stream = definition.kind === 'STREAMING_TABLE';
		if (!stream) this.log.flow(node, 'PLANNING');
		this.log.flow(node, 'STARTING');
		this.log.flow(node, 'RUNNING');
		try {
			for (let batch = 1; ; batch++) {
				const progress = await this.workspace.lakehouse.refreshDataset(
					{
						name: definition.name,
						kind: definition.kind,
						query: definition.query,
						session: { ...this.defaults(), user: this.pipeline.runAs },
						comment: definition.comment,
						properties: definition.properties,
						partitionBy: definition.partitionBy,
						clusterBy: definition.clusterBy,
						expectations: definition.expectations,
					},
					{ ...(batch === 1 ? how : { fullRefresh: false }), user: this.pipeline.runAs, signal },
				);
				this.refreshed(definition.name);
				if (!progress.moreToRead) {
					this.log.batch(node, this.isContinuous && stream ? 'RUNNING' : 'COMPLETED', progress);
					return true;
				}
				this.log.batch(node, 'RUNNING', progress);
			}
		} catch (error) {
			if (signal.aborted) {
				this.log.flow(node, 'STOPPED', 'WARN');
				throw error;
			}
			const exceptions = exceptionsOf(error, stream ? { queryId: newUuid() } : undefined);
			this.log.failed(node, { fatal: error instanceof SqlError, exceptions });
			return false;
		}
	}

	private get isContinuous(): boolean {
		return this.pipeline.spec.continuous === true;
	}
}

/** What an update does with each dataset. */
interface Selection {
	refreshed: Set<GraphNode>;
	/** Cleared first. */
	full: Set<GraphNode>;
	/** Read from the beginning into what is there. */
	reset: Set<GraphNode>;
}

/** Some flow failed, and its event says why: the update has no cause of its own to add. */
class FlowsFailed extends Error {}
