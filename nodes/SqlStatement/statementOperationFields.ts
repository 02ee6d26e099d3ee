import type { INodeProperties } from 'n8n-workflow';
import { byName, resultOptions } from './optionFields';

const getting = { operation: ['getStatement'] };

/** Of 'Get Statement' and 'Cancel Statement'; what is asked first. */
export const statementIdField: INodeProperties = {
	displayName: 'Statement ID',
	name: 'statementId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 01f0145a-b1f6-1daa-b8a6-f2c1b7597109',
	description: 'ID of a statement that the same user or service principal started',
	displayOptions: { show: { operation: ['getStatement', 'cancelStatement'] } },
};

/** Further fields of 'Get Statement'. */
export const statementOperationFields: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings',
		displayOptions: { show: getting },
		options: byName(resultOptions, [
			{
				displayName: 'Fetch Result',
				name: 'fetchResult',
				type: 'boolean',
				default: true,
				description:
					'Whether to get the rows of a statement that succeeded. Without it the item has the state, whatever it is.',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 600,
				description: 'How long to wait and to read. The statement is not cancelled.',
			},
			{
				displayName: 'Wait for Result',
				name: 'wait',
				type: 'boolean',
				default: false,
				description: 'Whether to wait until the statement has ended',
			},
		]),
	},
];
