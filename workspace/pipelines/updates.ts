import { z } from 'zod';
import { eventSchema } from './events';

/** States in the order in which an update goes through them; the last three are final. */
export const updateStates = [
	'QUEUED',
	'CREATED',
	'WAITING_FOR_RESOURCES',
	'INITIALIZING',
	'RESETTING',
	'SETTING_UP_TABLES',
	'RUNNING',
	'STOPPING',
	'COMPLETED',
	'FAILED',
	'CANCELED',
] as const;
export type UpdateState = (typeof updateStates)[number];

/** Why an update was started: by a caller, by a job's pipeline task. */
export const updateCauses = ['API_CALL', 'JOB_TASK', 'USER_ACTION'] as const;

/** One run of a pipeline, with its part of the event log. */
export const updateSchema = z.object({
	updateId: z.string(),
	pipelineId: z.string(),
	state: z.enum(updateStates),
	cause: z.enum(updateCauses),
	createdAtMs: z.number(),
	/** Rises from update to update, so that their order does not hang on the clock. */
	order: z.number(),
	fullRefresh: z.boolean(),
	refreshSelection: z.array(z.string()),
	fullRefreshSelection: z.array(z.string()),
	/** Flows whose checkpoints are reset; absent in states that older versions wrote. */
	resetCheckpointSelection: z.array(z.string()).default([]),
	validateOnly: z.boolean(),
	/** Pipeline parameters of this update; absent in states that older versions wrote. */
	parameters: z.record(z.string(), z.string()).default({}),
	events: z.array(eventSchema),
});
export type Update = z.output<typeof updateSchema>;

export function hasEnded(state: UpdateState): boolean {
	return state === 'COMPLETED' || state === 'FAILED' || state === 'CANCELED';
}

/** The update as `GET …/updates/{id}` gives it: it has no field for an error, as in the service. */
export function updateInfo(update: Update): Record<string, unknown> {
	return {
		update_id: update.updateId,
		pipeline_id: update.pipelineId,
		state: update.state,
		cause: update.cause,
		creation_time: update.createdAtMs,
		full_refresh: update.fullRefresh,
		...(update.refreshSelection.length > 0 ? { refresh_selection: update.refreshSelection } : {}),
		...(update.fullRefreshSelection.length > 0
			? { full_refresh_selection: update.fullRefreshSelection }
			: {}),
		validate_only: update.validateOnly,
		...(Object.keys(update.parameters).length > 0 ? { parameters: update.parameters } : {}),
	};
}
