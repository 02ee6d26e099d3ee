import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import { checkpointTableField, consumerField, readCheckpointTable } from '../n8n/consumerFields';
import type { Parameters } from '../n8n/parameters';
import { warehouseField } from '../n8n/warehouseLocator';
import { acknowledgeFields } from './acknowledge';
import type { CheckpointRequest } from './checkpoint';
import { resetFields } from './reset';

export const operations = [
	{
		name: 'Acknowledge',
		value: 'acknowledge',
		action: 'Acknowledge changes',
		description: 'Say that the changes of this execution were processed; the next ones follow',
	},
	{
		name: 'Get',
		value: 'get',
		action: 'Get place of consumer',
		description: 'How far a consumer has come, and what is handed over at the moment',
	},
	{
		name: 'Reset',
		value: 'reset',
		action: 'Reset place of consumer',
		description: 'Go back, or forward, to a version or a moment',
	},
];

export const deltaCheckpointFields: INodeProperties[] = [
	authenticationField,
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations,
		default: 'acknowledge',
		description: 'What to do with the place of a consumer',
	},
	warehouseField,
	consumerField,
	checkpointTableField,
	...acknowledgeFields,
	...resetFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the node',
		options: [
			{
				displayName: 'If the Lease Is Over',
				name: 'ifOver',
				type: 'options',
				options: [
					{
						name: 'Continue',
						value: 'continue',
						description: 'The item says that it was not acknowledged',
					},
					{ name: 'Fail', value: 'fail' },
				],
				default: 'fail',
				displayOptions: { show: { '/operation': ['acknowledge'] } },
				description:
					'What to do when the changes were handed over again meanwhile, because the workflow took longer than the lease',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 600,
				description: 'How long the statements may take, with the start of the warehouse',
			},
		],
	},
];

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readCheckpoint(parameters: Parameters): CheckpointRequest {
	return {
		warehouse: parameters.locator('warehouse', 'SQL Warehouse'),
		consumer: parameters.requiredText('consumer', 'Consumer'),
		checkpointTable: readCheckpointTable(parameters),
		timeoutMs: parameters.number('options.timeoutSeconds', 'Timeout (Seconds)', 600, 1) * 1_000,
	};
}
