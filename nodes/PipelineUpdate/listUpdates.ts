import { collect } from '../databricks/paging';
import { listUpdates } from '../databricks/pipelines/pipelines';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { limitFields, readLimit } from '../n8n/limitFields';
import type { Operation } from './operation';
import { updateFacts } from './updateItem';

/** The updates of a pipeline, the newest first, an item each. */
export const listUpdatesOf: Operation = {
	fields: limitFields,
	async run(workspace, parameters) {
		const limit = readLimit(parameters);
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const pageSize = Math.min(limit, 100);
		const updates = await collect(listUpdates(workspace, pipelineId, pageSize), limit);
		const items = updates.map((update) => updateFacts(workspace, pipelineId, update));
		return { items, output: 0 };
	},
};
