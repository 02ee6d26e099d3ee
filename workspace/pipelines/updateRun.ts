import type { DatasetProgress } from '../delta/objects';
import { newUuid } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { SqlError } from '../sql/sqlError';
import { unresolvedFlows } from './analysis';
import { datasetsIn, resolveName, type Defaults, type TableName } from './datasetDefinition';
import { keyOf, resolveGraph, type GraphNode } from './datasetGraph';
import type { EventException, FlowState, PipelineEvent } from './events';
import { flowMessage, shortId } from './events';
import { exceptionsOf } from './flowError';
import { sourceFilesOf } from './sourceFiles';
import type { PipelineSpec } from './spec';
import type { Update, UpdateState } from './updates';

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
	private sequence = 0;

	constructor(
		private readonly workspace: LocalWorkspace,
		private readonly pipeline: RunningPipeline,
		private readonly update: Update,
		/** Called after each change of the update. */
		private readonly save: () => void,
		/** Called when a dataset was refreshed. */
		private readonly refreshed: (name: TableName) => void,
	) {}

	/** Asks the update to end; the dataset that is being refreshed is given up. */
	stop(): void {
		if (this.stopping.signal.aborted) return;
		this.stopping.abort(new Error('The update was stopped.'));
		this.enter('STOPPING');
	}

	/** Resolves when the update has ended, however it ended. Never rejects. */
	async run(): Promise<void> {
		try {
			await this.runStates();
			this.enter('COMPLETED');
		} catch (error) {
			if (this.stopping.signal.aborted) this.enter('CANCELED');
			else if (error instanceof FlowsFailed) this.enter('FAILED');
			else this.enter('FAILED', exceptionsOf(error));
		}
	}

	private async runStates(): Promise<void> {
		const { clock, pace } = this.workspace;
		this.write({
			event_type: 'create_update',
			message: `Update ${shortId(this.update.updateId)} started by ${this.update.cause}.`,
			level: 'INFO',
			details: {
				create_update: { cause: this.update.cause, full_refresh: this.update.fullRefresh },
			},
		});
		this.enter('WAITING_FOR_RESOURCES');
		await clock.sleep(pace.updateStartMs / 2, this.stopping.signal);
		this.enter('INITIALIZING');
		await clock.sleep(pace.updateStartMs / 2, this.stopping.signal);
		const nodes = await this.resolve();
		const { full, refreshed } = this.selected(nodes);
		if (this.update.validateOnly) return;
		if (full.size > 0) this.enter('RESETTING');
		this.enter('SETTING_UP_TABLES');
		this.enter('RUNNING');
		for (const node of nodes) {
			this.flow(node, refreshed.has(node) ? 'QUEUED' : 'EXCLUDED', 'INFO');
		}
		await this.refreshAll(nodes, refreshed, full);
	}

	/** The datasets in order, every flow resolved. */
	private async resolve(): Promise<GraphNode[]> {
		const defaults = this.defaults();
		const files = sourceFilesOf(this.workspace, this.pipeline.spec);
		const nodes = resolveGraph(files.flatMap((file) => datasetsIn(file, defaults)));
		const session = { ...defaults, user: this.pipeline.runAs };
		const errors = await unresolvedFlows(this.workspace, nodes, session);
		for (const [node, error] of errors) {
			this.write({
				...this.flowEvent(node, 'FAILED', 'ERROR'),
				message: `Failed to resolve flow: '${node.fullName}'.`,
				error: { fatal: true, exceptions: exceptionsOf(error) },
			});
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
	private selected(nodes: GraphNode[]): { refreshed: Set<GraphNode>; full: Set<GraphNode> } {
		const { fullRefresh, refreshSelection, fullRefreshSelection } = this.update;
		const find = (name: string): GraphNode => {
			const wanted = keyOf(resolveName(name.replaceAll('`', '').split('.'), this.defaults()));
			const node = nodes.find(({ definition }) => keyOf(definition.name) === wanted);
			if (!node) throw new Error(`The pipeline has no dataset ${name}, which the update selects.`);
			return node;
		};
		const partial = refreshSelection.map(find);
		const full = fullRefreshSelection.map(find);
		if (partial.length + full.length === 0) {
			return { refreshed: new Set(nodes), full: new Set(fullRefresh ? nodes : []) };
		}
		return { refreshed: new Set([...partial, ...full]), full: new Set(full) };
	}

	/** Refreshes in order; what reads a failed dataset is skipped, the others still run. */
	private async refreshAll(
		nodes: GraphNode[],
		refreshed: Set<GraphNode>,
		full: Set<GraphNode>,
	): Promise<void> {
		const broken = new Set<string>();
		for (const node of nodes) {
			if (!refreshed.has(node)) continue;
			const key = keyOf(node.definition.name);
			if (node.upstream.some((upstream) => broken.has(upstream))) {
				broken.add(key);
				this.flow(node, 'SKIPPED', 'WARN');
				continue;
			}
			if (!(await this.refresh(node, full.has(node)))) broken.add(key);
		}
		if (broken.size > 0) throw new FlowsFailed();
	}

	private async refresh(node: GraphNode, fullRefresh: boolean): Promise<boolean> {
		const { signal } = this.stopping;
		signal.throwIfAborted();
		const { definition } = node;
		const stream = definition.kind === 'STREAMING_TABLE';
		if (!stream) this.flow(node, 'PLANNING', 'INFO');
		this.flow(node, 'STARTING', 'INFO');
		this.flow(node, 'RUNNING', 'INFO');
		try {
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
				{ fullRefresh, user: this.pipeline.runAs, signal },
			);
			this.refreshed(definition.name);
			this.completed(node, progress);
			return true;
		} catch (error) {
			if (signal.aborted) {
				this.flow(node, 'STOPPED', 'WARN');
				throw error;
			}
			const exceptions = exceptionsOf(error, stream ? { queryId: newUuid() } : undefined);
			this.write({
				...this.flowEvent(node, 'FAILED', 'ERROR'),
				error: { fatal: error instanceof SqlError, exceptions },
			});
			return false;
		}
	}

	private completed(node: GraphNode, progress: DatasetProgress): void {
		const { expectations } = node.definition;
		const event = this.flowEvent(node, 'COMPLETED', 'INFO');
		const quality = {
			dropped_records: progress.droppedRecords,
			expectations: progress.expectations.map((expectation) => ({
				name: expectation.name,
				dataset: node.fullName,
				passed_records: expectation.passedRecords,
				failed_records: expectation.failedRecords,
			})),
		};
		this.write({
			...event,
			details: {
				flow_progress: {
					status: 'COMPLETED',
					metrics: {
						num_output_rows: progress.outputRows,
						num_upserted_rows: progress.upsertedRows,
						num_deleted_rows: progress.deletedRows,
					},
					...(expectations.length > 0 ? { data_quality: quality } : {}),
				},
			},
		});
	}

	private flow(node: GraphNode, state: FlowState, level: PipelineEvent['level']): void {
		this.write(this.flowEvent(node, state, level));
	}

	private flowEvent(node: GraphNode, state: FlowState, level: PipelineEvent['level']): NewEvent {
		return {
			event_type: 'flow_progress',
			flow: node.fullName,
			message: flowMessage(node.fullName, state),
			level,
			details: { flow_progress: { status: state } },
		};
	}

	private enter(state: UpdateState, exceptions?: EventException[]): void {
		this.update.state = state;
		this.write({
			event_type: 'update_progress',
			message: `Update ${shortId(this.update.updateId)} is ${state}.`,
			level: state === 'FAILED' ? 'ERROR' : 'INFO',
			details: { update_progress: { state } },
			...(exceptions === undefined ? {} : { error: { fatal: true, exceptions } }),
		});
	}

	private write({ flow, ...event }: NewEvent): void {
		const { pipelineId, updateId } = this.update;
		this.update.events.push({
			id: newUuid(),
			sequence: { control_plane_seq_no: this.workspace.clock.now() * 1000 + this.sequence++ },
			origin: {
				pipeline_id: pipelineId,
				pipeline_name: this.pipeline.spec.name,
				update_id: updateId,
				...(flow === undefined ? {} : { flow_name: flow, dataset_name: flow }),
			},
			timestamp: new Date(this.workspace.clock.now()).toISOString(),
			maturity_level: 'STABLE',
			...event,
		});
		this.save();
	}
}

type NewEvent = Pick<PipelineEvent, 'event_type' | 'message' | 'level' | 'details' | 'error'> & {
	flow?: string;
};

/** Some flow failed, and its event says why: the update has no cause of its own to add. */
class FlowsFailed extends Error {}
