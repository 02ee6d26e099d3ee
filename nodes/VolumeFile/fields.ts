import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import { createFolderFields } from './createFolder';
import { deleteFields } from './delete';
import { downloadFields } from './download';
import { listFields } from './list';
import { moveFields } from './move';
import { pathFields } from './path';
import { uploadFields } from './upload';

export const operations = [
	{
		name: 'Create Folder',
		value: 'createFolder',
		action: 'Create folder',
		description: 'With the folders above it; nothing happens when it is there',
	},
	{ name: 'Delete', value: 'delete', action: 'Delete file or folder' },
	{
		name: 'Download',
		value: 'download',
		action: 'Download file',
		description: 'As a stream; a broken connection is taken up where it broke',
	},
	{
		name: 'Get',
		value: 'get',
		action: 'Get size and time of file',
		description: 'Also tells whether it is there',
	},
	{
		name: 'List',
		value: 'list',
		action: 'List files of folder',
		description: 'All of them, also of the folders below, by a pattern',
	},
	{
		name: 'Move',
		value: 'move',
		action: 'Move file',
		description: 'By a copy, after which the first one is deleted',
	},
	{
		name: 'Upload',
		value: 'upload',
		action: 'Upload file',
		description: 'From a file or text of the item, as a stream',
	},
];

export const volumeFileFields: INodeProperties[] = [
	authenticationField,
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations,
		default: 'upload',
		description: 'What to do with files of a volume',
	},
	...pathFields,
	...uploadFields,
	...downloadFields,
	...listFields,
	...moveFields,
	...deleteFields,
	...createFolderFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the node',
		options: [
			{
				displayName: 'Parallel Uploads',
				name: 'parallelUploads',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 64 },
				displayOptions: { show: { '/operation': ['upload'] } },
				default: 4,
				description:
					'How many files may be on their way at once. Items with one path are taken in their order.',
			},
			{
				displayName: 'Timeout (Minutes)',
				name: 'timeoutMinutes',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 60,
				description: 'How long one item may take',
			},
		],
	},
];
