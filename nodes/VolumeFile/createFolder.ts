import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { createDirectory } from '../databricks/files/files';
import type { FileTask } from './operation';

/** The path is all it needs. */
export const createFolderFields: INodeProperties[] = [];

/** Makes the folder and those above it; harmless when it is there. */
export async function createFolder({ workspace, path }: FileTask): Promise<INodeExecutionData[]> {
	await createDirectory(workspace, path);
	return [{ json: { path, created: true } }];
}
