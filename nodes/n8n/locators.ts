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
		const found = await matching(this, entries, filter.trim().toLowerCase()).catch(
			(error: unknown) => toNodeError(this.getNode(), error),
		);
		if (found instanceof Error) throw found;
		return { results: found };
	};
}

async function matching(
	context: ILoadOptionsFunctions,
	entries: (workspace: Workspace, parameters: Parameters) => AsyncIterable<INodeListSearchItems>,
	filter: string,
): Promise<INodeListSearchItems[]> {
	const parameters = new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, fallback, options),
	);
	const retry = { ...standardRetry, retryForMs: 10_000, unreachableForMs: 0 };
	const workspace = await connect(context, parameters.text('authentication'), { retry });
	const found: INodeListSearchItems[] = [];
	for await (const entry of entries(workspace, parameters)) {
		const isMatch = [entry.name, String(entry.value)].some((text) =>
			text.toLowerCase().includes(filter),
		);
		if (isMatch) found.push(entry);
	}
	return found.sort((a, b) => a.name.localeCompare(b.name));
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
