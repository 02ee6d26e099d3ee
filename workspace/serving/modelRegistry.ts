import { z } from 'zod';
import { ApiError, invalidParameter, notFound } from '../apiError';
import { newUuid } from '../ids';
import type { LocalWorkspace, Principal } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { forecasterSchema } from './forecaster';

export const newModelSchema = z.object({
	catalog_name: z.string().min(1),
	schema_name: z.string().min(1),
	name: z.string().min(1),
	comment: z.string().optional(),
});
export const modelChangeSchema = z.object({
	comment: z.string().optional(),
	owner: z.string().optional(),
	new_name: z.string().optional(),
});

const stampsSchema = z.object({
	createdAtMs: z.number(),
	createdBy: z.string(),
	updatedAtMs: z.number(),
	updatedBy: z.string(),
});
const modelSchema = stampsSchema.extend({
	id: z.string(),
	catalogName: z.string(),
	schemaName: z.string(),
	name: z.string(),
	comment: z.string().optional(),
	owner: z.string(),
	lastVersion: z.number(),
	/** Alias to version. */
	aliases: z.record(z.string(), z.number()),
});
export type RegisteredModel = z.output<typeof modelSchema>;

const versionSchema = stampsSchema.extend({
	id: z.string(),
	version: z.number(),
	comment: z.string().optional(),
	runId: z.string(),
	metrics: z.record(z.string(), z.number()),
	params: z.record(z.string(), z.string()),
	artifact: forecasterSchema,
});
export type ModelVersion = z.output<typeof versionSchema>;

/** What a training run leaves behind. */
export type TrainedModel = Pick<
	ModelVersion,
	'artifact' | 'metrics' | 'params' | 'runId' | 'comment'
>;

/** Registered models of Unity Catalog, their versions and aliases. Names are kept in lower case. */
class ModelRegistry {
	private readonly models: Collection<RegisteredModel>;
	private readonly versions: Collection<ModelVersion>;

	constructor(private readonly workspace: LocalWorkspace) {
		const { documents } = workspace.lakehouse;
		this.models = new Collection(documents, 'registeredModel', modelSchema);
		this.versions = new Collection(documents, 'modelVersion', versionSchema);
	}

	async load(): Promise<void> {
		await this.models.load();
		await this.versions.load();
	}

	/** Throws ApiError 404 without the schema, 409 when the name is taken. */
	async create(
		settings: z.output<typeof newModelSchema>,
		{ userName }: Principal,
	): Promise<RegisteredModel> {
		const [catalogName, schemaName, name] = [
			settings.catalog_name,
			settings.schema_name,
			settings.name,
		].map((part) => part.toLowerCase());
		if (catalogName === undefined || schemaName === undefined || name === undefined) {
			throw invalidParameter('A registered model has a catalog, a schema and a name.');
		}
		if ((await this.workspace.lakehouse.schemas.get(catalogName, schemaName)) === undefined) {
			throw notFound(
				`Schema '${catalogName}.${schemaName}' does not exist.`,
				'SCHEMA_DOES_NOT_EXIST',
			);
		}
		const fullName = `${catalogName}.${schemaName}.${name}`;
		if (this.models.get(fullName)) {
			throw new ApiError(
				409,
				'RESOURCE_ALREADY_EXISTS',
				`Function or Model '${fullName}' already exists`,
			);
		}
		const model: RegisteredModel = {
			...this.stamps(userName),
			id: newUuid(),
			catalogName,
			schemaName,
			name,
			...(settings.comment === undefined ? {} : { comment: settings.comment }),
			owner: userName,
			lastVersion: 0,
			aliases: {},
		};
		await this.models.put(fullName, model);
		return model;
	}

	find(fullName: string): RegisteredModel | undefined {
		return this.models.get(fullName.toLowerCase());
	}

	/** Throws ApiError 404. */
	get(fullName: string): RegisteredModel {
		const model = this.find(fullName);
		if (!model) throw notFound(`Registered model '${fullName}' does not exist.`);
		return model;
	}

	/** By full name; of one schema when it is named. */
	list(catalogName?: string, schemaName?: string): RegisteredModel[] {
		return this.models
			.values()
			.filter(
				(model) =>
					(catalogName === undefined || model.catalogName === catalogName.toLowerCase()) &&
					(schemaName === undefined || model.schemaName === schemaName.toLowerCase()),
			)
			.sort((a, b) => (fullNameOf(a) < fullNameOf(b) ? -1 : 1));
	}

	/** Throws ApiError 404, and 501 for a new name. */
	async update(
		fullName: string,
		change: z.output<typeof modelChangeSchema>,
		{ userName }: Principal,
	): Promise<RegisteredModel> {
		const model = this.get(fullName);
		if (change.new_name !== undefined && change.new_name !== model.name) {
			throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace does not rename models.');
		}
		const changed = {
			...model,
			...(change.comment === undefined ? {} : { comment: change.comment }),
			...(change.owner === undefined ? {} : { owner: change.owner }),
			updatedAtMs: this.workspace.clock.now(),
			updatedBy: userName,
		};
		await this.models.put(fullNameOf(model), changed);
		return changed;
	}

	/** Deletes the model with its versions and grants. Throws ApiError 404. */
	async delete(fullName: string): Promise<void> {
		const model = this.get(fullName);
		for (const version of this.versionsOf(fullName))
			await this.deleteVersion(fullName, version.version);
		const { grants } = this.workspace.lakehouse;
		const held = await grants.get('FUNCTION', fullNameOf(model));
		const gone = held.map(({ principal }) => ({ principal, remove: ['ALL_PRIVILEGES'] }));
		if (gone.length > 0) await grants.change('FUNCTION', fullNameOf(model), gone);
		await this.models.delete(fullNameOf(model));
	}

	/** Registers a trained model as the next version. Throws ApiError 404. */
	async addVersion(
		fullName: string,
		trained: TrainedModel,
		{ userName }: Principal,
	): Promise<ModelVersion> {
		const model = this.get(fullName);
		const version = model.lastVersion + 1;
		const added = { ...trained, ...this.stamps(userName), id: newUuid(), version };
		await this.versions.put(versionKey(fullNameOf(model), version), added);
		await this.models.put(fullNameOf(model), { ...model, lastVersion: version });
		return added;
	}

	/** Newest first. Throws ApiError 404. */
	versionsOf(fullName: string): ModelVersion[] {
		const model = this.get(fullName);
		const found: ModelVersion[] = [];
		for (let number = model.lastVersion; number > 0; number--) {
			const version = this.versions.get(versionKey(fullNameOf(model), number));
			if (version) found.push(version);
		}
		return found;
	}

	/** Throws ApiError 404. */
	version(fullName: string, number: number): ModelVersion {
		const model = this.get(fullName);
		const version = this.versions.get(versionKey(fullNameOf(model), number));
		if (!version) throw notFound(`Model version '${fullName}' version ${number} does not exist.`);
		return version;
	}

	/** Throws ApiError 404. */
	async deleteVersion(fullName: string, number: number): Promise<void> {
		const model = this.get(fullName);
		this.version(fullName, number);
		const aliases = Object.entries(model.aliases).filter(([, version]) => version !== number);
		await this.models.put(fullNameOf(model), { ...model, aliases: Object.fromEntries(aliases) });
		await this.versions.delete(versionKey(fullNameOf(model), number));
	}

	/** The version that an alias names. Throws ApiError 404. */
	versionByAlias(fullName: string, alias: string): ModelVersion {
		const number = this.get(fullName).aliases[alias];
		if (number === undefined) {
			throw notFound(`Alias '${alias}' does not exist on registered model '${fullName}'.`);
		}
		return this.version(fullName, number);
	}

	/** Gives a version the alias, taking it from another. Throws ApiError 404. */
	async setAlias(fullName: string, alias: string, number: number): Promise<void> {
		this.version(fullName, number);
		const model = this.get(fullName);
		const aliases = { ...model.aliases, [alias]: number };
		await this.models.put(fullNameOf(model), { ...model, aliases });
	}

	/** Throws ApiError 404. */
	async deleteAlias(fullName: string, alias: string): Promise<void> {
		this.versionByAlias(fullName, alias);
		const model = this.get(fullName);
		const aliases = Object.entries(model.aliases).filter(([name]) => name !== alias);
		await this.models.put(fullNameOf(model), { ...model, aliases: Object.fromEntries(aliases) });
	}

	private stamps(userName: string): z.output<typeof stampsSchema> {
		const nowMs = this.workspace.clock.now();
		return { createdAtMs: nowMs, createdBy: userName, updatedAtMs: nowMs, updatedBy: userName };
	}
}

export const modelRegistryOf = perWorkspace((workspace) => new ModelRegistry(workspace));

export function fullNameOf(model: RegisteredModel): string {
	return `${model.catalogName}.${model.schemaName}.${model.name}`;
}

function versionKey(fullName: string, version: number): string {
	return `${fullName}/${version}`;
}
