import { Readable } from 'node:stream';
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { uploadFile } from '../databricks/files/files';
import { isIdentical, Measure, measured, type Measured } from '../databricks/files/fileTransfer';
import { type FileTask, splitPath } from './operation';

/** The most that Databricks takes in one request: 5 GiB. */
const mostBytes = 5 * 1024 ** 3;

const ofUpload = { operation: ['upload'] };

export const uploadFields: INodeProperties[] = [
	{
		displayName: 'Content',
		name: 'contentFrom',
		type: 'options',
		options: [
			{ name: 'File', value: 'file', description: 'A file that the item carries' },
			{ name: 'Text', value: 'text' },
		],
		default: 'file',
		displayOptions: { show: ofUpload },
		description: 'What is uploaded',
	},
	{
		displayName: 'Input Data Field Name',
		name: 'binaryField',
		type: 'string',
		required: true,
		default: 'data',
		displayOptions: { show: { ...ofUpload, contentFrom: ['file'] } },
		description: 'The field of the item that holds the file',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		displayOptions: { show: { ...ofUpload, contentFrom: ['text'] } },
		description: 'The content of the file; it is written as UTF-8',
	},
	{
		displayName: 'If the File Exists',
		name: 'ifExists',
		type: 'options',
		options: [
			{ name: 'Fail', value: 'fail' },
			{ name: 'Overwrite', value: 'overwrite' },
			{
				name: 'Skip When Identical, Else Fail',
				value: 'skipOrFail',
				description: 'Size and content are compared, for which the file is read',
			},
			{
				name: 'Skip When Identical, Else Overwrite',
				value: 'skipOrOverwrite',
				description: 'Size and content are compared, for which the file is read',
			},
		],
		default: 'overwrite',
		displayOptions: { show: ofUpload },
		description: 'What to do when there is a file at the path',
	},
	{
		displayName: 'Create Folders',
		name: 'createFolders',
		type: 'boolean',
		default: true,
		displayOptions: { show: ofUpload },
		description: 'Whether to create the folders of the path that are not there',
	},
];

interface Content {
	open: () => Promise<Readable>;
	sizeBytes?: number;
}

/**
 * Uploads as a stream. The file appears under its name when it is whole: object stores show nothing
 * of an upload that was cut, and the local workspace does the same.
 */
export async function upload(task: FileTask): Promise<INodeExecutionData[]> {
	const { workspace, path, parameters, deadlineMs } = task;
	const content = await contentOf(task);
	if ((content.sizeBytes ?? 0) > mostBytes) throw tooBig(path);
	const ifExists = parameters.text('ifExists');
	if (ifExists.startsWith('skip')) {
		const own = await measured(await content.open());
		if (await isIdentical(workspace, path, own, { deadlineMs })) return [item(own, false)];
	}
	if (parameters.flag('createFolders', true)) {
		await task.makeFolder(splitPath(path).folder);
	}
	let measure = new Measure();
	const body = async () => {
		measure = new Measure();
		return measure.through(await content.open());
	};
	await uploadFile(workspace, path, body, {
		overwrite: ifExists === 'overwrite' || ifExists === 'skipOrOverwrite',
		contentLength: content.sizeBytes,
		deadlineMs,
	});
	return [item(measure.end(), true)];

	function item({ sizeBytes, sha256 }: Measured, uploaded: boolean): INodeExecutionData {
		return { json: { path, uploaded, size: sizeBytes, sha256 } };
	}
}

async function contentOf({ context, item, parameters }: FileTask): Promise<Content> {
	if (parameters.text('contentFrom') === 'text') {
		const bytes = Buffer.from(parameters.text('text'), 'utf8');
		return { open: async () => Readable.from([bytes]), sizeBytes: bytes.length };
	}
	const field = parameters.requiredText('binaryField', 'Input Data Field Name');
	const { id } = context.helpers.assertBinaryData(item, field);
	if (id === undefined) {
		const bytes = await context.helpers.getBinaryDataBuffer(item, field);
		return { open: async () => Readable.from([bytes]), sizeBytes: bytes.length };
	}
	const { fileSize } = await context.helpers.getBinaryMetadata(id);
	return { open: async () => await context.helpers.getBinaryStream(id), sizeBytes: fileSize };
}

function tooBig(path: string): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message: `The file for ${path} is bigger than 5 GiB, which is the most that Databricks takes.`,
		hint: 'Split the file, or compress it.',
	});
}
