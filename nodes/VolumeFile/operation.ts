import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Workspace } from '../databricks/workspace';
import type { Parameters } from '../n8n/parameters';

/** What an operation works with, for one item. */
export interface FileTask {
	context: IExecuteFunctions;
	item: number;
	parameters: Parameters;
	workspace: Workspace;
	/** Path of the file or folder, without a slash at its end. */
	path: string;
	/** Epoch ms. */
	deadlineMs: number;
	/** Makes a folder and those above it, once an execution of the node. */
	makeFolder: (folder: string) => Promise<void>;
}

export type Operation = (task: FileTask) => Promise<INodeExecutionData[]>;

/** The name of a file or folder, and the folder it is in. */
export function splitPath(path: string): { folder: string; name: string } {
	const slash = path.lastIndexOf('/');
	return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}
