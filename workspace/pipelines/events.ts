import { z } from 'zod';

const exceptionSchema = z.object({
	class_name: z.string(),
	message: z.string(),
	error_class: z.string().optional(),
	sql_state: z.string().optional(),
	stack: z.array(z.unknown()),
});
export type EventException = z.output<typeof exceptionSchema>;

export const eventLevels = ['INFO', 'WARN', 'ERROR', 'METRICS'] as const;
export type EventLevel = (typeof eventLevels)[number];

/** An entry of a pipeline's event log, in the shape that the REST API gives it. */
export const eventSchema = z.object({
	id: z.string(),
	sequence: z.object({ control_plane_seq_no: z.number() }),
	origin: z.object({
		pipeline_id: z.string(),
		pipeline_name: z.string(),
		update_id: z.string(),
		flow_name: z.string().optional(),
		dataset_name: z.string().optional(),
	}),
	/** ISO 8601, milliseconds, UTC. */
	timestamp: z.string(),
	message: z.string(),
	level: z.enum(eventLevels),
	maturity_level: z.literal('STABLE'),
	event_type: z.enum([
		'create_update',
		'user_action',
		'dataset_definition',
		'flow_definition',
		'update_progress',
		'flow_progress',
	]),
	error: z.object({ fatal: z.boolean(), exceptions: z.array(exceptionSchema) }).optional(),
	details: z.record(z.unknown()),
});
export type PipelineEvent = z.output<typeof eventSchema>;

export const flowStates = [
	'QUEUED',
	'PLANNING',
	'STARTING',
	'RUNNING',
	'COMPLETED',
	'FAILED',
	'SKIPPED',
	'STOPPED',
	'EXCLUDED',
] as const;
export type FlowState = (typeof flowStates)[number];

/** What happened to a flow, in the service's words; recorded from Spark's pipelines. */
export function flowMessage(flow: string, state: FlowState): string {
	if (state === 'COMPLETED' || state === 'FAILED') return `Flow '${flow}' has ${state}.`;
	if (state === 'SKIPPED') return `Flow '${flow}' SKIPPED due to upstream failure(s).`;
	return `Flow '${flow}' is ${state}.`;
}

/** An update is called by the first six digits of its id in messages. */
export function shortId(updateId: string): string {
	return updateId.slice(0, 6);
}
