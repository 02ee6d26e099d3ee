import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { acknowledged, leaseOfTest } from '../databricks/delta/consumers';
import { DatabricksError } from '../databricks/errors';
import type { Parameters } from '../n8n/parameters';
import { type Checkpoint, known } from './checkpoint';

export const acknowledgeFields: INodeProperties[] = [
	{
		displayName: 'Lease ID',
		name: 'leaseId',
		type: 'string',
		required: true,
		default: '={{ $json._lease_id }}',
		displayOptions: { show: { operation: ['acknowledge'] } },
		description:
			'What the items of the trigger have as _lease_id. Where items do not have it any more, take it from the first item of the trigger.',
	},
];

/** The lease that an item belongs to. */
export function leaseOf(parameters: Parameters): string {
	return parameters.requiredText('leaseId', 'Lease ID');
}

/** How often the state is read again when others change it at the same moment. */
const mostTries = 10;

/**
 * Moves the place to the end of what was handed over. Doing it twice is no mistake; a lease that is
 * over counts as long as nobody else got the changes. Items of a test in the editor were not handed
 * over: there is nothing to acknowledge, and the test goes on.
 */
export async function acknowledge(checkpoint: Checkpoint): Promise<IDataObject> {
	const { consumers, request, parameters } = checkpoint;
	const leaseId = leaseOf(parameters);
	if (leaseId === leaseOfTest) return answer(false, null);
	for (let tries = 0; tries < mostTries; tries++) {
		const consumer = await known(checkpoint);
		const { state } = consumer;
		if (state.acknowledged === leaseId) return answer(true, state.position.version);
		const next = acknowledged(state, leaseId);
		if (next === undefined) {
			if (parameters.text('options.ifOver') === 'continue') {
				return answer(false, state.position.version);
			}
			throw isOver(request.consumer);
		}
		if (await consumers.replace(consumer, next)) return answer(true, next.position.version);
	}
	throw new DatabricksError({
		kind: 'conflict',
		message: `The place of "${request.consumer}" was changed by others ${mostTries} times in a row.`,
		hint: 'Let only one trigger use a consumer name. The changes are handed over again.',
	});

	function answer(isAcknowledged: boolean, version: number | null): IDataObject {
		return {
			acknowledged: isAcknowledged,
			consumer: request.consumer,
			lease_id: leaseId,
			acknowledged_version: version,
		};
	}
}

function isOver(consumer: string): DatabricksError {
	return new DatabricksError({
		kind: 'conflict',
		message: `The lease is over: the changes were handed over to "${consumer}" again, or its place was reset.`,
		hint: "Make 'Lease (Minutes)' of the trigger longer than the workflow takes. Nothing is lost; the changes are processed again.",
	});
}
