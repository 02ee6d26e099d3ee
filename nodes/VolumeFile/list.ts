import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { matcher, walk } from '../databricks/files/directoryTree';
import type { DirectoryEntry } from '../databricks/files/files';
import { allByDefault, readLimit } from '../n8n/limitFields';
import type { FileTask } from './operation';

const ofList = { operation: ['list'] };

export const listFields: INodeProperties[] = [
	{
		displayName: 'Recursive',
		name: 'recursive',
		type: 'boolean',
		default: false,
		displayOptions: { show: ofList },
		description: 'Whether to list the folders below, too',
	},
	{
		displayName: 'Pattern',
		name: 'pattern',
		type: 'string',
		default: '',
		placeholder: 'e.g. *.jsonl',
		displayOptions: { show: ofList },
		description:
			'Only what fits: * is any text in a name, ** also across folders, ? one character. With a slash it is for the path below the folder, else for the name.',
	},
	{
		displayName: 'Include Folders',
		name: 'includeFolders',
		type: 'boolean',
		default: false,
		displayOptions: { show: ofList },
		description: 'Whether folders become items, too',
	},
	...allByDefault(ofList),
];

/** One item for each file. */
export async function list(task: FileTask): Promise<INodeExecutionData[]> {
	const { workspace, path, parameters } = task;
	const pattern = parameters.optionalText('pattern');
	const matches = pattern === undefined ? () => true : matcher(pattern);
	const withFolders = parameters.flag('includeFolders');
	const limit = readLimit(parameters, true);
	const items: INodeExecutionData[] = [];
	const recursive = parameters.flag('recursive');
	for await (const entry of walk(workspace, path, { recursive })) {
		const relative = entry.path.slice(path.length + 1);
		if ((entry.is_directory && !withFolders) || !matches(relative)) continue;
		items.push({ json: entryItem(entry) });
		if (items.length >= limit) break;
	}
	return items;
}

function entryItem(entry: DirectoryEntry) {
	return {
		path: entry.path,
		name: entry.name,
		is_folder: entry.is_directory,
		size: entry.file_size ?? null,
		modified_at:
			entry.last_modified === undefined ? null : new Date(entry.last_modified).toISOString(),
	};
}
