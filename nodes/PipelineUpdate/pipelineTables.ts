import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { collect } from '../databricks/paging';
import { listEvents } from '../databricks/pipelines/pipelineEvents';
import { loadInEditor } from '../n8n/locators';
import { pipelineIdOf } from '../n8n/pipelineLocator';

/** How far back the event log is read for tables. */
const mostEvents = 2_000;

/**
 * The tables that the pipeline really has: those its event log names. A pipeline that never ran has
 * no list; its tables can be named by an expression.
 */
export async function getTables(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await loadInEditor(this, async (workspace, parameters) => {
		const pipeline = parameters.optionalLocator('pipeline');
		if (pipeline === undefined) return [];
		const pipelineId = await pipelineIdOf(workspace, pipeline);
		const events = await collect(listEvents(workspace, pipelineId), mostEvents);
		const tables = new Set(
			events
				.filter(({ event_type: type = '' }) => /^(flow_progress|dataset_definition)$/.test(type))
				.map(({ origin }) => origin.dataset_name ?? ''),
		);
		tables.delete('');
		return [...tables].sort().map((name) => ({ name, value: name }));
	});
}
