import './prepareProcess';
import { Container } from '@n8n/di';
import { PollContext, PollTriggerExecutor } from 'n8n-core';
import {
	deepCopy,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
	type WorkflowActivateMode,
} from 'n8n-workflow';

/** A polling trigger as an active workflow drives it, by hand instead of by the clock. */
export interface Poller {
	/**
	 * One poll. With an activation mode it is the poll that n8n makes when the workflow is activated or
	 * n8n restarts; the polls after it carry the same mode. Returns the items of the trigger, or nothing
	 * when the poll found nothing. Throws what the poll throws.
	 */
	tick(activation?: WorkflowActivateMode): Promise<INodeExecutionData[] | null>;
	/** Like `tick`, with the items of every output. */
	tickOutputs(activation?: WorkflowActivateMode): Promise<INodeExecutionData[][] | null>;
	/** What n8n's database holds: static data is saved after activation, and together with items. */
	savedStaticData(): IDataObject;
}

/** The poller of a node whose workflow holds the static data as the database gave it. */
export function createPoller(
	workflow: Workflow,
	node: INode,
	additionalData: IWorkflowExecuteAdditionalData,
): Poller {
	const executor = Container.get(PollTriggerExecutor);
	let saved = deepCopy(workflow.staticData);
	let mode: WorkflowActivateMode = 'activate';

	const tickOutputs = async (activation?: WorkflowActivateMode) => {
		let outputs: INodeExecutionData[][] | null = null;
		let failure: Error | undefined;
		mode = activation ?? mode;
		const emit = (data: INodeExecutionData[][]) => {
			outputs = data;
			saved = deepCopy(workflow.staticData);
		};
		const emitError = (error: Error) => {
			failure = error;
		};
		const isActivation = activation !== undefined;
		const context = new PollContext(
			workflow,
			node,
			additionalData,
			'trigger',
			mode,
			emit,
			emitError,
		);
		await executor.create(workflow, node, context, () => true)(isActivation);
		if (failure) throw failure;
		if (isActivation) saved = deepCopy(workflow.staticData);
		return outputs;
	};
	const tick = async (activation?: WorkflowActivateMode) => {
		const outputs = await tickOutputs(activation);
		return outputs === null ? null : (outputs[0] ?? []);
	};
	return { tick, tickOutputs, savedStaticData: () => deepCopy(saved) };
}
