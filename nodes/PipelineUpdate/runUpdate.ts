import { getPipeline, getUpdate } from '../databricks/pipelines/pipelines';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { type Operation, result } from './operation';
import { readGate } from './qualityGateFields';
import { readRunUpdate, runUpdateFields } from './runUpdateFields';
import { startedUpdate } from './startedUpdate';
import { startedItem } from './updateItem';
import { watchUpdate } from './watchUpdate';

/** Starts an update, and waits for it unless told not to. */
export const runUpdate: Operation = {
	fields: runUpdateFields,
	async run(workspace, parameters, tell) {
		const request = readRunUpdate(parameters);
		const gate = request.wait ? readGate(parameters) : undefined;
		const deadlineMs = workspace.clock.now() + request.timeoutMs;
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const pipeline = await getPipeline(workspace, pipelineId);
		const { updateId, how } = await startedUpdate(workspace, pipeline, request, deadlineMs);
		const came = { joined: how === 'joined', skipped: how === 'skipped' };
		if (!request.wait || how === 'skipped') {
			// A Stop at this moment must still tell which update was started.
			const update = await getUpdate(workspace.forSignal(undefined), pipelineId, updateId);
			return result({ ...startedItem(workspace, pipeline, update), ...came });
		}
		const { items, output } = await watchUpdate(workspace, pipeline, updateId, {
			deadlineMs,
			stopWhenGivenUp: request.stopWhenGivenUp && how === 'started',
			gate,
			tell,
		});
		return { items: items.map((item) => ({ ...item, ...came })), output };
	},
};
