import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { authenticationField } from '../n8n/authentication';
import type { Locator, Parameters } from '../n8n/parameters';
import { catalogField, schemaField, tableField, tableOf } from '../n8n/tableLocators';
import { warehouseField } from '../n8n/warehouseLocator';
import type { ChangeType } from './changeFeed';

/** What a user asked of the trigger. */
export interface DeltaTriggerRequest {
	warehouse: Locator;
	table: [string, string, string];
	changeTypes: ChangeType[];
	rowsPerPoll: number;
	/** Whether a table that was dropped and made anew is read from its first version. */
	startOver: boolean;
	decimalsAsNumbers: boolean;
}

export const deltaTriggerFields: INodeProperties[] = [
	authenticationField,
	warehouseField,
	catalogField,
	schemaField,
	tableField,
	{
		displayName: 'Trigger On',
		name: 'changes',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'Row Deleted', value: 'delete' },
			{ name: 'Row Inserted', value: 'insert' },
			{ name: 'Row Updated', value: 'update' },
		],
		default: ['insert', 'update', 'delete'],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the trigger',
		options: [
			{
				displayName: 'Decimals as Numbers',
				name: 'decimalsAsNumbers',
				type: 'boolean',
				default: false,
				description:
					'Whether to return DECIMAL values as numbers, which may lose digits, instead of as exact text',
			},
			{
				displayName: 'If the Table Is Recreated',
				name: 'ifRecreated',
				type: 'options',
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'Say so at every poll, until this option is changed',
					},
					{
						name: 'Start Over',
						value: 'startOver',
						description: 'Hand over all changes of the new table, from its first version on',
					},
				],
				default: 'fail',
				description:
					'What to do when the table was dropped and made anew, so that its versions began again',
			},
			{
				displayName: 'Include Rows Before Update',
				name: 'includePreimages',
				type: 'boolean',
				default: false,
				description:
					'Whether an updated row comes as two items: as it was (update_preimage) and as it is now (update_postimage)',
			},
			{
				displayName: 'Rows per Poll',
				name: 'rowsPerPoll',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 10000,
				description:
					'After how many rows to stop and leave the rest to the next poll. The rows of one commit always come together.',
			},
		],
	},
];

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readDeltaTrigger(parameters: Parameters): DeltaTriggerRequest {
	const chosen = parameters.choices('changes');
	const changeTypes: ChangeType[] = [];
	if (chosen.includes('insert')) changeTypes.push('insert');
	if (chosen.includes('update')) {
		if (parameters.flag('options.includePreimages')) changeTypes.push('update_preimage');
		changeTypes.push('update_postimage');
	}
	if (chosen.includes('delete')) changeTypes.push('delete');
	if (changeTypes.length === 0) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "'Trigger On' is empty.",
			hint: 'Choose at least one kind of change.',
		});
	}
	return {
		warehouse: parameters.locator('warehouse', 'SQL Warehouse'),
		table: tableOf(parameters),
		changeTypes,
		rowsPerPoll: parameters.number('options.rowsPerPoll', 'Rows per Poll', 10_000, 1),
		startOver: parameters.text('options.ifRecreated') === 'startOver',
		decimalsAsNumbers: parameters.flag('options.decimalsAsNumbers'),
	};
}
