import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { standardRetry } from '../databricks/retry';
import { getTable } from '../databricks/tables';
import { connect } from '../n8n/authentication';
import { toNodeError } from '../n8n/nodeError';
import { Parameters } from '../n8n/parameters';
import { settled } from '../n8n/perItem';
import { rowItem } from '../n8n/rowItem';
import { warehouseIdOf } from '../n8n/warehouseLocator';
import { type Change, changes, explained, type Feed, latestVersion, probe } from './changeFeed';
import { type DeltaTriggerRequest, readDeltaTrigger } from './fields';
import { type Cursor, readCursor, type Step, stepOf } from './step';

/** n8n's own default where it does not say how long a poll may take. */
const usualBudgetMs = 30_000;
/** How many versions are looked through for an example, and how many rows one has. */
const sampleVersions = 50;
const sampleRows = 10;

/** One poll of a table's change feed: items, or nothing. */
export async function pollTable(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const outcome = await settled(poll(context));
	if (!outcome.ok) throw toNodeError(context.getNode(), outcome.error);
	const found = outcome.value;
	if (found.length === 0) return null;
	return [found.map((change): INodeExecutionData => ({ json: rowItem(change) }))];
}

async function poll(context: IPollFunctions): Promise<Change[]> {
	const parameters = new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, fallback, options),
	);
	const request = readDeltaTrigger(parameters);
	const feed = await openFeed(context, parameters, request);
	if (context.getMode() === 'manual') return await sample(feed, request);

	const memory = context.getWorkflowStaticData('node');
	const cursor = readCursor(memory.cursor);
	const table = request.table.join('.');
	const { table_id: tableId = '' } = await getTable(feed.workspace, table);
	const now = { table, tableId, latestVersion: await latestVersion(feed) };
	const step = stepOf(cursor, now, { startOver: request.startOver });
	const { found, reached } = await take(step, feed, request);
	// Polls are not locked against each other: of two that read the same changes one hands them over.
	const isOvertaken = !isSame(readCursor(memory.cursor), cursor);
	if (isOvertaken || reached === undefined) return [];
	memory.cursor = { ...reached };
	return found;
}

async function openFeed(
	context: IPollFunctions,
	parameters: Parameters,
	request: DeltaTriggerRequest,
): Promise<Feed> {
	const budgetMs = context.getPollBudgetMs?.() ?? usualBudgetMs;
	const retry = { ...standardRetry, retryForMs: Math.min(standardRetry.retryForMs, budgetMs / 2) };
	const workspace = await connect(context, parameters.text('authentication'), { retry });
	return {
		workspace,
		warehouseId: await warehouseIdOf(workspace, request.warehouse),
		table: request.table,
		deadlineMs: workspace.clock.now() + budgetMs,
		decimalsAsNumbers: request.decimalsAsNumbers,
	};
}

/** Does a step: what was found, and the cursor that goes with it. */
async function take(
	step: Step,
	feed: Feed,
	request: DeltaTriggerRequest,
): Promise<{ found: Change[]; reached?: Cursor }> {
	switch (step.kind) {
		case 'nothingNew':
			return { found: [] };
		case 'baseline':
			await probe(feed, step.cursor.version).catch(
				async (error: unknown) => await Promise.reject(explained(error, feed, undefined)),
			);
			return { found: [], reached: step.cursor };
		case 'recreated':
			throw new DatabricksError({
				kind: 'conflict',
				message: `The table ${step.cursor.table} was dropped and made anew, so its versions began again.`,
				hint: "Set 'If the Table Is Recreated' to 'Start Over' to get all changes of the new table, or rename the node to start from the present version.",
			});
		case 'read': {
			const { found, version } = await read(feed, request, step.first, step.last);
			const table = feed.table.join('.');
			// The cursor moves only together with items: an empty range is harmless to read again.
			if (found.length === 0) return { found };
			return { found, reached: { table, tableId: step.tableId, version } };
		}
	}
}

/** Reads whole versions until there are enough rows; tells up to which version it came. */
async function read(
	feed: Feed,
	request: DeltaTriggerRequest,
	first: number,
	last: number,
): Promise<{ found: Change[]; version: number }> {
	const found: Change[] = [];
	try {
		for await (const change of changes(feed, first, last, { types: request.changeTypes })) {
			const before = found.at(-1);
			const isNextVersion = before !== undefined && versionOf(change) !== versionOf(before);
			if (isNextVersion && found.length >= request.rowsPerPoll) {
				return { found: inOrder(found), version: versionOf(before) };
			}
			found.push(change);
		}
	} catch (error) {
		return await Promise.reject(explained(error, feed, first));
	}
	return { found: inOrder(found), version: last };
}

/** For a test of the workflow in the editor: the newest changes; nothing is remembered. */
async function sample(feed: Feed, request: DeltaTriggerRequest): Promise<Change[]> {
	const last = await latestVersion(feed);
	const types = request.changeTypes;
	const newest = async (first: number) => {
		const found: Change[] = [];
		const options = { types, newestFirst: true, limit: sampleRows };
		for await (const change of changes(feed, first, last, options)) found.push(change);
		return found;
	};
	const wide = await settled(newest(Math.max(0, last - sampleVersions)));
	if (wide.ok) return wide.value;
	// The feed may have been turned on in between; then only the newest version can be read.
	return await newest(last).catch(
		async (error: unknown) => await Promise.reject(explained(error, feed, undefined)),
	);
}

/** The feed has no order within a version; a row as it was comes before the row as it is. */
const typeOrder = ['delete', 'update_preimage', 'update_postimage', 'insert'];

function inOrder(found: Change[]): Change[] {
	const rank = (change: Change) => typeOrder.indexOf(String(change._change_type));
	return found.sort((a, b) => versionOf(a) - versionOf(b) || rank(a) - rank(b));
}

function versionOf(change: Change): number {
	return Number(change._commit_version);
}

function isSame(a: Cursor | undefined, b: Cursor | undefined): boolean {
	return a?.table === b?.table && a?.tableId === b?.tableId && a?.version === b?.version;
}
