import { pause } from '../attempts';
import { DatabricksError, type ErrorIds } from '../errors';
import { collect } from '../paging';
import {
	isTerminal,
	listUpdates,
	type PipelineUpdate,
	postUpdate,
	type StartUpdateRequest,
} from './pipelines';
import type { Workspace } from '../workspace';

/** How often a start whose answer was lost, and that left no update, is sent again. */
const mostStarts = 4;
const pauseMs = 2_000;

/**
 * Starts an update and gives its id, once: there is no idempotency token for updates. So the newest
 * update is remembered before the POST, and when the answer is lost (broken connection, timeout, a
 * 5xx that is not Databricks' own refusal) a newer update that was asked for in the same way is taken
 * for the one that was started; only when there is none is the POST sent again.
 *
 * Two callers that start the same refresh of the same pipeline in the same second can be taken for
 * each other; they then wait for the same update, which is what Databricks makes of them anyway,
 * since a pipeline runs one update at a time.
 */
export async function startUpdate(
	workspace: Workspace,
	request: StartUpdateRequest,
): Promise<string> {
	const before = await newestUpdates(workspace, request.pipelineId);
	const known = new Set(before.map((update) => update.update_id));
	let mayHaveStarted = false;
	for (let starts = 1; ; starts++) {
		try {
			return await postUpdate(workspace, request);
		} catch (error) {
			if (!(error instanceof DatabricksError)) throw error;
			const isLost = isAnswerLost(error);
			// After a start that was lost, a refusal may be due to that very start.
			if (!isLost && !mayHaveStarted) {
				const active = await activeUpdate(workspace, request.pipelineId, error);
				if (active !== undefined) throw inTheWay(error, active);
				// What was in the way has ended between the refusal and the look.
				if (!isConflict(error) || starts >= mostStarts) throw error;
				continue;
			}
			mayHaveStarted = true;
			// A Stop meanwhile must not leave an update behind that nobody knows of.
			const updates = await newestUpdates(workspace.forSignal(undefined), request.pipelineId);
			const mine = updates.find((update) => !known.has(update.update_id) && fits(update, request));
			if (mine !== undefined) return mine.update_id;
			if (!isLost || starts >= mostStarts) throw error;
			await pause(workspace.clock, pauseMs * starts, workspace.signal);
		}
	}
}

async function newestUpdates(workspace: Workspace, pipelineId: string): Promise<PipelineUpdate[]> {
	return await collect(listUpdates(workspace, pipelineId, 10), 10);
}

function isAnswerLost(error: DatabricksError): boolean {
	return error.outcomeUnknown || [500, 502, 503, 504].includes(error.status ?? 0);
}

function fits(update: PipelineUpdate, request: StartUpdateRequest): boolean {
	return (
		(update.cause === undefined || update.cause === 'API_CALL') &&
		(update.full_refresh ?? false) === (request.fullRefresh ?? false) &&
		(update.validate_only ?? false) === (request.validateOnly ?? false) &&
		sameSet(update.refresh_selection, request.refreshSelection) &&
		sameSet(update.full_refresh_selection, request.fullRefreshSelection)
	);
}

function sameSet(a: readonly string[] = [], b: readonly string[] = []): boolean {
	return a.length === b.length && a.every((name) => b.includes(name));
}

/** A start is refused while another update is active: the one that is. */
async function activeUpdate(
	workspace: Workspace,
	pipelineId: string,
	{ status }: DatabricksError,
): Promise<PipelineUpdate | undefined> {
	if (status === undefined || ![400, 409].includes(status)) return undefined;
	const [newest] = await newestUpdates(workspace, pipelineId);
	return newest === undefined || isTerminal(newest) ? undefined : newest;
}

/** Status and text of this refusal are not documented: 409, or a 400 that speaks of an active update. */
function isConflict({ status, message }: DatabricksError): boolean {
	return status === 409 || (status === 400 && /active update/i.test(message));
}

function inTheWay(error: DatabricksError, active: PipelineUpdate): DatabricksError {
	const ids: ErrorIds = { updateId: active.update_id };
	return error.with({
		hint: `Update ${active.update_id} of this pipeline is ${active.state}; a pipeline runs one update at a time.`,
		ids,
	});
}
