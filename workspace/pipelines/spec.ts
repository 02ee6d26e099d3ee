import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';

const librarySchema = z
	.object({
		file: z.object({ path: z.string() }).passthrough().optional(),
		glob: z.object({ include: z.string() }).passthrough().optional(),
		notebook: z.object({ path: z.string() }).passthrough().optional(),
	})
	.passthrough();

/**
 * What a pipeline is made of, as a client sends it. Settings that are not named here are kept and
 * given back as they came: a client that compares what it sent with what it reads must find no
 * difference.
 */
export const pipelineSpecSchema = z
	.object({
		name: z.string().min(1),
		catalog: z.string().optional(),
		schema: z.string().optional(),
		target: z.string().optional(),
		serverless: z.boolean().optional(),
		continuous: z.boolean().optional(),
		development: z.boolean().optional(),
		configuration: z.record(z.string()).optional(),
		libraries: z.array(librarySchema).optional(),
		clusters: z.array(z.unknown()).optional(),
		run_as: z
			.object({ user_name: z.string().optional(), service_principal_name: z.string().optional() })
			.passthrough()
			.optional(),
	})
	.passthrough();
export type PipelineSpec = z.output<typeof pipelineSpecSchema>;

/** Only of the request, not of the pipeline. */
const requestOnly = ['allow_duplicate_names', 'dry_run', 'expected_last_modified', 'id'];

/**
 * The spec that is kept. Throws ApiError 400 for what the service refuses and 501 for kinds of
 * pipelines that this workspace does not run.
 */
export function checkedSpec(request: PipelineSpec): PipelineSpec {
	if (request.dry_run === true) throw notImplemented('the dry run of a pipeline creation');
	for (const key of ['ingestion_definition', 'gateway_definition']) {
		if (request[key] !== undefined) throw notImplemented(`pipelines with ${key}`);
	}
	if (request.serverless === true && (request.clusters?.length ?? 0) > 0) {
		throw invalidParameter('You cannot provide cluster settings when using serverless compute.');
	}
	if (request.schema !== undefined && request.target !== undefined) {
		throw invalidParameter('A pipeline cannot have both "schema" and "target".');
	}
	const target = request.target ?? request.schema;
	if (target !== undefined && !/^\w+$/.test(target)) {
		throw invalidParameter(
			`CreatePipeline target_schema_name "${target}" is not a valid name. Valid names must contain only alphanumeric characters and underscores, and cannot contain spaces, periods, forward slashes, or control characters.`,
		);
	}
	const kept = Object.entries(request).filter(([key]) => !requestOnly.includes(key));
	return pipelineSpecSchema.parse(Object.fromEntries(kept));
}
