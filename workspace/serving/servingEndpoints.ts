import { z } from 'zod';
import { ApiError, invalidParameter, notFound, notImplemented } from '../apiError';
import { newUuid } from '../ids';
import type { LocalWorkspace, Principal } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { scorable } from './forecaster';
import { modelRegistryOf } from './modelRegistry';
import type { ScorableModel } from './scoring';

const servedEntitySchema = z
	.object({
		name: z.string().optional(),
		entity_name: z.string().optional(),
		entity_version: z.string().optional(),
	})
	.passthrough();
type ServedEntity = z.output<typeof servedEntitySchema>;

/** What an endpoint serves. Settings that are not named here are kept and given back. */
export const endpointConfigSchema = z
	.object({
		served_entities: z.array(servedEntitySchema).default([]),
		traffic_config: z
			.object({
				routes: z.array(
					z
						.object({ served_model_name: z.string().optional(), traffic_percentage: z.number() })
						.passthrough(),
				),
			})
			.optional(),
	})
	.passthrough();
export type EndpointConfig = z.output<typeof endpointConfigSchema>;

export const newEndpointSchema = z
	.object({ name: z.string().min(1), config: endpointConfigSchema.optional() })
	.passthrough();
export const tagChangeSchema = z.object({
	add_tags: z.array(z.object({ key: z.string(), value: z.string().optional() })).default([]),
	delete_tags: z.array(z.string()).default([]),
});

const endpointSchema = z.object({
	id: z.string(),
	name: z.string(),
	creatorName: z.string(),
	createdAtMs: z.number(),
	updatedAtMs: z.number(),
	/** Description, tags and other settings, given back as they came. */
	settings: z.record(z.string(), z.unknown()),
	config: endpointConfigSchema.optional(),
	/** Replaces `config` when its time has come. */
	pending: z.object({ config: endpointConfigSchema, readyAtMs: z.number() }).optional(),
});
type Endpoint = z.output<typeof endpointSchema>;

/** A served model together with the name that the answer's header carries. */
export interface ServedModel {
	name: string;
	model: ScorableModel;
}

/** Model serving endpoints. An update takes `pace.endpointStartMs`; what was served goes on until then. */
class ServingEndpoints {
	private readonly endpoints: Collection<Endpoint>;

	constructor(private readonly workspace: LocalWorkspace) {
		const { documents } = workspace.lakehouse;
		this.endpoints = new Collection(documents, 'servingEndpoint', endpointSchema);
	}

	load(): Promise<void> {
		return this.endpoints.load();
	}

	/** Throws ApiError 400 when the name is taken or malformed, 404 for a version that is not there. */
	async create(
		{ name, config, ...settings }: z.output<typeof newEndpointSchema>,
		{ userName }: Principal,
	): Promise<Endpoint> {
		if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name)) {
			throw invalidParameter(
				`Endpoint name '${name}' is invalid: letters, digits, '-' and '_', at most 63.`,
			);
		}
		if (this.endpoints.get(name)) {
			throw new ApiError(
				400,
				'RESOURCE_ALREADY_EXISTS',
				`Endpoint with name '${name}' already exists.`,
			);
		}
		const nowMs = this.workspace.clock.now();
		const endpoint: Endpoint = {
			id: newUuid().replaceAll('-', ''),
			name,
			creatorName: userName,
			createdAtMs: nowMs,
			updatedAtMs: nowMs,
			settings,
			...(config === undefined ? {} : { pending: this.pending(config) }),
		};
		await this.endpoints.put(name, endpoint);
		return this.get(name);
	}

	/** Throws ApiError 404. */
	get(name: string): Endpoint {
		const endpoint = this.endpoints.get(name);
		if (!endpoint) throw notFound(`Endpoint with name '${name}' does not exist.`);
		return this.settled(endpoint);
	}

	/** Permissions know an endpoint by its id. */
	byId(id: string): Endpoint | undefined {
		return this.endpoints.values().find((endpoint) => endpoint.id === id);
	}

	/** By name. */
	list(): Endpoint[] {
		return this.endpoints
			.values()
			.map((endpoint) => this.settled(endpoint))
			.sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	/** Throws ApiError 404 for the endpoint or a version that is not there, 409 during an update. */
	async updateConfig(name: string, config: EndpointConfig): Promise<Endpoint> {
		const endpoint = this.get(name);
		if (endpoint.pending) {
			throw new ApiError(
				409,
				'RESOURCE_CONFLICT',
				`Endpoint '${name}' is being updated. Wait until its config_update is NOT_UPDATING.`,
			);
		}
		const updatedAtMs = this.workspace.clock.now();
		await this.endpoints.put(name, { ...endpoint, updatedAtMs, pending: this.pending(config) });
		return this.get(name);
	}

	/** Throws ApiError 404. */
	async changeTags(
		name: string,
		{ add_tags: added, delete_tags: deleted }: z.output<typeof tagChangeSchema>,
	): Promise<z.output<typeof tagChangeSchema>['add_tags']> {
		const endpoint = this.get(name);
		const replaced = new Set([...deleted, ...added.map(({ key }) => key)]);
		const before = tagChangeSchema.shape.add_tags.parse(endpoint.settings.tags ?? []);
		const tags = [...before.filter(({ key }) => !replaced.has(key)), ...added];
		await this.endpoints.put(name, { ...endpoint, settings: { ...endpoint.settings, tags } });
		return tags;
	}

	/** Throws ApiError 404. */
	async delete(name: string): Promise<void> {
		this.get(name);
		await this.endpoints.delete(name);
	}

	/** Resolves when the endpoint is not being updated any more. Throws ApiError 404. */
	async settledUpdate(name: string, signal: AbortSignal): Promise<Endpoint> {
		const { clock } = this.workspace;
		let endpoint = this.get(name);
		while (endpoint.pending) {
			await clock.sleep(endpoint.pending.readyAtMs - clock.now(), signal);
			endpoint = this.get(name);
		}
		return endpoint;
	}

	/** What answers a request now; `undefined` while nothing is deployed or the endpoint is missing. */
	served(name: string): ServedModel | undefined {
		const endpoint = this.endpoints.get(name);
		const config = endpoint && this.settled(endpoint).config;
		const [entity] = config?.served_entities ?? [];
		if (!entity) return undefined;
		const { entity_name: model = '', entity_version: version = '' } = entity;
		const { artifact } = modelRegistryOf(this.workspace).version(model, Number(version));
		return { name: servedName(entity), model: scorable(artifact) };
	}

	/** As it is by now: a pending configuration has moved in when its time has come. */
	private settled(endpoint: Endpoint): Endpoint {
		const { pending, ...rest } = endpoint;
		if (!pending || pending.readyAtMs > this.workspace.clock.now()) return endpoint;
		return { ...rest, config: pending.config };
	}

	private pending(config: EndpointConfig): NonNullable<Endpoint['pending']> {
		if (config.served_entities.length > 1) {
			throw notImplemented('endpoints that split their traffic between several models');
		}
		for (const entity of config.served_entities) this.checkEntity(entity);
		const routes = config.served_entities.map((entity) => ({
			served_model_name: servedName(entity),
			traffic_percentage: 100,
		}));
		return {
			config: {
				...config,
				served_entities: config.served_entities.map((entity) => ({
					...entity,
					name: servedName(entity),
				})),
				traffic_config: config.traffic_config ?? { routes },
			},
			readyAtMs: this.workspace.clock.now() + this.workspace.pace.endpointStartMs,
		};
	}

	/** Throws ApiError: 404 for a model or version that is not there, 501 for what is no own model. */
	private checkEntity(entity: ServedEntity): void {
		const { entity_name: model, entity_version: version } = entity;
		if (model === undefined || !/^[1-9]\d*$/.test(version ?? '')) {
			throw notImplemented('serving of anything but versions of registered models');
		}
		modelRegistryOf(this.workspace).version(model, Number(version));
	}
}

export const servingEndpointsOf = perWorkspace((workspace) => new ServingEndpoints(workspace));

/** The name given, or model and version, as the service makes it. */
function servedName({ name, entity_name: model = '', entity_version: version }: ServedEntity) {
	return name ?? `${model.split('.').pop()}-${version}`;
}

/** As the service shows an endpoint. */
export function endpointInfo(endpoint: Endpoint): Record<string, unknown> {
	const { config, pending, settings } = endpoint;
	const version = (shown: EndpointConfig, deployment: string): Record<string, unknown> => ({
		...shown,
		served_entities: shown.served_entities.map((entity) => ({
			...entity,
			creation_timestamp: endpoint.updatedAtMs,
			creator: endpoint.creatorName,
			state: { deployment, deployment_state_message: '' },
		})),
	});
	return {
		...settings,
		...(config === undefined ? {} : { config: version(config, 'DEPLOYMENT_READY') }),
		...(pending === undefined
			? {}
			: { pending_config: version(pending.config, 'DEPLOYMENT_CREATING') }),
		creation_timestamp: endpoint.createdAtMs,
		creator: endpoint.creatorName,
		description: settings.description ?? '',
		id: endpoint.id,
		last_updated_timestamp: endpoint.updatedAtMs,
		name: endpoint.name,
		permission_level: 'CAN_MANAGE',
		route_optimized: settings.route_optimized ?? false,
		state: {
			config_update: pending === undefined ? 'NOT_UPDATING' : 'IN_PROGRESS',
			ready: config === undefined ? 'NOT_READY' : 'READY',
		},
	};
}
