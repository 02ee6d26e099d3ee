import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { eventsOfUpdate } from '../databricks/pipelines/pipelineEvents';
import { failureOf } from '../databricks/pipelines/pipelineFailure';
import {
	getPipeline,
	getUpdate as readUpdate,
	outcomeOf,
	type Pipeline,
	type PipelineUpdate,
} from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';
import { fieldsOf } from '../n8n/nodeError';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { chosenUpdateId, newestUpdateId, updateIdField } from './chosenUpdate';
import { type Operation, result } from './operation';
import { endedItem } from './updateItem';

const ifNoneField: INodeProperties = {
	displayName: 'If There Is No Update Yet',
	name: 'ifNoUpdate',
	type: 'options',
	options: [
		{
			name: 'Continue',
			value: 'continue',
			description: 'The item has no update ID and no state',
		},
		{ name: 'Fail', value: 'fail' },
	],
	displayOptions: { show: { updateId: [''] } },
	default: 'fail',
	description: 'What to do when the newest update is asked for and the pipeline never had one',
};

/** One update with its rows and data quality; of a failed one, why it failed. Does not wait. */
export const getUpdate: Operation = {
	fields: [updateIdField, ifNoneField],
	async run(workspace, parameters) {
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const mayBeNone =
			parameters.optionalText('updateId') === undefined &&
			parameters.text('ifNoUpdate') === 'continue';
		const updateId = mayBeNone
			? await newestUpdateId(workspace, pipelineId)
			: await chosenUpdateId(workspace, pipelineId, parameters);
		const pipeline = await getPipeline(workspace, pipelineId);
		if (updateId === undefined) return result(noUpdateItem(pipeline));
		const update = await readUpdate(workspace, pipelineId, updateId);
		const events = await eventsOfUpdate(workspace, pipelineId, update);
		return result({
			...endedItem(workspace, pipeline, update, events),
			failure: await failureItem(workspace, pipelineId, update),
		});
	},
};

/** Of a pipeline that never had an update. */
function noUpdateItem({ pipeline_id, name }: Pipeline): IDataObject {
	return {
		pipeline_id,
		pipeline_name: name ?? null,
		update_id: null,
		state: null,
		creation_time: null,
	};
}

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
