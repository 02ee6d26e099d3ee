import type { IDataObject } from 'n8n-workflow';
import { type Change, eventId } from '../databricks/delta/changeFeed';
import type { Batch } from '../databricks/delta/feedBatch';
import type { Position } from '../databricks/delta/feedPosition';
import { rowItem } from '../n8n/rowItem';

/** One item a row, or one item a commit. */
export type Grouping = 'rows' | 'commits';

/** What was read, and the state of the table that it belongs to. */
export interface Reading extends Batch {
	tableId: string;
	/** Set when changes before the position are missing for good. */
	gap?: string;
}

/** The items of what was read. `extra` fields stand in each item. */
export function changeItems(
	reading: Reading,
	grouping: Grouping,
	extra: Record<string, string | number>,
): IDataObject[] {
	const item = (change: Change, more?: typeof extra) =>
		rowItem({ ...change.row, _event_id: eventId(reading.tableId, change), ...more });
	if (grouping === 'rows') return reading.changes.map((change) => item(change, extra));
	return commitsOf(reading.changes).map((changes) => {
		const [first] = changes;
		const last = changes.at(-1);
		const goesOn =
			reading.reached.within !== undefined && last?.version === reading.reached.version + 1;
		return {
			_commit_version: first?.version,
			_commit_timestamp: String(first?.row._commit_timestamp),
			_event_id: first === undefined ? '' : eventId(reading.tableId, first),
			is_last_part: !goesOn,
			changes: changes.map((change) => item(change)),
			...extra,
		};
	});
}

function commitsOf(changes: readonly Change[]): Change[][] {
	const commits: Change[][] = [];
	for (const change of changes) {
		const current = commits.at(-1);
		if (current?.[0]?.version === change.version) current.push(change);
		else commits.push([change]);
	}
	return commits;
}

/** Stands where changes are missing, so that a gap is never silent. */
export function gapItem(
	table: string,
	tableId: string,
	message: string,
	reached: Position,
	extra: Record<string, string | number>,
): IDataObject {
	const isSnapshotNext = reached.within !== undefined;
	const version = isSnapshotNext ? reached.version + 1 : reached.version;
	return {
		_change_type: 'gap',
		_commit_version: version,
		_event_id: `${tableId}:${version}:gap`,
		table,
		message,
		goes_on_with: isSnapshotNext ? 'snapshot' : 'changes',
		...extra,
	};
}
