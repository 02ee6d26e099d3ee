import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../n8n/parameters';
import { type Interruption, readInterruption } from './rowChangesFields';

/** What a user asked of the event New Table Version. */
export interface VersionsRequest {
	includeMaintenance: boolean;
	/** How many versions one poll hands over. */
	limit: number;
	ifInterrupted: Interruption;
}

/** Entries of the collection 'Options'. */
export const versionsOptions: INodeProperties[] = [
	{
		displayName: 'Include Maintenance',
		name: 'includeMaintenance',
		type: 'boolean',
		default: false,
		displayOptions: { show: { '/event': ['newVersion'] } },
		description:
			'Whether versions that changed no row are handed over, too: OPTIMIZE, VACUUM, properties, columns, constraints',
	},
];

export function readVersions(parameters: Parameters): VersionsRequest {
	return {
		includeMaintenance: parameters.flag('options.includeMaintenance'),
		limit: parameters.number('options.rowsPerPoll', 'Rows per Poll', 10_000, 1),
		ifInterrupted: readInterruption(parameters),
	};
}
