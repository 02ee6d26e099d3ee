import type { INodeExecutionData } from 'n8n-workflow';
import { getFileInfo } from '../databricks/files/files';
import { type FileTask, splitPath } from './operation';

/** Size and time of a file; that there is none is an answer, too. */
export async function getFile({ workspace, path }: FileTask): Promise<INodeExecutionData[]> {
	const info = await getFileInfo(workspace, path);
	const { name } = splitPath(path);
	if (info === undefined) return [{ json: { path, name, exists: false } }];
	const { sizeBytes, lastModified } = info;
	const modifiedMs = Date.parse(lastModified ?? '');
	return [
		{
			json: {
				path,
				name,
				exists: true,
				size: sizeBytes ?? null,
				modified_at: Number.isNaN(modifiedMs) ? null : new Date(modifiedMs).toISOString(),
			},
		},
	];
}
