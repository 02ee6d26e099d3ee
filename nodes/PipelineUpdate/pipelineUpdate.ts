import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DatabricksError, isGivenUp } from '../databricks/errors';
import { eventsOfUpdate, expectationsOf, failureOf } from '../databricks/pipelineEvents';
import {
	getPipeline,
	getUpdate,
	outcomeOf,
	type PipelineUpdate,
	stopPipeline,
	waitForUpdate,
} from '../databricks/pipelines';
import { startUpdate } from '../databricks/pipelineStart';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { cancelledWithNode, stopSignal } from '../n8n/giveUp';
import { parametersOf, perItem, settled } from '../n8n/perItem';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { type PipelineUpdateRequest, readPipelineUpdate } from './fields';
import { updateItem } from './updateItem';

interface StartedUpdate {
	pipelineId: string;
	updateId: string;
	/** Whether the update was there before this node: it is somebody else's, and not ours to stop. */
	joined: boolean;
}

/** Updates one pipeline for each item, one after the other: a pipeline runs one update at a time. */
export async function updatePipelines(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let connection: Promise<Workspace> | undefined;
	return await perItem(context, async (item) => {
		const parameters = parametersOf(context, item);
		connection ??= connect(context, parameters.text('authentication'), {
			signal: stopSignal(context),
		});
		return [await update(await connection, readPipelineUpdate(parameters))];
	});
}

async function update(workspace: Workspace, request: PipelineUpdateRequest): Promise<IDataObject> {
	const deadlineMs = workspace.clock.now() + request.timeoutMs;
	const pipelineId = await pipelineIdOf(workspace, request.pipeline);
	const started = await start(workspace, request, pipelineId);
	const isOurs = request.cancelWhenGivenUp && !started.joined;
	const watch = async () => {
		const { updateId } = started;
		const ended = request.wait
			? await waitForUpdate(workspace, pipelineId, updateId, { deadlineMs })
			: await getUpdate(workspace, pipelineId, updateId);
		return { ended, pipeline: await getPipeline(workspace, pipelineId) };
	};
	const { ended, pipeline } = isOurs
		? await cancelledWithNode(
				workspace,
				watch,
				async (other) => await stopPipeline(other, pipelineId),
			)
		: await leftRunning(watch, started.joined);
	if (!request.wait) return updateItem(workspace, pipeline, ended, started.joined);
	if (outcomeOf(ended) !== 'succeeded') throw await failureOf(workspace, pipelineId, ended);
	const datasets = expectationsOf(await eventsOfUpdate(workspace, pipelineId, ended));
	return updateItem(workspace, pipeline, ended, started.joined, datasets);
}

async function start(
	workspace: Workspace,
	request: PipelineUpdateRequest,
	pipelineId: string,
): Promise<StartedUpdate> {
	const { fullRefresh, refreshSelection, fullRefreshSelection, joinRunning } = request;
	const outcome = await settled(
		startUpdate(workspace, { pipelineId, fullRefresh, refreshSelection, fullRefreshSelection }),
	);
	if (outcome.ok) return { pipelineId, updateId: outcome.value, joined: false };
	const { error } = outcome;
	// A refused start names the update that is in the way.
	const running = error instanceof DatabricksError ? error.ids.updateId : undefined;
	if (!joinRunning || running === undefined) return await Promise.reject<never>(error);
	return { pipelineId, updateId: running, joined: true };
}

async function leftRunning(
	watch: () => Promise<{
		ended: PipelineUpdate;
		pipeline: Awaited<ReturnType<typeof getPipeline>>;
	}>,
	joined: boolean,
) {
	const hint = joined
		? 'The update was there before this node started and goes on in Databricks.'
		: 'The update goes on in Databricks.';
	return await watch().catch(
		async (error: unknown) => await Promise.reject(isGivenUp(error) ? error.with({ hint }) : error),
	);
}
