import { newestChanges, probe, turnOnFeed, unreadable } from '../databricks/delta/changeFeed';
import { leaseOfTest } from '../databricks/delta/consumers';
import { firstVersionSince, latestCommit } from '../databricks/delta/deltaHistory';
import { type DeltaSource, nameOf } from '../databricks/delta/deltaSource';
import { DatabricksError } from '../databricks/errors';
import { type Position, startOfSnapshot } from '../databricks/delta/feedPosition';
import { getTable } from '../databricks/sql/tables';
import { settled } from '../n8n/perItem';
import { type Batch, FeedGap, readBatch } from '../databricks/delta/feedBatch';
import { changeItems, gapItem, type Reading } from './changeItem';
import type { Interruption, RowChangesRequest } from './rowChangesFields';
import type { Outputs, Poll } from './pollContext';
import type { Start, TableState } from './step';

/** How many versions are looked through for an example, and how many rows one has. */
const sampleVersions = 1_000;
const sampleRows = 10;

/** The table now. Asks Unity Catalog for its ID, and a warehouse for its newest version. */
export async function tableNow(source: DeltaSource): Promise<TableState> {
	const tableId = await tableIdOf(source);
	const { version: latestVersion } = await latestCommit(source);
	return { table: nameOf(source), tableId, latestVersion };
}

/** Stays the same for as long as the table is not dropped and made anew. */
export async function tableIdOf(source: DeltaSource): Promise<string> {
	const found = await settled(getTable(source.workspace, nameOf(source)));
	if (found.ok) return found.value.table_id ?? '';
	const { error } = found;
	const isGone = error instanceof DatabricksError && error.kind === 'notFound';
	return await Promise.reject(
		isGone
			? error.with({
					hint: "The table was dropped or renamed, or the credential may no longer see it. Under its new name, chosen in 'Table', the trigger goes on where it was.",
				})
			: error,
	);
}

/**
 * The position that a start means. 'Now' is refused for a table that records no changes, because
 * nothing would ever come.
 */
export async function positionOf(
	source: DeltaSource,
	start: Start,
	latestVersion: number,
): Promise<Position> {
	switch (start.kind) {
		case 'version':
			mustExist(source, start.version, latestVersion);
			return { version: start.version - 1 };
		case 'everything':
			await mustRecord(source, latestVersion);
			return startOfSnapshot(latestVersion);
		case 'moment': {
			const first = await firstVersionSince(source, start.ms);
			return { version: (first ?? latestVersion + 1) - 1 };
		}
		case 'now':
			await mustRecord(source, latestVersion);
			return { version: latestVersion };
	}
}

/** A start beyond the next version is a mistake that would hand over nothing for a long time. */
function mustExist(source: DeltaSource, version: number, latestVersion: number): void {
	if (version <= latestVersion + 1) return;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'Version' is ${version}, but the newest version of ${nameOf(source)} is ${latestVersion}.`,
		hint: `Enter a version up to ${latestVersion + 1}.`,
	});
}

async function mustRecord(source: DeltaSource, version: number): Promise<void> {
	const probed = await settled(probe(source, version));
	if (!probed.ok) throw withoutFeed(source, probed.error);
}

function withoutFeed(source: DeltaSource, error: unknown): unknown {
	const isGap = error instanceof DatabricksError && unreadable(error.errorCode) === 'notRecorded';
	if (!isGap) return error;
	return error.with({
		message: `The table ${nameOf(source)} does not record its changes.`,
		hint: `Turn the change data feed on: ${turnOnFeed(source)}. Changes from then on are handed over.`,
	});
}

/**
 * Reads what comes next. When that is gone, the choice of the user decides: the poll fails, or the
 * trigger begins anew and says so. Between looking at the table and having read it, the table may
 * have been made anew, which would be another table's rows: the ID is looked at again.
 */
export async function readNext(
	poll: Poll,
	request: RowChangesRequest,
	from: Position,
	until: Position,
	now: TableState,
): Promise<Reading> {
	const { source } = poll;
	const read = await settled(readBatch(source, from, until, request.filter, request.limits));
	if (!read.ok) {
		const { error } = read;
		if (!(error instanceof FeedGap)) return await Promise.reject(error);
		return interrupted(request.ifInterrupted, now, gapError(source, error));
	}
	const batch = read.value;
	if (batch.changes.length > 0 && (await tableIdOf(source)) !== now.tableId) {
		return { changes: [], reached: from, isCut: true, tableId: now.tableId };
	}
	return { ...batch, tableId: now.tableId };
}

/** The table is not the one that was read before. */
export function recreated(source: DeltaSource, choice: Interruption, now: TableState): Reading {
	const error = new DatabricksError({
		kind: 'conflict',
		message: `The table ${nameOf(source)} was dropped and made anew, so its versions began again.`,
		hint: "Choose in 'If Changes Are Lost' how to go on: from the present version, or with everything that is in the table.",
	});
	return interrupted(choice, now, error);
}

function interrupted(choice: Interruption, now: TableState, error: DatabricksError): Reading {
	if (choice === 'fail') throw error;
	const { tableId, latestVersion } = now;
	const reached: Position =
		choice === 'fromNow' ? { version: latestVersion } : startOfSnapshot(latestVersion);
	return { changes: [], reached, isCut: choice !== 'fromNow', tableId, gap: error.message };
}

function gapError(source: DeltaSource, { cause, version }: FeedGap): DatabricksError {
	return cause.with({
		message: `The changes of ${nameOf(source)} from version ${version} on can no longer be read: ${cause.message}`,
		hint: "The change feed was off for a while, a column was renamed or dropped, or old versions were cleaned up. Choose in 'If Changes Are Lost' how to go on: from the present version, or with everything that is in the table.",
	});
}

/** The items of a reading; `extra` fields stand in each. */
export function itemsOfReading(
	{ source }: Poll,
	request: RowChangesRequest,
	reading: Reading,
	extra: Record<string, string | number> = {},
) {
	const { tableId, gap, reached } = reading;
	if (gap !== undefined) return [gapItem(nameOf(source), tableId, gap, reached, extra)];
	return changeItems(reading, request.grouping, extra);
}

/** For a test of the workflow in the editor: the newest changes; nothing is remembered. */
export async function sampleOfChanges(poll: Poll, request: RowChangesRequest): Promise<Outputs> {
	const { source } = poll;
	const tableId = await tableIdOf(source);
	const { version: last } = await latestCommit(source);
	const newest = async (first: number) => {
		const found = [];
		const options = { ...request.filter, limit: sampleRows };
		for await (const change of newestChanges(source, { first, last }, options)) found.push(change);
		return found;
	};
	// The feed may have been turned on in between, or a column renamed: then less is looked through.
	for (const versions of [sampleVersions, 50, 5]) {
		const wide = await settled(newest(Math.max(0, last - versions)));
		if (wide.ok) return [itemsOf(wide.value)];
	}
	const narrow = await settled(newest(last));
	if (!narrow.ok) throw withoutFeed(source, narrow.error);
	return [itemsOf(narrow.value)];

	function itemsOf(changes: Batch['changes']) {
		const reading = { changes, reached: { version: last }, isCut: false, tableId };
		const consumer = request.acknowledgement?.consumer;
		const extra =
			consumer === undefined
				? undefined
				: { _consumer: consumer, _lease_id: leaseOfTest, _attempt: 1 };
		return itemsOfReading(poll, request, reading, extra);
	}
}
