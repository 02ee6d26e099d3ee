import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { itemsOf } from '../paging';
import { encodedFilePath } from '../paths';
import type { Body } from '../transport';
import type { Workspace } from '../workspace';

const entrySchema = z.looseObject({
	path: z.string(),
	name: z.string(),
	is_directory: z.boolean().default(false),
	/** Bytes. */
	file_size: z.number().optional(),
	/** Epoch ms. */
	last_modified: z.number().optional(),
});

export type DirectoryEntry = z.output<typeof entrySchema>;

const directorySchema = z.looseObject({
	contents: z.array(entrySchema).default([]),
	next_page_token: z.string().optional(),
});

/** Databricks takes files up to 5 GiB in one request; at a slow 1.5 MB/s that is an hour. */
const longestUploadMs = 3_600_000;

/**
 * Writes a file of a volume (`/Volumes/catalog/schema/volume/…`). Missing folders are made by
 * Databricks. With `overwrite: false` an existing file is an error of kind `conflict`.
 * Repeated when that does no harm: with overwriting, the same bytes end in the same place. A stream
 * is given as a function that opens it, because an attempt may need it from the start.
 */
export async function uploadFile(
	workspace: Workspace,
	filePath: string,
	content: Body,
	options: { overwrite: boolean; contentLength?: number; timeoutMs?: number; deadlineMs?: number },
): Promise<void> {
	await workspace.request({
		method: 'PUT',
		path: `/api/2.0/fs/files${volumePath(filePath)}`,
		query: { overwrite: options.overwrite },
		body: content,
		headers: {
			'content-type': 'application/octet-stream',
			...(options.contentLength === undefined
				? {}
				: { 'content-length': String(options.contentLength) }),
		},
		repeat: options.overwrite ? 'always' : 'refused',
		timeoutMs: options.timeoutMs ?? longestUploadMs,
		deadlineMs: options.deadlineMs,
	});
}

export async function deleteFile(workspace: Workspace, filePath: string): Promise<void> {
	await workspace.request({
		method: 'DELETE',
		path: `/api/2.0/fs/files${volumePath(filePath)}`,
		repeat: 'refused',
	});
}

export interface FileInfo {
	sizeBytes?: number;
	contentType?: string;
	/** As the header says it, an HTTP date. */
	lastModified?: string;
}

/** What is known of a file without reading it; undefined when it does not exist. */
export async function getFileInfo(
	workspace: Workspace,
	filePath: string,
): Promise<FileInfo | undefined> {
	try {
		const { headers } = await workspace.request({
			method: 'HEAD',
			path: `/api/2.0/fs/files${volumePath(filePath)}`,
		});
		const length = headers['content-length'];
		return {
			sizeBytes: length === undefined ? undefined : Number(length),
			contentType: headers['content-type'],
			lastModified: headers['last-modified'],
		};
	} catch (error) {
		if (error instanceof DatabricksError && error.kind === 'notFound') return undefined;
		throw error;
	}
}

/** What is in a folder, not in the folders below. */
export function listDirectory(
	workspace: Workspace,
	directoryPath: string,
): AsyncGenerator<DirectoryEntry, void, undefined> {
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{
				method: 'GET',
				path: `/api/2.0/fs/directories${volumePath(directoryPath)}`,
				query: { page_size: 1000, page_token },
			},
			directorySchema,
		);
		return { items: page.contents, nextPageToken: page.next_page_token };
	});
}

/** Whether the folder is there. */
export async function directoryExists(
	workspace: Workspace,
	directoryPath: string,
): Promise<boolean> {
	try {
		await workspace.request({
			method: 'HEAD',
			path: `/api/2.0/fs/directories${volumePath(directoryPath)}`,
		});
		return true;
	} catch (error) {
		if (error instanceof DatabricksError && error.kind === 'notFound') return false;
		throw error;
	}
}

/** Makes a folder and those above it; harmless when it is there. */
export async function createDirectory(workspace: Workspace, directoryPath: string): Promise<void> {
	await workspace.request({
		method: 'PUT',
		path: `/api/2.0/fs/directories${volumePath(directoryPath)}`,
		repeat: 'always',
	});
}

/** Deletes an empty folder. */
export async function deleteDirectory(workspace: Workspace, directoryPath: string): Promise<void> {
	await workspace.request({
		method: 'DELETE',
		path: `/api/2.0/fs/directories${volumePath(directoryPath)}`,
		repeat: 'refused',
	});
}

/** `/Volumes/catalog/schema/volume` of a path in it. */
export function volumeOf(filePath: string): string {
	return `/${filePath.split('/').filter(Boolean).slice(0, 4).join('/')}`;
}

function volumePath(filePath: string): string {
	if (!/^\/?Volumes\/[^/]+\/[^/]+\/[^/]+/.test(filePath)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `"${filePath}" is not a path in a volume.`,
			hint: 'Write it as /Volumes/catalog/schema/volume/folder/file.',
		});
	}
	return encodedFilePath(filePath);
}
