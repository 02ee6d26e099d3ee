import type { IDataObject } from 'n8n-workflow';
import type { Consumer } from '../databricks/delta/consumers';
import { positionText } from '../databricks/delta/feedPosition';

/** A consumer's place as an item. */
export function placeItem({ state, nowMs }: Consumer): IDataObject {
	const { position, lease, parked } = state;
	return {
		table: state.table,
		acknowledged_version: position.version,
		place: positionText(position),
		handed_over:
			lease === undefined
				? null
				: {
						lease_id: lease.id,
						up_to: positionText(lease.until),
						attempts: lease.attempts,
						lease_ends_at: new Date(lease.endsAtMs).toISOString(),
						is_over: lease.endsAtMs <= nowMs,
					},
		given_up: parked.map(({ from, until, attempts, atMs }) => ({
			after: positionText(from),
			up_to: positionText(until),
			attempts,
			at: new Date(atMs).toISOString(),
		})),
	};
}
