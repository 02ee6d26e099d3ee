import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from './parameters';

const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	displayOptions: { show: { returnAll: [false] } },
	default: 50,
	description: 'Max number of results to return',
};

/** How many results of a list are read. */
export const limitFields: INodeProperties[] = [returnAll, limit];

/** The same for a list that is read whole unless a limit is asked for, shown where `show` says. */
export function allByDefault(show: Record<string, string[]>): INodeProperties[] {
	return [
		{ ...returnAll, displayOptions: { show }, default: true },
		{ ...limit, displayOptions: { show: { ...show, returnAll: [false] } } },
	];
}

/** The number of results that are asked for; Infinity for all. Throws DatabricksError (badRequest). */
export function readLimit(parameters: Parameters, returnsAll = false): number {
	if (parameters.flag('returnAll', returnsAll)) return Number.POSITIVE_INFINITY;
	return parameters.number('limit', 'Limit', 50, 1);
}
