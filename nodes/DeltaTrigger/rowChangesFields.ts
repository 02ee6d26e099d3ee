import type { INodeProperties } from 'n8n-workflow';
import type { ChangeFilter, ChangeType } from '../databricks/delta/changeFeed';
import { DatabricksError } from '../databricks/errors';
import { checkpointTableField, consumerField, readCheckpointTable } from '../n8n/consumerFields';
import type { Parameters } from '../n8n/parameters';
import type { Limits } from '../databricks/delta/feedBatch';
import type { Grouping } from './changeItem';
import type { Start } from './step';

/** What to do when changes can no longer be read. */
export type Interruption = 'fail' | 'fromNow' | 'everything';

/** Delivery on acknowledgement. */
export interface AcknowledgementRequest {
	consumer: string;
	checkpointTable: [string, string, string];
	leaseMs: number;
	mostAttempts: number;
	afterLastAttempt: 'fail' | 'secondOutput';
}

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
const acknowledgement = { event: ['rowChanges'], delivery: ['acknowledgement'] };

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
	{
		displayName: 'Delivery',
		name: 'delivery',
		type: 'options',
		options: [
			{
				name: 'On Acknowledgement',
				value: 'acknowledgement',
				description:
					'Changes are handed over again until a Databricks Delta Checkpoint node acknowledges them. Nothing is lost when n8n stops; changes may come twice.',
			},
			{
				name: 'On Hand-Over',
				value: 'handOver',
				description:
					'The place moves on when n8n takes the items. When n8n is killed at that moment, they can be lost.',
			},
		],
		default: 'handOver',
		displayOptions: { show: rowChanges },
		description: 'When changes count as processed',
	},
	{
		displayName:
			'End the workflow with a Databricks Delta Checkpoint node (operation Acknowledge) that names the same consumer and checkpoint table',
		name: 'acknowledgementNotice',
		type: 'notice',
		default: '',
		description: 'How changes are acknowledged',
		displayOptions: { show: acknowledgement },
	},
	{ ...consumerField, displayOptions: { show: acknowledgement } },
	{ ...checkpointTableField, displayOptions: { show: acknowledgement } },
	{
		displayName: 'Lease (Minutes)',
		name: 'leaseMinutes',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		displayOptions: { show: acknowledgement },
		description:
			'How long to wait for the acknowledgement before the same changes are handed over again. Longer than the workflow ever takes.',
	},
	{
		displayName: 'Attempts',
		name: 'mostAttempts',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		displayOptions: { show: acknowledgement },
		description: 'How often the same changes are handed over at most',
	},
	{
		displayName: 'After the Last Attempt',
		name: 'afterLastAttempt',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description:
					'Every poll fails until the consumer is reset with Databricks Delta Checkpoint',
			},
			{
				name: 'Use Second Output',
				value: 'secondOutput',
				description:
					'The changes go to a second output once, are noted in the checkpoint table, and the next ones follow',
			},
		],
		default: 'fail',
		displayOptions: { show: acknowledgement },
		description: 'What becomes of changes that were never acknowledged',
	},
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
		acknowledgement:
			parameters.text('delivery') === 'acknowledgement'
				? readAcknowledgement(parameters)
				: undefined,
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

function readStart(parameters: Parameters): Start {
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

function readAcknowledgement(parameters: Parameters): AcknowledgementRequest {
	return {
		consumer: parameters.requiredText('consumer', 'Consumer'),
		checkpointTable: readCheckpointTable(parameters),
		leaseMs: parameters.number('leaseMinutes', 'Lease (Minutes)', 30, 0.01) * 60_000,
		mostAttempts: parameters.number('mostAttempts', 'Attempts', 5, 1),
		afterLastAttempt:
			parameters.text('afterLastAttempt') === 'secondOutput' ? 'secondOutput' : 'fail',
	};
}
