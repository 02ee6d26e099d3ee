import { Readable } from 'node:stream';
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { createDirectory, deleteFile, getFileInfo, uploadFile } from '../databricks/files/files';
import { Measure, openDownload } from '../databricks/files/fileTransfer';
import { type FileTask, splitPath } from './operation';
import { readPath } from './path';

const ofMove = { operation: ['move'] };

export const moveFields: INodeProperties[] = [
	{
		displayName: 'New Path',
		name: 'newPath',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. /Volumes/bronze/scout/landing/done/RIM-2026-10.jsonl',
		displayOptions: { show: ofMove },
		description: 'Where the file goes, with its name; folders that are not there are created',
	},
	{
		displayName: 'Overwrite',
		name: 'overwrite',
		type: 'boolean',
		default: false,
		displayOptions: { show: ofMove },
		description: 'Whether a file at the new path is replaced; otherwise the move fails',
	},
];

/**
 * The service cannot rename, so the file is copied as a stream, the copy is checked, and then the
 * first one is deleted. What ends in between leaves two files, never none.
 */
export async function move(task: FileTask): Promise<INodeExecutionData[]> {
	const { workspace, path, parameters, deadlineMs } = task;
	const newPath = readPath(parameters, 'newPath', 'New Path');
	if (newPath === path) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "'New Path' is the path that the file has.",
			hint: "Enter another path in 'New Path'.",
		});
	}
	await createDirectory(workspace, splitPath(newPath).folder);
	let measure = new Measure();
	const { sizeBytes } = (await getFileInfo(workspace, path)) ?? {};
	const body = async () => {
		const { bytes } = await openDownload(workspace, path, { deadlineMs });
		measure = new Measure();
		return measure.through(Readable.from(bytes, { objectMode: false }));
	};
	await uploadFile(workspace, newPath, body, {
		overwrite: parameters.flag('overwrite'),
		contentLength: sizeBytes,
		deadlineMs,
	});
	const moved = measure.end();
	const copy = await getFileInfo(workspace, newPath);
	if (copy?.sizeBytes !== moved.sizeBytes) {
		throw new DatabricksError({
			kind: 'unexpectedAnswer',
			message: `The copy of ${path} has ${copy?.sizeBytes ?? 'no'} bytes instead of ${moved.sizeBytes}; the file was left where it is.`,
			hint: 'Move it again.',
		});
	}
	await deleteFile(workspace, path);
	return [
		{ json: { path: newPath, moved_from: path, size: moved.sizeBytes, sha256: moved.sha256 } },
	];
}
