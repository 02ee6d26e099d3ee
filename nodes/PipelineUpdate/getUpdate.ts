import type { IDataObject } from 'n8n-workflow';
import { eventsOfUpdate } from '../databricks/pipelines/pipelineEvents';
import { failureOf } from '../databricks/pipelines/pipelineFailure';
import {
	getPipeline,
	getUpdate as readUpdate,
	outcomeOf,
	type PipelineUpdate,
} from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';
import { fieldsOf } from '../n8n/nodeError';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { chosenUpdateId, updateIdField } from './chosenUpdate';
import { type Operation, result } from './operation';
import { endedItem } from './updateItem';

/** One update with its rows and data quality; of a failed one, why it failed. Does not wait. */
export const getUpdate: Operation = {
	fields: [updateIdField],
	async run(workspace, parameters) {
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const updateId = await chosenUpdateId(workspace, pipelineId, parameters);
		const update = await readUpdate(workspace, pipelineId, updateId);
		const pipeline = await getPipeline(workspace, pipelineId);
		const events = await eventsOfUpdate(workspace, pipelineId, update);
		return result({
			...endedItem(workspace, pipeline, update, events),
			failure: await failureItem(workspace, pipelineId, update),
		});
	},
};

/** Why an update did not succeed, as a field; null while it has not failed. */
async function failureItem(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): Promise<IDataObject | null> {
	if (!['failed', 'cancelled'].includes(outcomeOf(update))) return null;
	const error = await failureOf(workspace, pipelineId, update);
	return { message: error.message, hint: error.hint ?? null, ...fieldsOf(error) };
}
