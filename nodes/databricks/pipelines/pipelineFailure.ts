import { DatabricksError } from '../errors';
import { collect } from '../paging';
import { eventsOfUpdate, type PipelineEvent, type PipelineException } from './pipelineEvents';
import {
	createdAtMs,
	listUpdates,
	outcomeOf,
	type PipelineUpdate,
	updatePageUrl,
} from './pipelines';
import { errorClassIn, sqlStateIn } from '../sql/sparkMessage';
import type { Workspace } from '../workspace';

/** How many of the updates after one are looked through for the one that replaced it. */
const successorsLookedAt = 25;
/** How soon after the end of one update the next must have been started to have replaced it. */
const takeOverMs = 60_000;
const longestStack = 10;
const longestLink = 300;

/**
 * Why an update did not succeed, as an error of kind `failed` (or `cancelled`). The update itself
 * has no error field: the cause is the root exception in its ERROR events, and who cancelled it or
 * which update took its place is told by its other events and by the updates after it.
 */
export async function failureOf(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): Promise<DatabricksError> {
	const updateId = update.update_id;
	const ids = { pipelineId, updateId, pageUrl: updatePageUrl(workspace, pipelineId, updateId) };
	if (outcomeOf(update) === 'cancelled') {
		const { message, hint } = await cancellationOf(workspace, pipelineId, update);
		return new DatabricksError({ kind: 'cancelled', message, hint, ids });
	}
	const cause = causeOf(await eventsOfUpdate(workspace, pipelineId, update, ['ERROR']));
	const retry = await retryOf(workspace, pipelineId, update);
	const where = cause?.dataset === undefined ? '' : ` in ${cause.dataset}`;
	return new DatabricksError({
		kind: 'failed',
		message:
			cause === undefined
				? `Update ${updateId} ended as ${update.state}.`
				: `Update ${updateId} failed${where}: ${cause.message}`,
		errorCode: cause?.errorClass,
		sqlState: cause?.sqlState,
		trace: cause?.trace,
		hint:
			retry === undefined
				? 'The page of the update shows the whole event log.'
				: `Databricks tries it again by itself as update ${retry.update_id}, which is ${retry.state}.`,
		facts: {
			table: cause?.dataset,
			flow: cause?.flow,
			event_id: cause?.eventId,
			error_chain: cause?.chain,
		},
		ids,
	});
}

interface Cause {
	message: string;
	errorClass?: string;
	sqlState?: string;
	dataset?: string;
	flow?: string;
	eventId?: string;
	/** From the outermost exception to the root, one line each. */
	chain?: string[];
	/** The first lines of the root's stack. */
	trace?: string;
}

/** Of error events, newest first: the exception of a flow before that of the update, the root of its chain. */
function causeOf(events: readonly PipelineEvent[]): Cause | undefined {
	const withException = events.filter((event) => (event.error?.exceptions ?? []).length > 0);
	const event =
		// The newest flow: an earlier one may have been tried again and have recovered.
		withException.find(({ event_type }) => event_type === 'flow_progress') ??
		withException.find(({ event_type }) => event_type === 'update_progress') ??
		withException[0] ??
		events[0];
	if (event === undefined) return undefined;
	const chain = event.error?.exceptions ?? [];
	const root = chain.findLast(({ message }) => message !== undefined && message !== '');
	const message = root?.message ?? event.message ?? 'no message';
	const stack = chain.findLast(({ stack: frames }) => (frames ?? []).length > 0);
	return {
		message: message.trim(),
		errorClass:
			chain.findLast(({ error_class }) => error_class !== undefined)?.error_class ??
			errorClassIn(message),
		sqlState:
			chain.findLast(({ sql_state }) => sql_state !== undefined)?.sql_state ?? sqlStateIn(message),
		dataset: event.origin.dataset_name,
		flow: event.origin.flow_name,
		eventId: event.id,
		chain: chain.length > 0 ? chain.map(link) : undefined,
		trace: stack === undefined ? undefined : stackText(stack),
	};
}

/** An exception in one line. */
function link({ class_name: className, message }: PipelineException): string {
	const line = (message ?? '').trim().split('\n')[0] ?? '';
	return [className, line.slice(0, longestLink)]
		.filter((part) => part !== undefined && part !== '')
		.join(': ');
}

/** The head of a stack as Java prints it. */
function stackText(exception: PipelineException): string {
	const frames = (exception.stack ?? []).slice(0, longestStack).map((frame) => {
		const method = [frame.declaring_class, frame.method_name].filter(Boolean).join('.');
		const line = frame.line_number == null ? '' : `:${frame.line_number}`;
		return `\tat ${method}(${frame.file_name ?? 'unknown'}${line})`;
	});
	return [link(exception), ...frames].join('\n');
}

/** Who or what ended an update that is CANCELED. */
async function cancellationOf(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): Promise<{ message: string; hint: string }> {
	const updateId = update.update_id;
	const events = await eventsOfUpdate(workspace, pipelineId, update);
	const successor = (await updatesAfter(workspace, pipelineId, update)).at(-1);
	if (successor !== undefined && tookOver(successor, events)) {
		return {
			message: `Update ${updateId} was replaced: it was cancelled, and update ${successor.update_id} was started in its place (${successor.cause ?? 'no cause given'}).`,
			hint: `Wait for update ${successor.update_id} instead; it is ${successor.state}.`,
		};
	}
	const stop = events.find(({ details }) => details?.user_action?.action === 'STOP');
	const by = stop?.details?.user_action?.user_name;
	return {
		message: `Update ${updateId} was cancelled in Databricks${by == null ? '' : ` by ${by}`}.`,
		hint: 'Somebody stopped the pipeline, or its settings were changed. Start the update again when nothing stands in the way.',
	};
}

/** An update that starts as another ends replaces it; one that comes much later is a new beginning. */
function tookOver(successor: PipelineUpdate, eventsOfCancelled: readonly PipelineEvent[]): boolean {
	const startedMs = createdAtMs(successor);
	const endedMs = Date.parse(eventsOfCancelled[0]?.timestamp ?? '');
	if (startedMs === undefined || Number.isNaN(endedMs)) return true;
	return startedMs - endedMs <= takeOverMs;
}

/** Of a pipeline in production mode: the update by which Databricks repeats a failed one. */
async function retryOf(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): Promise<PipelineUpdate | undefined> {
	const next = (await updatesAfter(workspace, pipelineId, update)).at(-1);
	return next?.cause === 'RETRY_ON_FAILURE' ? next : undefined;
}

/** The updates that were started after one, the newest first. */
async function updatesAfter(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): Promise<PipelineUpdate[]> {
	const newest = await collect(
		listUpdates(workspace, pipelineId, successorsLookedAt),
		successorsLookedAt,
	);
	const at = newest.findIndex(({ update_id: id }) => id === update.update_id);
	return newest.slice(0, Math.max(0, at));
}
