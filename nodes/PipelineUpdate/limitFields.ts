import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../n8n/parameters';

/** How many results are read. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
	},
];

/** The number of results that are asked for; Infinity for all. */
export function readLimit(parameters: Parameters): number {
	if (parameters.flag('returnAll')) return Number.POSITIVE_INFINITY;
	return parameters.number('limit', 'Limit', 50, 1);
}
