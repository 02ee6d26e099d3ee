import { isReady, listEndpoints } from '../databricks/serving';
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

/** Models of one's own only: chats, completions and embeddings take other requests. */
export const searchEndpoints = listSearch(async function* (workspace) {
	for (const endpoint of await listEndpoints(workspace)) {
		if (endpoint.task?.startsWith('llm/') || endpoint.task?.startsWith('agent/')) continue;
		yield {
			name: endpoint.name,
			value: endpoint.name,
			description: isReady(endpoint) ? 'Ready' : 'Not ready',
			url: `${workspace.host}/ml/endpoints/${encodeURIComponent(endpoint.name)}`,
		};
	}
});
