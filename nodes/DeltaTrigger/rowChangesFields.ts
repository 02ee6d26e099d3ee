import type { INodeProperties } from 'n8n-workflow';
import type { ChangeFilter, ChangeType } from '../databricks/delta/changeFeed';
import { DatabricksError } from '../databricks/errors';
import type { Parameters } from '../n8n/parameters';
import type { Limits } from '../databricks/delta/feedBatch';
import type { Grouping } from './changeItem';
import { type AcknowledgementRequest, deliveryFields, readDelivery } from './deliveryFields';
import { readStart, startFields } from './startFields';
import type { Start } from './step';

/** What to do when changes can no longer be read. */
export type Interruption = 'fail' | 'fromNow' | 'everything';

/** What a user asked of the event Row Changes. */
export interface RowChangesRequest {
	filter: ChangeFilter;
	limits: Limits;
	grouping: Grouping;
	start: Start;
	ifInterrupted: Interruption;
	/** Undefined for delivery on hand-over. */
	acknowledgement?: AcknowledgementRequest;
}

const rowChanges = { event: ['rowChanges'] };

export const rowChangesFields: INodeProperties[] = [
	{
		displayName: 'Kinds of Change',
		name: 'changes',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'Row Deleted', value: 'delete' },
			{ name: 'Row Inserted', value: 'insert' },
			{ name: 'Row Updated', value: 'update' },
		],
		default: ['insert', 'update', 'delete'],
		displayOptions: { show: rowChanges },
	},
	...startFields,
	...deliveryFields,
];

/** Entries of the collection 'Options'. */
export const rowChangesOptions: INodeProperties[] = [
	{
		displayName: 'If Changes Are Lost',
		name: 'ifInterrupted',
		type: 'options',
		options: [
			{ name: 'Fail', value: 'fail', description: 'Every poll fails with what can be done' },
			{
				name: 'Read Everything Again',
				value: 'everything',
				description: 'An item says so; then all rows of the table come, and their changes',
			},
			{
				name: 'Start Over From Now',
				value: 'fromNow',
				description: 'An item says so; then the changes from the present version on come',
			},
		],
		default: 'fail',
		displayOptions: { show: { '/event': ['newVersion', 'rowChanges'] } },
		description:
			'What to do when changes can no longer be read: the table was dropped and made anew, the change feed was off, a column was renamed, or old versions were cleaned up',
	},
	{
		displayName: 'Include Rows Before Update',
		name: 'includePreimages',
		type: 'boolean',
		default: false,
		displayOptions: { show: { '/event': ['rowChanges'] } },
		description:
			'Whether an updated row comes as two items: as it was (update_preimage) and as it is now (update_postimage)',
	},
	{
		displayName: 'Items',
		name: 'grouping',
		type: 'options',
		options: [
			{
				name: 'One for Each Commit',
				value: 'commits',
				description: 'With the changed rows as a list; a big commit comes in parts',
			},
			{ name: 'One for Each Row', value: 'rows' },
		],
		default: 'rows',
		displayOptions: { show: { '/event': ['rowChanges'] } },
		description: 'What becomes an item',
	},
	{
		displayName: 'Megabytes per Poll',
		name: 'megabytesPerPoll',
		type: 'number',
		typeOptions: { minValue: 0.1 },
		default: 16,
		displayOptions: { show: { '/event': ['rowChanges'] } },
		description:
			'After how many megabytes to stop and leave the rest to the next poll, also inside a commit',
	},
	{
		displayName: 'Row Condition',
		name: 'condition',
		type: 'string',
		default: '',
		placeholder: "e.g. agency = 'RIM' AND amount > 0",
		displayOptions: { show: { '/event': ['rowChanges'] } },
		description: 'Only changes of rows that meet this SQL condition are handed over',
	},
];

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readRowChanges(parameters: Parameters): RowChangesRequest {
	return {
		filter: {
			types: changeTypes(parameters),
			condition: parameters.optionalText('options.condition'),
			columns: parameters.list('options.columns'),
		},
		limits: {
			rows: parameters.number('options.rowsPerPoll', 'Rows per Poll', 10_000, 1),
			bytes: parameters.number('options.megabytesPerPoll', 'Megabytes per Poll', 16, 0.001) * 1e6,
		},
		grouping: parameters.text('options.grouping') === 'commits' ? 'commits' : 'rows',
		start: readStart(parameters),
		ifInterrupted: readInterruption(parameters),
		acknowledgement: readDelivery(parameters),
	};
}

/** The choice in 'If Changes Are Lost'. */
export function readInterruption(parameters: Parameters): Interruption {
	const text = parameters.text('options.ifInterrupted');
	return text === 'fromNow' || text === 'everything' ? text : 'fail';
}

function changeTypes(parameters: Parameters): ChangeType[] {
	const chosen = parameters.choices('changes');
	const types: ChangeType[] = [];
	if (chosen.includes('insert')) types.push('insert');
	if (chosen.includes('update')) {
		if (parameters.flag('options.includePreimages')) types.push('update_preimage');
		types.push('update_postimage');
	}
	if (chosen.includes('delete')) types.push('delete');
	if (types.length > 0) return types;
	throw new DatabricksError({
		kind: 'badRequest',
		message: "'Kinds of Change' is empty.",
		hint: 'Choose at least one kind of change.',
	});
}
