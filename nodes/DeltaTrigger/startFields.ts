import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import type { Parameters } from '../n8n/parameters';
import type { Start } from './step';

const rowChanges = { event: ['rowChanges'] };

export const startFields: INodeProperties[] = [
	{
		displayName: 'Start',
		name: 'startAt',
		type: 'options',
		options: [
			{
				name: 'At a Moment',
				value: 'moment',
				description: 'With the changes that were made at this time or later',
			},
			{ name: 'At a Version', value: 'version', description: 'With the changes of this version' },
			{
				name: 'From Now On',
				value: 'now',
				description: 'With the changes that come after the workflow was activated',
			},
			{
				name: 'With Everything',
				value: 'everything',
				description: 'With the rows that are in the table, and then their changes',
			},
		],
		default: 'now',
		displayOptions: { show: rowChanges },
		description:
			'Where to begin. Choosing another version or moment later goes back (or forward) to it; From Now On keeps the place that was reached.',
	},
	{
		displayName: 'Version',
		name: 'startVersion',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		displayOptions: { show: { ...rowChanges, startAt: ['version'] } },
		description: 'The first version whose changes are handed over, as DESCRIBE HISTORY shows it',
	},
	{
		displayName: 'Moment',
		name: 'startMoment',
		type: 'dateTime',
		default: '',
		required: true,
		displayOptions: { show: { ...rowChanges, startAt: ['moment'] } },
		description: 'The time of the first changes that are handed over',
	},
];

/** Where the user wants to begin. Throws DatabricksError (badRequest) for what is no time. */
export function readStart(parameters: Parameters): Start {
	const kind = parameters.text('startAt');
	if (kind === 'everything') return { kind };
	if (kind === 'version') {
		return { kind, version: Math.trunc(parameters.number('startVersion', 'Version', 0)) };
	}
	if (kind !== 'moment') return { kind: 'now' };
	const text = parameters.requiredText('startMoment', 'Moment');
	const ms = Date.parse(text);
	if (Number.isFinite(ms)) return { kind, ms };
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'Moment' is "${text}", which is not a time.`,
		hint: 'Write it as 2026-10-31T00:00:00Z.',
	});
}
