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
	if (isRecreated && request.ifInterrupted === 'fail') throw recreatedError(table);
	// Of a table made anew, everything is new, unless the user wants to begin with what comes.
	const from = !isRecreated
		? known.data.version
		: request.ifInterrupted === 'everything'
			? -1
			: latest;
	const { commits, isWhole } = await commitsAfter(source, from, latest);
	if (!isWhole && request.ifInterrupted === 'fail' && !isRecreated) throw cleanedError(table, from);
	const wanted = commits.filter(isWanted(request));
	const taken = wanted.slice(0, request.limit);
	const last = taken.length < wanted.length ? taken.at(-1)?.version : undefined;
	memory.busy = last !== undefined;
	const cursor = { table, tableId, version: last ?? latest };
	return remember(
		cursor,
		taken.map((commit) => versionItem(tableId, commit)),
	);

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
		hint: 'Rename the node, or choose the table again, to begin with the present version.',
	});
}

function cleanedError(table: string, version: number): DatabricksError {
	return new DatabricksError({
		kind: 'failed',
		message: `The versions of ${table} after ${version} are no longer all in its history.`,
		hint: 'Old log entries were cleaned up (delta.logRetentionDuration). Rename the node to begin with the present version.',
	});
}
