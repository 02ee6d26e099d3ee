import { getPipeline } from '../databricks/pipelines/pipelines';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { chosenUpdateId, updateIdField } from './chosenUpdate';
import type { Operation } from './operation';
import { readGate } from './qualityGateFields';
import { watchUpdate } from './watchUpdate';

/** Waits for an update that was started elsewhere; giving up leaves it alone. */
export const waitForUpdateOf: Operation = {
	fields: [
		updateIdField,
		{
			displayName: 'Timeout (Minutes)',
			name: 'timeoutMinutes',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description:
				'How long to wait for the update, which goes on when the time is over. With 0 there is no limit.',
		},
	],
	async run(workspace, parameters, tell) {
		const minutes = parameters.number('timeoutMinutes', 'Timeout (Minutes)', 60);
		const timeoutMs = minutes === 0 ? Number.POSITIVE_INFINITY : minutes * 60_000;
		const deadlineMs = workspace.clock.now() + timeoutMs;
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const updateId = await chosenUpdateId(workspace, pipelineId, parameters);
		return await watchUpdate(workspace, await getPipeline(workspace, pipelineId), updateId, {
			deadlineMs,
			stopWhenGivenUp: false,
			gate: readGate(parameters),
			tell,
		});
	},
};
