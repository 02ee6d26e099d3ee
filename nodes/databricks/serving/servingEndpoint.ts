import { z } from 'zod/v4';

const servedEntitySchema = z.looseObject({
	name: z.string().optional(),
	entity_name: z.string().optional(),
	entity_version: z.string().optional(),
	state: z
		.looseObject({
			deployment: z.string().optional(),
			deployment_state_message: z.string().optional(),
		})
		.optional(),
});

/** What an endpoint says of itself, of the fields that are used. */
export const endpointSchema = z.looseObject({
	name: z.string(),
	id: z.string().optional(),
	/** `llm/v1/chat`, `llm/v1/embeddings` …; absent for models of one's own. */
	task: z.string().optional(),
	state: z
		.looseObject({ ready: z.string().optional(), config_update: z.string().optional() })
		.optional(),
	endpoint_url: z.string().optional(),
	route_optimized: z.boolean().optional(),
	data_plane_info: z
		.looseObject({
			query_info: z
				.looseObject({
					endpoint_url: z.string().optional(),
					authorization_details: z.string().optional(),
				})
				.optional(),
		})
		.optional(),
	config: z.looseObject({ served_entities: z.array(servedEntitySchema).default([]) }).optional(),
});

export type ServingEndpoint = z.output<typeof endpointSchema>;

/** Whether an endpoint takes requests. An unknown word is not ready. */
export function isReady(endpoint: ServingEndpoint): boolean {
	return endpoint.state?.ready === 'READY';
}
