import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { taskOfLanguageModel, type LanguageTask } from './languageModels';
import { modelRegistryOf } from './modelRegistry';

const servedEntitySchema = z
	.object({
		name: z.string().optional(),
		entity_name: z.string().optional(),
		entity_version: z.string().optional(),
		scale_to_zero_enabled: z.boolean().optional(),
	})
	.passthrough();
export type ServedEntity = z.output<typeof servedEntitySchema>;

/** What an endpoint serves. Settings that are not named here are kept and given back. */
export const endpointConfigSchema = z
	.object({
		served_entities: z.array(servedEntitySchema).default([]),
		traffic_config: z
			.object({
				routes: z.array(
					z
						.object({
							served_model_name: z.string().optional(),
							traffic_percentage: z.number().int().min(0).max(100),
						})
						.passthrough(),
				),
			})
			.optional(),
	})
	.passthrough();
export type EndpointConfig = z.output<typeof endpointConfigSchema>;

/** The name given, or model and version, as the service makes it. */
export function servedName({
	name,
	entity_name: model = '',
	entity_version: version,
}: ServedEntity) {
	return name ?? [model.split('.').pop(), version].filter(Boolean).join('-');
}

/** The task of an endpoint of language models; models of one's own have none. */
export function taskOf(config: EndpointConfig | undefined): LanguageTask | undefined {
	return taskOfLanguageModel(config?.served_entities[0]?.entity_name ?? '');
}

/** Served model → the percentage of requests it gets. */
export function trafficOf(config: EndpointConfig): Map<string, number> {
	const routes = config.traffic_config?.routes ?? [];
	return new Map(routes.map((route) => [route.served_model_name ?? '', route.traffic_percentage]));
}

/**
 * The configuration with names and traffic filled in. Throws ApiError: 404 for a model or version that
 * is not there, 400 for traffic that does not add up, 501 for what cannot be served here.
 */
export function checkedConfig(workspace: LocalWorkspace, config: EndpointConfig): EndpointConfig {
	for (const entity of config.served_entities) checkEntity(workspace, entity);
	const tasks = new Set(
		config.served_entities.map(({ entity_name: name = '' }) => taskOfLanguageModel(name)),
	);
	if (tasks.size > 1) throw invalidParameter('All served entities must have the same task type.');
	const entities = config.served_entities.map((entity) => ({
		...entity,
		name: servedName(entity),
	}));
	const names = entities.map(({ name }) => name);
	if (new Set(names).size < names.length) {
		throw invalidParameter(`Served entity names must be unique, got ${names.join(', ')}.`);
	}
	return {
		...config,
		served_entities: entities,
		traffic_config: checkedTraffic(names, config.traffic_config),
	};
}

function checkedTraffic(
	names: string[],
	given: EndpointConfig['traffic_config'],
): NonNullable<EndpointConfig['traffic_config']> {
	if (given === undefined) {
		if (names.length > 1) {
			throw invalidParameter('Several served entities need a traffic_config with their routes.');
		}
		const routes = names.map((name) => ({ served_model_name: name, traffic_percentage: 100 }));
		return { routes };
	}
	const unknown = given.routes.find(({ served_model_name: name = '' }) => !names.includes(name));
	if (unknown !== undefined) {
		throw invalidParameter(
			`The traffic_config routes to '${unknown.served_model_name}', which is not served.`,
		);
	}
	const total = given.routes.reduce((sum, { traffic_percentage: part }) => sum + part, 0);
	if (names.length > 0 && total !== 100) {
		throw invalidParameter(`The traffic percentages must add up to 100, got ${total}.`);
	}
	return given;
}

function checkEntity(workspace: LocalWorkspace, entity: ServedEntity): void {
	const { entity_name: model, entity_version: version } = entity;
	if (taskOfLanguageModel(model ?? '') !== undefined) return;
	if (model === undefined || !/^[1-9]\d*$/.test(version ?? '')) {
		throw notImplemented(
			'serving of anything but versions of registered models, and of its own system.ai.local_chat, local_completions and local_embeddings',
		);
	}
	modelRegistryOf(workspace).version(model, Number(version));
}
