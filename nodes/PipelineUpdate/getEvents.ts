import type { IDataObject } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { collect } from '../databricks/paging';
import {
	eventLevels,
	listEvents,
	type PipelineEvent,
} from '../databricks/pipelines/pipelineEvents';
import type { Parameters } from '../n8n/parameters';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { rowItem } from '../n8n/rowItem';
import { limitFields, readLimit } from '../n8n/limitFields';
import type { Operation } from './operation';

/** The event log of a pipeline, an item an event. */
export const getEvents: Operation = {
	fields: [
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			description: 'Which events to return',
			options: [
				{
					displayName: 'After',
					name: 'after',
					type: 'dateTime',
					default: '',
					description: 'Only events that are newer than this',
				},
				{
					displayName: 'Before',
					name: 'before',
					type: 'dateTime',
					default: '',
					description: 'Only events that are older than this',
				},
				{
					displayName: 'Levels',
					name: 'levels',
					type: 'multiOptions',
					options: [
						{ name: 'Error', value: 'ERROR', description: 'What failed' },
						{ name: 'Info', value: 'INFO', description: 'What happened' },
						{ name: 'Metrics', value: 'METRICS', description: 'Frequent numbers of single flows' },
						{
							name: 'Warning',
							value: 'WARN',
							description: 'What was unexpected, but not critical',
						},
					],
					default: [],
					description: 'Only events of these levels',
				},
				{
					displayName: 'Order',
					name: 'order',
					type: 'options',
					options: [
						{ name: 'Newest First', value: 'desc', description: 'From the newest event backwards' },
						{ name: 'Oldest First', value: 'asc', description: 'From the oldest event on' },
					],
					default: 'desc',
					description: 'In which order the events are read, and thus which ones a limit keeps',
				},
				{
					displayName: 'Update ID',
					name: 'updateId',
					type: 'string',
					default: '',
					placeholder: 'e.g. 01234567-89ab-cdef-0123-456789abcdef',
					description: 'Only events of this update',
				},
			],
		},
	],
	async run(workspace, parameters) {
		const limit = readLimit(parameters);
		const chosen = parameters.choices('filters.levels');
		const pipelineId = await pipelineIdOf(workspace, parameters.locator('pipeline', 'Pipeline'));
		const events = listEvents(workspace, pipelineId, {
			updateId: parameters.optionalText('filters.updateId'),
			levels:
				chosen.length === 0 ? undefined : eventLevels.filter((level) => chosen.includes(level)),
			afterMs: timeOf(parameters, 'filters.after', 'After'),
			beforeMs: timeOf(parameters, 'filters.before', 'Before'),
			oldestFirst: parameters.text('filters.order') === 'asc',
		});
		return { items: (await collect(events, limit)).map(eventItem), output: 0 };
	},
};

function timeOf(parameters: Parameters, name: string, label: string): number | undefined {
	const text = parameters.optionalText(name);
	if (text === undefined) return undefined;
	const ms = Date.parse(text);
	if (!Number.isNaN(ms)) return ms;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' is "${text}", which is not a date and time.`,
		hint: 'Write it as in 2026-10-31T08:00:00Z.',
	});
}

function eventItem(event: PipelineEvent): IDataObject {
	const exceptions = event.error?.exceptions ?? [];
	const root = exceptions.at(-1);
	return {
		id: event.id ?? null,
		timestamp: event.timestamp ?? null,
		level: event.level ?? null,
		event_type: event.event_type ?? null,
		message: event.message ?? null,
		update_id: event.origin.update_id ?? null,
		flow: event.origin.flow_name ?? null,
		table: event.origin.dataset_name ?? null,
		error:
			root === undefined
				? null
				: {
						message: root.message ?? null,
						error_class: root.error_class ?? null,
						sql_state: root.sql_state ?? null,
						exceptions: exceptions.map(({ class_name, message }) => ({
							class_name: class_name ?? null,
							message: message ?? null,
						})),
					},
		// As they came: they are JSON already.
		details: event.details == null ? null : rowItem({ ...event.details }),
	};
}
