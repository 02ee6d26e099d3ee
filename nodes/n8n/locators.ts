import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyMode,
} from 'n8n-workflow';
import { standardRetry } from '../databricks/retry';
import type { Workspace } from '../databricks/workspace';
import { connect } from './authentication';
import { toNodeError } from './nodeError';
import { Parameters } from './parameters';
import { settled } from './perItem';

export type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
) => Promise<INodeListSearchResult>;

/**
 * A search for a resource locator: reads every page of a list and keeps what contains the filter,
 * in the name or in the ID, sorted by name. An error is shown by n8n, not turned into an entry.
 */
export function listSearch(
	entries: (workspace: Workspace, parameters: Parameters) => AsyncIterable<INodeListSearchItems>,
): ListSearch {
	return async function (filter = '') {
		const wanted = filter.trim().toLowerCase();
		return await loadInEditor(this, async (workspace, parameters) => {
			const found: INodeListSearchItems[] = [];
			for await (const entry of entries(workspace, parameters)) {
				const isMatch = [entry.name, String(entry.value)].some((text) =>
					text.toLowerCase().includes(wanted),
				);
				if (isMatch) found.push(entry);
			}
			return { results: found.sort((a, b) => a.name.localeCompare(b.name)) };
		});
	};
}

/** Reads what a field of the editor offers; an error is n8n's, and soon there: somebody waits. */
export async function loadInEditor<Value>(
	context: ILoadOptionsFunctions,
	load: (workspace: Workspace, parameters: Parameters) => Promise<Value>,
): Promise<Value> {
	const parameters = new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, fallback, options),
	);
	const retry = { ...standardRetry, retryForMs: 10_000, unreachableForMs: 0 };
	const loaded = await settled(
		connect(context, parameters.text('authentication'), { retry }).then(
			async (workspace) => await load(workspace, parameters),
		),
	);
	if (!loaded.ok) throw toNodeError(context.getNode(), loaded.error);
	return loaded.value;
}

function mode(
	displayName: string,
	name: 'list' | 'id' | 'name' | 'url',
	more: Partial<INodePropertyMode>,
): INodePropertyMode {
	return { ...more, displayName, name, type: name === 'list' ? 'list' : 'string' };
}

function matches(pattern: string, errorMessage: string): INodePropertyMode['validation'] {
	return [{ type: 'regex', properties: { regex: pattern, errorMessage } }];
}

/** The mode in which n8n asks a list search. */
export function fromList(searchListMethod: string): INodePropertyMode {
	return mode('From List', 'list', {
		typeOptions: {
			searchListMethod,
			searchable: true,
			slowLoadNotice: {
				message: 'Large workspaces take some seconds to list. Entering the name or ID is quicker.',
				timeout: 5_000,
			},
		},
	});
}

/** The mode in which an ID is typed. */
export function byId(placeholder: string, pattern: string, what: string): INodePropertyMode {
	return mode('By ID', 'id', {
		placeholder,
		validation: matches(pattern, `This is not the ID of ${what}`),
	});
}

/** The mode in which a name is typed. */
export function byName(placeholder: string): INodePropertyMode {
	return mode('By Name', 'name', { placeholder });
}

/** The mode in which the address of a page is pasted; the first group of the pattern is the ID. */
export function byUrl(placeholder: string, pattern: string, what: string): INodePropertyMode {
	return mode('By URL', 'url', {
		placeholder,
		extractValue: { type: 'regex', regex: pattern },
		validation: matches(pattern, `This is not the address of ${what}`),
	});
}

/** A field in which one thing of the workspace is picked. */
export function locatorField(
	field: Pick<INodeProperties, 'displayName' | 'name' | 'description'> & Partial<INodeProperties>,
	modes: INodePropertyMode[],
): INodeProperties {
	return {
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		...field,
		modes,
	};
}
