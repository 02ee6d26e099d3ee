import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../n8n/parameters';
import { catalogField, schemaField } from '../n8n/tableLocators';
import { volumeField, volumeOf } from '../n8n/volumeLocator';

const inVolume = { displayOptions: { show: { pathFrom: ['volume'] } } };

export const pathFields: INodeProperties[] = [
	{
		displayName: 'Paths Begin At',
		name: 'pathFrom',
		type: 'options',
		options: [
			{
				name: 'A Volume From the Lists',
				value: 'volume',
				description: 'The volume is picked, and paths such as folder/file begin in it',
			},
			{
				name: '/Volumes',
				value: 'root',
				description: 'Paths are whole: /Volumes/catalog/schema/volume/folder/file',
			},
		],
		default: 'root',
		description: 'Where paths begin',
	},
	{ ...catalogField, ...inVolume, required: false },
	{ ...schemaField, ...inVolume, required: false },
	{ ...volumeField, ...inVolume },
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. /Volumes/bronze/scout/landing/RIM/RIM-2026-10.jsonl',
		description:
			'Where the file or folder is: /Volumes/catalog/schema/volume/folder/file, or folder/file in the volume. A slash alone is the volume itself.',
	},
];

/**
 * A path of the node, in one form: from the root, without a slash at its end. What begins with
 * /Volumes/ is whole in any case. Throws DatabricksError (badRequest) that names the empty field.
 */
export function readPath(parameters: Parameters, name: string, label: string): string {
	parameters.requiredText(name, label);
	const path = normalisedPath(parameters.text(name));
	if (parameters.text('pathFrom') !== 'volume' || path.startsWith('/Volumes/')) return path;
	return normalisedPath(`/Volumes/${volumeOf(parameters).join('/')}/${path}`);
}

/** A path as people write it, in one form. A name may end in a blank, but not in a line break. */
function normalisedPath(text: string): string {
	return text
		.replace(/^\s*(?:dbfs:)?(?=\/)/, '')
		.replace(/[\r\n]+$/, '')
		.replace(/\/+/g, '/')
		.replace(/(.)\/$/, '$1');
}
