import type { INodeProperties } from 'n8n-workflow';
import { checkpointTableField, consumerField, readCheckpointTable } from '../n8n/consumerFields';
import type { Parameters } from '../n8n/parameters';

/** Delivery on acknowledgement. */
export interface AcknowledgementRequest {
	consumer: string;
	checkpointTable: [string, string, string];
	leaseMs: number;
	mostAttempts: number;
	afterLastAttempt: 'fail' | 'secondOutput';
}

const acknowledgement = { event: ['rowChanges'], delivery: ['acknowledgement'] };

export const deliveryFields: INodeProperties[] = [
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
		displayOptions: { show: { event: ['rowChanges'] } },
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

/** Undefined for delivery on hand-over. Throws DatabricksError (badRequest) that names the wrong field. */
export function readDelivery(parameters: Parameters): AcknowledgementRequest | undefined {
	if (parameters.text('delivery') !== 'acknowledgement') return undefined;
	return {
		consumer: parameters.requiredText('consumer', 'Consumer'),
		checkpointTable: readCheckpointTable(parameters),
		leaseMs: parameters.number('leaseMinutes', 'Lease (Minutes)', 30, 0.01) * 60_000,
		mostAttempts: parameters.number('mostAttempts', 'Attempts', 5, 1),
		afterLastAttempt:
			parameters.text('afterLastAttempt') === 'secondOutput' ? 'secondOutput' : 'fail',
	};
}
