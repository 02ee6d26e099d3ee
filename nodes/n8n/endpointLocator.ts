import { listEndpoints } from '../databricks/serving/serving';
import { isReady } from '../databricks/serving/servingEndpoint';
import { byName, byUrl, fromList, listSearch, locatorField } from './locators';

export const endpointField = locatorField(
	{
		displayName: 'Serving Endpoint',
		name: 'endpoint',
		description: 'The endpoint that serves the model',
	},
	[
		fromList('searchEndpoints'),
		byName('e.g. bir-tax-forecaster'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/ml/endpoints/bir-tax-forecaster',
			'^\\s*https?:\\/\\/.*?\\/(?:serving-)?endpoints\\/([^\\/?#\\s]+).*$',
			'a serving endpoint',
		),
	],
);

const taskOfOperation: Readonly<Record<string, string>> = {
	chat: 'llm/v1/chat',
	completion: 'llm/v1/completions',
	embedding: 'llm/v1/embeddings',
};

/** The endpoints that the chosen operation can ask; models of one's own have no task. */
export const searchEndpoints = listSearch(async function* (workspace, parameters) {
	const task = taskOfOperation[parameters.text('operation')];
	for (const endpoint of await listEndpoints(workspace)) {
		const isOwn = !/^(llm|agent)\//.test(endpoint.task ?? '');
		if (task === undefined ? !isOwn : endpoint.task !== task) continue;
		yield {
			name: endpoint.name,
			value: endpoint.name,
			description: isReady(endpoint) ? 'Ready' : 'Not ready',
			url: `${workspace.host}/ml/endpoints/${encodeURIComponent(endpoint.name)}`,
		};
	}
});
