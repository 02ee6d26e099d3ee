import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { matcher, walk, walkIfThere } from '../databricks/files/directoryTree';
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
	{
		displayName: 'If the Folder Is Missing',
		name: 'ifFolderMissing',
		type: 'options',
		options: [
			{
				name: 'Continue',
				value: 'continue',
				description:
					'There are no items, as of an empty folder; a missing volume is an error still',
			},
			{ name: 'Fail', value: 'fail' },
		],
		default: 'fail',
		displayOptions: { show: ofList },
		description: 'What to do when there is no folder at the path',
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
	const ifMissing = parameters.text('ifFolderMissing');
	const entries =
		ifMissing === 'continue'
			? walkIfThere(workspace, path, { recursive })
			: walk(workspace, path, { recursive });
	for await (const entry of entries) {
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
