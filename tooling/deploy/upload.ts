import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { path } from '../../nodes/databricks/paths';
import type { Workspace } from '../../nodes/databricks/workspace';
import { ifThere } from './resourceKind';

/** Makes a folder of the workspace, and those above it. */
export async function makeFolder(workspace: Workspace, folder: string): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: '/api/2.0/workspace/mkdirs',
		json: { path: folder },
		repeat: 'always',
	});
}

/** The text of a workspace file; undefined when it is not there. */
export async function readWorkspaceFile(
	workspace: Workspace,
	file: string,
): Promise<string | undefined> {
	const answer = await ifThere(
		workspace.request({
			method: 'GET',
			path: '/api/2.0/workspace/export',
			query: { path: file, direct_download: true },
		}),
	);
	return answer?.text;
}

/** Writes a workspace file whose folder is there. */
export async function writeWorkspaceFile(
	workspace: Workspace,
	file: string,
	text: string,
): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: `/api/2.0/workspace-files/import-file${path`/${file.replace(/^\//, '')}`}`,
		query: { overwrite: true },
		body: Buffer.from(text, 'utf8'),
		headers: { 'content-type': 'application/octet-stream' },
		repeat: 'always',
	});
}

/** Brings a file of the bundle to the workspace, unless the same text is there. */
export async function uploadFile(
	workspace: Workspace,
	folder: string,
	file: string,
	filePath: string,
): Promise<'created' | 'updated' | 'unchanged'> {
	const text = await readFile(join(folder, file), 'utf8');
	const target = posix.join(filePath, file);
	const before = await readWorkspaceFile(workspace, target);
	if (before === text) return 'unchanged';
	await writeWorkspaceFile(workspace, target, text);
	return before === undefined ? 'created' : 'updated';
}
