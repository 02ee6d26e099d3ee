import { findPipelineByName, listPipelines } from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';
import { byId, byName, byUrl, fromList, listSearch, locatorField } from './locators';
import type { Locator } from './parameters';

const id = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

export const pipelineField = locatorField(
	{ displayName: 'Pipeline', name: 'pipeline', description: 'The Lakeflow pipeline to update' },
	[
		fromList('searchPipelines'),
		byId('e.g. 01234567-89ab-cdef-0123-456789abcdef', `^\\s*${id}\\s*$`, 'a pipeline'),
		byName('e.g. scout_etl'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/pipelines/01234567-89ab-cdef-0123-456789abcdef',
			`^\\s*https?:\\/\\/.*?[\\/#](?:joblist\\/)?pipelines\\/(${id}).*$`,
			'a pipeline',
		),
	],
);

export const searchPipelines = listSearch(async function* (workspace) {
	for await (const pipeline of listPipelines(workspace)) {
		yield {
			name: pipeline.name ?? pipeline.pipeline_id,
			value: pipeline.pipeline_id,
			url: `${workspace.host}/pipelines/${pipeline.pipeline_id}`,
		};
	}
});

/** The ID of the chosen pipeline. Throws DatabricksError when a name fits no pipeline or several. */
export async function pipelineIdOf(workspace: Workspace, pipeline: Locator): Promise<string> {
	if (pipeline.mode !== 'name') return pipeline.value;
	return (await findPipelineByName(workspace, pipeline.value)).pipeline_id;
}
