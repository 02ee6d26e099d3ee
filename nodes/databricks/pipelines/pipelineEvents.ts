import { z } from 'zod/v4';
import { itemsOf } from '../paging';
import { path } from '../paths';
import { createdAtMs, type PipelineUpdate } from './pipelines';
import type { Workspace } from '../workspace';

const count = z.number().nullish();

export const expectationSchema = z.looseObject({
	name: z.string(),
	dataset: z.string().default(''),
	passed_records: z.number().default(0),
	failed_records: z.number().default(0),
});

const flowProgressSchema = z.looseObject({
	status: z.string().optional(),
	metrics: z
		.looseObject({
			num_output_rows: count,
			num_upserted_rows: count,
			num_deleted_rows: count,
		})
		.nullish(),
	data_quality: z
		.looseObject({
			dropped_records: count,
			expectations: z.array(expectationSchema).nullish(),
		})
		.nullish(),
});

const text = z.string().nullish();

const stackFrameSchema = z.looseObject({
	declaring_class: text,
	method_name: text,
	file_name: text,
	line_number: z.number().nullish(),
});

const exceptionSchema = z.looseObject({
	class_name: z.string().optional(),
	message: z.string().optional(),
	error_class: z.string().optional(),
	sql_state: z.string().optional(),
	stack: z.array(stackFrameSchema).nullish(),
});

/** What a dataset is and which expectations it has; its fields beside these are not documented. */
const datasetDefinitionSchema = z.looseObject({
	dataset_type: text,
	expectations: z.array(z.looseObject({ name: text, action: text })).nullish(),
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
	error: z
		.looseObject({ fatal: z.boolean().nullish(), exceptions: z.array(exceptionSchema).nullish() })
		.nullish(),
	details: z
		.looseObject({
			flow_progress: flowProgressSchema.nullish(),
			update_progress: z.looseObject({ state: text }).nullish(),
			user_action: z.looseObject({ action: text, user_name: text }).nullish(),
			dataset_definition: datasetDefinitionSchema.nullish(),
			flow_definition: z.looseObject({ flow_type: text }).nullish(),
		})
		.nullish(),
});

export type PipelineEvent = z.output<typeof eventSchema>;
export type PipelineException = z.output<typeof exceptionSchema>;

const eventListSchema = z.looseObject({
	events: z.array(eventSchema).default([]),
	next_page_token: z.string().optional(),
});

export const eventLevels = ['ERROR', 'WARN', 'INFO', 'METRICS'] as const;
export type EventLevel = (typeof eventLevels)[number];

export interface EventFilter {
	/** Only events of this update. Filtered here: the service has no documented filter for it. */
	updateId?: string;
	levels?: readonly EventLevel[];
	/** Epoch ms; only newer events. */
	afterMs?: number;
	/** Epoch ms; only older events. */
	beforeMs?: number;
	/** Default: the newest first. */
	oldestFirst?: boolean;
	deadlineMs?: number;
}

/** Events of a pipeline, the newest first unless asked for otherwise; every page is read. */
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
		...(filter.beforeMs === undefined
			? []
			: [`timestamp < '${new Date(filter.beforeMs).toISOString()}'`]),
	];
	const first = {
		max_results: 250,
		order_by: filter.oldestFirst === true ? 'timestamp asc' : 'timestamp desc',
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
	const createdMs = createdAtMs(update);
	const events: PipelineEvent[] = [];
	const filter: EventFilter = {
		updateId: update.update_id,
		levels,
		// The clock of the update and that of its events need not be the same.
		...(createdMs === undefined ? {} : { afterMs: createdMs - 60_000 }),
	};
	for await (const event of listEvents(workspace, pipelineId, filter)) events.push(event);
	return events;
}
