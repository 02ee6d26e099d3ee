import { collect } from '../databricks/paging';
import {
	getPipeline,
	getUpdate,
	isTerminal,
	listUpdates,
	stopPipeline,
	waitForUpdate,
} from '../databricks/pipelines/pipelines';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { type Operation, result } from './operation';
import { startedItem } from './updateItem';

const patienceMs = 600_000;

/** Stops what the pipeline is doing; nothing when it is idle. */
export const stop: Operation = {
	fields: [
		{
			displayName: 'Wait Until It Has Stopped',
			name: 'waitUntilStopped',
			type: 'boolean',
			default: true,
			description:
				'Whether to go on only when the update has ended, so that another one can be started',
		},
	],
	async run(workspace, parameters) {
		const waits = parameters.flag('waitUntilStopped', true);
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const [newest] = await collect(listUpdates(workspace, pipelineId, 1), 1);
		const pipeline = await getPipeline(workspace, pipelineId);
		if (newest === undefined || isTerminal(newest)) {
			return result({
				pipeline_id: pipelineId,
				pipeline_name: pipeline.name ?? null,
				stopped: false,
			});
		}
		await stopPipeline(workspace, pipelineId);
		const deadlineMs = workspace.clock.now() + patienceMs;
		const update = waits
			? await waitForUpdate(workspace, pipelineId, newest.update_id, { deadlineMs })
			: await getUpdate(workspace, pipelineId, newest.update_id);
		return result({ ...startedItem(workspace, pipeline, update), stopped: true });
	},
};
