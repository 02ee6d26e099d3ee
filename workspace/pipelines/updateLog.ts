import type { Clock } from '../clock';
import type { DatasetProgress } from '../delta/objects';
import { newUuid } from '../ids';
import type { GraphNode } from './datasetGraph';
import type { EventException, FlowState, PipelineEvent } from './events';
import { flowMessage, shortId } from './events';
import type { Update, UpdateState } from './updates';

type NewEvent = Pick<PipelineEvent, 'event_type' | 'message' | 'level' | 'details' | 'error'> & {
	flow?: string;
};

/** Writes the part of a pipeline's event log that is about one update. */
export class UpdateLog {
	private sequence = 0;

	constructor(
		private readonly clock: Clock,
		private readonly pipelineName: string,
		private readonly update: Update,
		/** Called after each event. */
		private readonly save: () => void,
	) {}

	/** That the update was started, by what, and with what. */
	created(): void {
		const { updateId, cause, fullRefresh, parameters } = this.update;
		this.write({
			event_type: 'create_update',
			message: `Update ${shortId(updateId)} started by ${cause}.`,
			level: 'INFO',
			details: { create_update: { cause, full_refresh: fullRefresh, parameters } },
		});
	}

	/** What a user did: documented as action and user, the other fields are not. */
	userAction(action: 'START' | 'STOP', userName: string): void {
		this.write({
			event_type: 'user_action',
			message: `User ${userName} ${action === 'STOP' ? 'stopped' : 'started'} the pipeline.`,
			level: 'INFO',
			details: { user_action: { action, user_name: userName } },
		});
	}

	/**
	 * What the dataset is. Its type, the number of flows and that the expectations are in it is
	 * documented; their fields here are the name, the condition and the action in the words of the
	 * pipelines' Python interface.
	 */
	defined({ definition, fullName }: GraphNode): void {
		const isStream = definition.kind === 'STREAMING_TABLE';
		const actions = { warn: 'ALLOW', drop: 'DROP', fail: 'FAIL' };
		this.write({
			event_type: 'dataset_definition',
			flow: fullName,
			message: `Dataset '${fullName}' defined as ${definition.kind}.`,
			level: 'INFO',
			details: {
				dataset_definition: {
					dataset_type: definition.kind,
					num_flows: 1,
					expectations: definition.expectations.map(({ name, condition, onViolation }) => ({
						name,
						expression: condition,
						action: actions[onViolation],
					})),
				},
			},
		});
		this.write({
			event_type: 'flow_definition',
			flow: fullName,
			message: `Flow '${fullName}' defined as ${isStream ? 'APPEND' : 'COMPLETE'}.`,
			level: 'INFO',
			details: {
				flow_definition: {
					output_dataset: fullName,
					input_datasets: definition.references.map(({ name }) => name.join('.')),
					flow_type: isStream ? 'APPEND' : 'COMPLETE',
				},
			},
		});
	}

	/** That a flow is in a state. */
	flow({ fullName }: GraphNode, state: FlowState, level: PipelineEvent['level'] = 'INFO'): void {
		this.write(flowEvent(fullName, state, level));
	}

	/** What one batch of a flow wrote and found. */
	batch({ definition, fullName }: GraphNode, state: FlowState, progress: DatasetProgress): void {
		const quality = {
			dropped_records: progress.droppedRecords,
			expectations: progress.expectations.map((expectation) => ({
				name: expectation.name,
				dataset: fullName,
				passed_records: expectation.passedRecords,
				failed_records: expectation.failedRecords,
			})),
		};
		this.write({
			...flowEvent(fullName, state, 'INFO'),
			details: {
				flow_progress: {
					status: state,
					metrics: {
						num_output_rows: progress.outputRows,
						num_upserted_rows: progress.upsertedRows,
						num_deleted_rows: progress.deletedRows,
					},
					...(definition.expectations.length > 0 ? { data_quality: quality } : {}),
				},
			},
		});
	}

	/** That a flow failed, and why. */
	failed(
		{ fullName }: GraphNode,
		error: NonNullable<PipelineEvent['error']>,
		message = flowMessage(fullName, 'FAILED'),
	): void {
		this.write({ ...flowEvent(fullName, 'FAILED', 'ERROR'), message, error });
	}

	/** That the update is in another state from now on. */
	enter(state: UpdateState, exceptions?: EventException[]): void {
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
			sequence: { control_plane_seq_no: this.clock.now() * 1000 + this.sequence++ },
			origin: {
				pipeline_id: pipelineId,
				pipeline_name: this.pipelineName,
				update_id: updateId,
				...(flow === undefined ? {} : { flow_name: flow, dataset_name: flow }),
			},
			timestamp: new Date(this.clock.now()).toISOString(),
			maturity_level: 'STABLE',
			...event,
		});
		this.save();
	}
}

function flowEvent(flow: string, state: FlowState, level: PipelineEvent['level']): NewEvent {
	return {
		event_type: 'flow_progress',
		flow,
		message: flowMessage(flow, state),
		level,
		details: { flow_progress: { status: state } },
	};
}
