import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import {
	type Commit,
	commitsAfter,
	history,
	isMaintenance,
	latestCommit,
} from '../databricks/delta/deltaHistory';
import { nameOf } from '../databricks/delta/deltaSource';
import { DatabricksError } from '../databricks/errors';
import { rowItem } from '../n8n/rowItem';
import { gapItem } from './changeItem';
import type { Outputs, Poll } from './pollContext';
import { tableIdOf } from './rowChanges';
import type { VersionsRequest } from './versionsFields';

/** How many versions are looked through for an example, and how many it shows. */
const sampleVersions = 100;
const sampleItems = 10;

const cursorSchema = z.object({
	table: z.string(),
	tableId: z.string(),
	/** The newest version that was handed over or left out. */
	version: z.number().int(),
});
type VersionCursor = z.output<typeof cursorSchema>;

/** One item for each commit since the last poll, oldest first. */
export async function pollVersions(poll: Poll, request: VersionsRequest): Promise<Outputs> {
	const { source, memory } = poll;
	const known = cursorSchema.safeParse(memory.versionCursor);
	const before = JSON.stringify(memory.versionCursor);
	const table = nameOf(source);
	const tableId = await tableIdOf(source);
	const { version: latest } = await latestCommit(source);
	const isOther = known.data?.table !== table && known.data?.tableId !== tableId;
	if (!known.success || isOther) return remember({ table, tableId, version: latest }, []);
	const isRecreated = known.data.tableId !== tableId || latest < known.data.version;
	const from = isRecreated ? -1 : known.data.version;
	const { commits, isWhole } = await commitsAfter(source, from, latest);
	const lost = isRecreated
		? recreatedError(table)
		: isWhole
			? undefined
			: cleanedError(table, known.data.version);
	if (lost !== undefined && request.ifInterrupted === 'fail') throw lost;
	const isLeftOut = lost !== undefined && request.ifInterrupted === 'fromNow';
	const wanted = isLeftOut ? [] : commits.filter(isWanted(request));
	const taken = wanted.slice(0, request.limit);
	const last = taken.length < wanted.length ? taken.at(-1)?.version : undefined;
	memory.busy = last !== undefined;
	const items = taken.map((commit) => versionItem(tableId, commit));
	if (lost !== undefined) {
		const reached = isLeftOut ? latest : (commits[0]?.version ?? latest + 1) - 1;
		items.unshift(gapItem(table, tableId, lost.message, { version: reached }, {}));
	}
	return remember({ table, tableId, version: last ?? latest }, items);

	function remember(cursor: VersionCursor, items: IDataObject[]): Outputs {
		// Polls are not locked against each other.
		if (JSON.stringify(memory.versionCursor) !== before) return [];
		memory.versionCursor = cursor;
		return [items];
	}
}

/** For a test of the workflow in the editor: the newest versions; nothing is remembered. */
export async function sampleOfVersions(
	{ source }: Poll,
	request: VersionsRequest,
): Promise<Outputs> {
	const tableId = await tableIdOf(source);
	const found: Commit[] = [];
	for await (const commit of history(source, sampleVersions)) found.push(commit);
	const wanted = found.filter(isWanted(request)).slice(0, sampleItems);
	return [wanted.map((commit) => versionItem(tableId, commit))];
}

function isWanted({ includeMaintenance }: VersionsRequest) {
	return ({ operation }: Commit) => includeMaintenance || !isMaintenance(operation);
}

function versionItem(tableId: string, commit: Commit): IDataObject {
	return rowItem({ ...commit.row, _event_id: `${tableId}:${commit.version}` });
}

function recreatedError(table: string): DatabricksError {
	return new DatabricksError({
		kind: 'conflict',
		message: `The table ${table} was dropped and made anew, so its versions began again.`,
		hint: "Choose in 'If Changes Are Lost' how to go on: from the present version, or with all versions that are in the history.",
	});
}

function cleanedError(table: string, version: number): DatabricksError {
	return new DatabricksError({
		kind: 'failed',
		message: `The versions of ${table} after ${version} are no longer all in its history.`,
		hint: "Old log entries were cleaned up (delta.logRetentionDuration). Choose in 'If Changes Are Lost' how to go on: from the present version, or with all versions that are in the history.",
	});
}
