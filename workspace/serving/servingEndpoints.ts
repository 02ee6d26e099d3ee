import { z } from 'zod';
import { ApiError, invalidParameter, notFound } from '../apiError';
import { newUuid } from '../ids';
import type { LocalWorkspace, Principal } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import {
	checkedConfig,
	endpointConfigSchema,
	servedName,
	trafficOf,
	type EndpointConfig,
	type ServedEntity,
} from './endpointConfig';
import { EndpointLoad, rateLimitSchema, type RateLimit } from './endpointLoad';
import { scorable } from './forecaster';
import { languageModel, type LanguageModel } from './languageModels';
import { modelRegistryOf } from './modelRegistry';
import type { ScorableModel } from './scoring';

export const aiGatewaySchema = z
	.object({ rate_limits: z.array(rateLimitSchema).optional() })
	.passthrough();
export const rateLimitsSchema = z.object({ rate_limits: z.array(rateLimitSchema).default([]) });
export const newEndpointSchema = z
	.object({
		name: z.string().min(1),
		config: endpointConfigSchema.optional(),
		route_optimized: z.boolean().optional(),
		rate_limits: z.array(rateLimitSchema).optional(),
		ai_gateway: aiGatewaySchema.optional(),
	})
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
	settings: z
		.object({
			route_optimized: z.boolean().optional(),
			rate_limits: z.array(rateLimitSchema).optional(),
			ai_gateway: aiGatewaySchema.optional(),
		})
		.passthrough(),
	config: endpointConfigSchema.optional(),
	/** Replaces `config` when its time has come. */
	pending: z.object({ config: endpointConfigSchema, readyAtMs: z.number() }).optional(),
});
export type Endpoint = z.output<typeof endpointSchema>;

/** A served model together with the name that the answer's header carries. */
export type ServedModel =
	| { kind: 'custom'; name: string; model: ScorableModel }
	| { kind: 'language'; name: string; model: LanguageModel };

/** Model serving endpoints. An update takes `pace.endpointStartMs`; what was served goes on until then. */
class ServingEndpoints {
	private readonly endpoints: Collection<Endpoint>;
	private readonly loads = new Map<string, { load: EndpointLoad; sinceMs: number }>();

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

	find(name: string): Endpoint | undefined {
		return this.endpoints.get(name);
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

	/** What an endpoint of that name serves now: nothing while nothing is deployed. */
	served(name: string): ServedModel[] {
		const endpoint = this.endpoints.get(name);
		const config = endpoint && this.settled(endpoint).config;
		return (config?.served_entities ?? []).map((entity) => this.servedModel(entity));
	}

	/**
	 * What answers a request: the one that is named, else by the shares of the traffic. Counts the
	 * request and holds it until a replica is up. Throws ApiError: 429 over a rate limit, 404 when
	 * nothing is deployed, 504 when it does not start in time.
	 */
	async answering(
		name: string,
		{ userName }: Principal,
		signal: AbortSignal,
		only?: string,
	): Promise<ServedModel> {
		const found = this.endpoints.get(name);
		const endpoint = found && this.settled(found);
		const config = endpoint?.config;
		if (endpoint === undefined || config === undefined) throw nothingDeployed();
		const load = this.loadOf(endpoint);
		load.count(rateLimitsOf(endpoint), userName);
		const chosen = only ?? load.turnOf(trafficOf(config));
		const entity = config.served_entities.find((each) => servedName(each) === chosen);
		if (entity === undefined) throw nothingDeployed();
		if (entity.scale_to_zero_enabled === true) {
			const { pace, limits } = this.workspace;
			await load.wake(pace.endpointColdStartMs, limits.servingMs, signal);
		}
		return this.servedModel(entity);
	}

	/** Whether the replicas of an endpoint run. */
	powerOf(endpoint: Endpoint): EndpointLoad['power'] {
		return this.loadOf(endpoint).power;
	}

	/** Replaces the limits of calls. Throws ApiError 404. */
	async limit(
		name: string,
		change: Pick<Endpoint['settings'], 'rate_limits' | 'ai_gateway'>,
	): Promise<void> {
		const endpoint = this.get(name);
		await this.endpoints.put(name, { ...endpoint, settings: { ...endpoint.settings, ...change } });
	}

	/** A new configuration begins with its replicas up. */
	private loadOf({ id, updatedAtMs: sinceMs }: Endpoint): EndpointLoad {
		const known = this.loads.get(id);
		if (known?.sinceMs === sinceMs) return known.load;
		const load = new EndpointLoad(this.workspace.clock, sinceMs);
		this.loads.set(id, { load, sinceMs });
		return load;
	}

	private servedModel(entity: ServedEntity): ServedModel {
		const { entity_name: model = '', entity_version: version = '' } = entity;
		const name = servedName(entity);
		const own = languageModel(model);
		if (own !== undefined) return { kind: 'language', name, model: own };
		const { artifact } = modelRegistryOf(this.workspace).version(model, Number(version));
		return { kind: 'custom', name, model: scorable(artifact) };
	}

	/** As it is by now: a pending configuration has moved in when its time has come. */
	private settled(endpoint: Endpoint): Endpoint {
		const { pending, ...rest } = endpoint;
		if (!pending || pending.readyAtMs > this.workspace.clock.now()) return endpoint;
		return { ...rest, config: pending.config };
	}

	private pending(config: EndpointConfig): NonNullable<Endpoint['pending']> {
		return {
			config: checkedConfig(this.workspace, config),
			readyAtMs: this.workspace.clock.now() + this.workspace.pace.endpointStartMs,
		};
	}
}

export const servingEndpointsOf = perWorkspace((workspace) => new ServingEndpoints(workspace));

/** Limits of the gateway come before those that its predecessor set. */
function rateLimitsOf({ settings }: Endpoint): readonly RateLimit[] {
	return settings.ai_gateway?.rate_limits ?? settings.rate_limits ?? [];
}

function nothingDeployed(): ApiError {
	return new ApiError(
		404,
		'ENDPOINT_NOT_FOUND',
		'The given endpoint does not exist, please retry after checking the specified model and version deployment exists.',
	);
}
