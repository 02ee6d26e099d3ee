import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { Measure, openDownload } from '../databricks/files/fileTransfer';
import { type FileTask, splitPath } from './operation';

export const downloadFields: INodeProperties[] = [
	{
		displayName: 'Put Output File in Field',
		name: 'outputField',
		type: 'string',
		required: true,
		default: 'data',
		displayOptions: { show: { operation: ['download'] } },
		hint: 'The name of the output binary field to put the file in',
		description: 'The field of the item that the file is put into',
	},
];

/** Streams the file into n8n's binary data; a broken connection is taken up where it broke. */
export async function download(task: FileTask): Promise<INodeExecutionData[]> {
	const { context, item, workspace, path, parameters, deadlineMs } = task;
	const field = parameters.requiredText('outputField', 'Put Output File in Field');
	const found = await openDownload(workspace, path, { deadlineMs });
	const measure = new Measure();
	const stream = measure.stream(found.bytes);
	const { name } = splitPath(path);
	const { contentType } = found;
	// Volumes say this of every file; n8n knows better by the name.
	const mimeType = contentType === 'application/octet-stream' ? undefined : contentType;
	const data = await context.helpers.prepareBinaryData(stream, name, mimeType);
	const { sizeBytes, sha256 } = measure.end();
	return [
		{
			json: { ...context.getInputData()[item]?.json, path, name, size: sizeBytes, sha256 },
			binary: { [field]: data },
		},
	];
}
