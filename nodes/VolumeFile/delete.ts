import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { walk } from '../databricks/files/directoryTree';
import { DatabricksError } from '../databricks/errors';
import { deleteDirectory, deleteFile } from '../databricks/files/files';
import { settled } from '../n8n/perItem';
import type { FileTask } from './operation';

const ofDelete = { operation: ['delete'] };

export const deleteFields: INodeProperties[] = [
	{
		displayName: 'Delete',
		name: 'deleteWhat',
		type: 'options',
		options: [
			{ name: 'A File', value: 'file' },
			{ name: 'A Folder With Everything in It', value: 'tree' },
			{ name: 'An Empty Folder', value: 'folder' },
		],
		default: 'file',
		displayOptions: { show: ofDelete },
		description: 'What the path is',
	},
	{
		displayName: 'If It Is Missing',
		name: 'ifMissing',
		type: 'options',
		options: [
			{ name: 'Continue', value: 'continue' },
			{ name: 'Fail', value: 'fail' },
		],
		default: 'continue',
		displayOptions: { show: ofDelete },
		description: 'What to do when there is nothing at the path',
	},
];

/** Deletes a file, an empty folder, or a folder with all that is below it, deepest first. */
export async function deletePath(task: FileTask): Promise<INodeExecutionData[]> {
	const { workspace, path, parameters } = task;
	const what = parameters.choice('deleteWhat', 'Delete', ['file', 'folder', 'tree']);
	const work = {
		file: async () => await deleteFile(workspace, path),
		folder: async () => await deleteDirectory(workspace, path),
		tree: async () => await deleteTree(task),
	}[what];
	const outcome = await settled(work());
	if (outcome.ok) return [{ json: { path, deleted: true } }];
	const { error } = outcome;
	const isMissing = error instanceof DatabricksError && error.kind === 'notFound';
	if (isMissing && parameters.text('ifMissing') !== 'fail') {
		return [{ json: { path, deleted: false } }];
	}
	return await Promise.reject(error);
}

async function deleteTree({ workspace, path }: FileTask): Promise<void> {
	const folders: string[] = [];
	for await (const entry of walk(workspace, path, { recursive: true })) {
		if (entry.is_directory) folders.push(entry.path);
		else await deleteFile(workspace, entry.path);
	}
	for (const folder of folders.reverse()) await deleteDirectory(workspace, folder);
	await deleteDirectory(workspace, path);
}
