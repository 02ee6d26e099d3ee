import { z } from 'zod/v4';
import { DatabricksError } from './errors';
import { itemsOf } from './paging';
import { path } from './paths';
import { outcomeOf, type PipelineUpdate, updatePageUrl } from './pipelines';
import { errorClassIn, sqlStateIn } from './sparkMessage';
import type { Workspace } from './workspace';

const expectationSchema = z.looseObject({
	name: z.string(),
	dataset: z.string().default(''),
	passed_records: z.number().default(0),
	failed_records: z.number().default(0),
});

const flowProgressSchema = z.looseObject({
	status: z.string().optional(),
	metrics: z
		.looseObject({
			num_output_rows: z.number().nullish(),
			num_upserted_rows: z.number().nullish(),
			num_deleted_rows: z.number().nullish(),
		})
		.nullish(),
	data_quality: z
		.looseObject({
			dropped_records: z.number().nullish(),
			expectations: z.array(expectationSchema).nullish(),
		})
		.nullish(),
});

const exceptionSchema = z.looseObject({
	class_name: z.string().optional(),
	message: z.string().optional(),
	error_class: z.string().optional(),
	sql_state: z.string().optional(),
});

const eventSchema = z.looseObject({
	id: z.string().optional(),
	/** ISO 8601. */
	timestamp: z.string().optional(),
	level: z.string().optional(),
	event_type: z.string().optional(),
	message: z.string().optional(),
	origin: z
		.looseObject({
			update_id: z.string().optional(),
			dataset_name: z.string().optional(),
			flow_name: z.string().optional(),
		})
		.default({}),
	error: z.looseObject({ exceptions: z.array(exceptionSchema).nullish() }).nullish(),
	details: z.looseObject({ flow_progress: flowProgressSchema.nullish() }).nullish(),
});

export type PipelineEvent = z.output<typeof eventSchema>;

const eventListSchema = z.looseObject({
	events: z.array(eventSchema).default([]),
	next_page_token: z.string().optional(),
});

export interface EventFilter {
	/** Only events of this update. Filtered here: the service has no documented filter for it. */
	updateId?: string;
	/** `ERROR`, `WARN`, `INFO`, `METRICS` */
	levels?: readonly ('ERROR' | 'WARN' | 'INFO' | 'METRICS')[];
	/** Epoch ms; only newer events. */
	afterMs?: number;
	deadlineMs?: number;
}

/** Events of a pipeline, the newest first. */
export async function* listEvents(
	workspace: Workspace,
	pipelineId: string,
	filter: EventFilter = {},
): AsyncGenerator<PipelineEvent, void, undefined> {
	const conditions = [
		...(filter.levels === undefined
			? []
			: [`level in (${filter.levels.map((level) => `'${level}'`).join(',')})`]),
		...(filter.afterMs === undefined
			? []
			: [`timestamp > '${new Date(filter.afterMs).toISOString()}'`]),
	];
	const first = {
		max_results: 250,
		order_by: 'timestamp desc',
		filter: conditions.length === 0 ? undefined : conditions.join(' AND '),
	};
	const events = itemsOf(async (page_token) => {
		const page = await workspace.json(
			{
				method: 'GET',
				path: path`/api/2.0/pipelines/${pipelineId}/events`,
				// The service refuses every other field beside page_token, but max_results.
				query: page_token === undefined ? first : { max_results: 250, page_token },
				deadlineMs: filter.deadlineMs,
				ids: { pipelineId },
			},
			eventListSchema,
		);
		return { items: page.events, nextPageToken: page.next_page_token };
	});
	for await (const event of events) {
		if (filter.updateId === undefined || event.origin.update_id === filter.updateId) yield event;
	}
}

/** The events of one update: reading stops at what is older than the update. */
export async function eventsOfUpdate(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
	levels?: EventFilter['levels'],
): Promise<PipelineEvent[]> {
	const createdMs =
		typeof update.creation_time === 'string'
			? Date.parse(update.creation_time)
			: update.creation_time;
	const events: PipelineEvent[] = [];
	const filter: EventFilter = {
		updateId: update.update_id,
		levels,
		// The clock of the update and that of its events need not be the same.
		...(createdMs === undefined || Number.isNaN(createdMs) ? {} : { afterMs: createdMs - 60_000 }),
	};
	for await (const event of listEvents(workspace, pipelineId, filter)) events.push(event);
	return events;
}

export interface ExpectationResult {
	name: string;
	passedRecords: number;
	failedRecords: number;
	/** Share of records that met the expectation, 0 to 1; 1 when there were none. */
	passRate: number;
}

export interface DatasetResult {
	dataset: string;
	outputRows: number;
	upsertedRows: number;
	deletedRows: number;
	droppedRecords: number;
	expectations: ExpectationResult[];
}

/**
 * What an update did, per dataset, in alphabetical order. A flow reports in several events, one a
 * batch, so the numbers of its events are added up per (dataset, expectation).
 */
export function expectationsOf(events: readonly PipelineEvent[]): DatasetResult[] {
	const datasets = new Map<string, DatasetResult>();
	const seen = new Set<string>();
	for (const event of events) {
		const progress = event.details?.flow_progress;
		if (progress == null || (event.id !== undefined && seen.has(event.id))) continue;
		if (event.id !== undefined) seen.add(event.id);
		const own = event.origin.dataset_name ?? event.origin.flow_name ?? '';
		if (progress.metrics != null || progress.data_quality != null) {
			const result = datasetResult(datasets, own);
			result.outputRows += progress.metrics?.num_output_rows ?? 0;
			result.upsertedRows += progress.metrics?.num_upserted_rows ?? 0;
			result.deletedRows += progress.metrics?.num_deleted_rows ?? 0;
			result.droppedRecords += progress.data_quality?.dropped_records ?? 0;
		}
		for (const expectation of progress.data_quality?.expectations ?? []) {
			addExpectation(datasetResult(datasets, datasetOf(expectation.dataset, own)), expectation);
		}
	}
	return [...datasets.values()].sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
}

/** Expectations may name their dataset in short, the event in full: the full name is kept. */
function datasetOf(named: string, own: string): string {
	return named === '' || own === named || own.endsWith(`.${named}`) ? own : named;
}

function datasetResult(datasets: Map<string, DatasetResult>, dataset: string): DatasetResult {
	const known = datasets.get(dataset);
	if (known !== undefined) return known;
	const made = {
		dataset,
		outputRows: 0,
		upsertedRows: 0,
		deletedRows: 0,
		droppedRecords: 0,
		expectations: [],
	};
	datasets.set(dataset, made);
	return made;
}

function addExpectation(result: DatasetResult, more: z.output<typeof expectationSchema>): void {
	let sum = result.expectations.find((known) => known.name === more.name);
	if (sum === undefined) {
		sum = { name: more.name, passedRecords: 0, failedRecords: 0, passRate: 1 };
		result.expectations.push(sum);
	}
	sum.passedRecords += more.passed_records;
	sum.failedRecords += more.failed_records;
	const total = sum.passedRecords + sum.failedRecords;
	sum.passRate = total === 0 ? 1 : sum.passedRecords / total;
}

/**
 * Why an update did not succeed, as an error of kind `failed` (or `cancelled`). The update itself
 * has no error field; the cause is the root exception in its ERROR events.
 */
export async function failureOf(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): Promise<DatabricksError> {
	const updateId = update.update_id;
	const ids = { pipelineId, updateId, pageUrl: updatePageUrl(workspace, pipelineId, updateId) };
	if (outcomeOf(update) === 'cancelled') {
		return new DatabricksError({
			kind: 'cancelled',
			message: `Update ${updateId} was cancelled in Databricks.`,
			ids,
		});
	}
	const cause = causeOf(await eventsOfUpdate(workspace, pipelineId, update, ['ERROR']));
	const where = cause?.dataset === undefined ? '' : ` in ${cause.dataset}`;
	return new DatabricksError({
		kind: 'failed',
		message:
			cause === undefined
				? `Update ${updateId} ended as ${update.state}.`
				: `Update ${updateId} failed${where}: ${cause.message}`,
		errorCode: cause?.errorClass,
		sqlState: cause?.sqlState,
		hint: 'The page of the update shows the whole event log.',
		ids,
	});
}

interface Cause {
	message: string;
	errorClass?: string;
	sqlState?: string;
	dataset?: string;
}

/** Of error events, newest first: the exception of a flow before that of the update, the root of its chain. */
function causeOf(events: readonly PipelineEvent[]): Cause | undefined {
	const withException = events.filter((event) => (event.error?.exceptions ?? []).length > 0);
	const event =
		withException.find(({ event_type }) => event_type === 'flow_progress') ??
		withException.find(({ event_type }) => event_type === 'update_progress') ??
		withException[0] ??
		events[0];
	if (event === undefined) return undefined;
	const chain = event.error?.exceptions ?? [];
	const root = chain.findLast(({ message }) => message !== undefined && message !== '');
	const message = root?.message ?? event.message ?? 'no message';
	return {
		message: message.trim(),
		errorClass:
			chain.findLast(({ error_class }) => error_class !== undefined)?.error_class ??
			errorClassIn(message),
		sqlState:
			chain.findLast(({ sql_state }) => sql_state !== undefined)?.sql_state ?? sqlStateIn(message),
		dataset: event.origin.dataset_name,
	};
}
