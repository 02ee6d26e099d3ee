import type { Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter } from '../apiError';
import { json, readBody, readQuery, type Env } from '../env';
import {
	fullNameOf,
	modelChangeSchema,
	modelRegistryOf,
	newModelSchema,
	type ModelVersion,
	type RegisteredModel,
} from './modelRegistry';

const root = '/api/2.1/unity-catalog/models';
const listQuerySchema = z.object({
	catalog_name: z.string().optional(),
	schema_name: z.string().optional(),
});
const aliasBodySchema = z.object({ version_num: z.number().int().positive() });

/**
 * Registered models of Unity Catalog. A version comes from a training task: there is no upload of
 * model files here.
 */
export function registerModelRoutes(app: Hono<Env>): void {
	app.get(root, (context) => {
		const { catalog_name: catalog, schema_name: schema } = readQuery(context, listQuerySchema);
		const models = modelRegistryOf(context.get('workspace')).list(catalog, schema);
		return json(models.length === 0 ? {} : { registered_models: models.map(modelInfo) });
	});
	app.post(root, async (context) => {
		const settings = await readBody(context, newModelSchema);
		const registry = modelRegistryOf(context.get('workspace'));
		return json(modelInfo(await registry.create(settings, context.get('principal'))));
	});
	app.get(`${root}/:name`, (context) => {
		const model = modelRegistryOf(context.get('workspace')).get(context.req.param('name'));
		const aliases = context.req.query('include_aliases') === 'true' ? aliasesOf(model) : {};
		return json({ ...modelInfo(model), ...aliases });
	});
	app.patch(`${root}/:name`, async (context) => {
		const change = await readBody(context, modelChangeSchema);
		const registry = modelRegistryOf(context.get('workspace'));
		const name = context.req.param('name');
		return json(modelInfo(await registry.update(name, change, context.get('principal'))));
	});
	app.delete(`${root}/:name`, async (context) => {
		await modelRegistryOf(context.get('workspace')).delete(context.req.param('name'));
		return json({});
	});

	app.get(`${root}/:name/versions`, (context) => {
		const registry = modelRegistryOf(context.get('workspace'));
		const model = registry.get(context.req.param('name'));
		const versions = registry.versionsOf(context.req.param('name'));
		return json(
			versions.length === 0
				? {}
				: { model_versions: versions.map((version) => versionInfo(model, version)) },
		);
	});
	app.get(`${root}/:name/versions/:version`, (context) => {
		const { name, version } = context.req.param();
		const registry = modelRegistryOf(context.get('workspace'));
		return json(versionInfo(registry.get(name), registry.version(name, versionNumber(version))));
	});
	app.delete(`${root}/:name/versions/:version`, async (context) => {
		const { name, version } = context.req.param();
		const registry = modelRegistryOf(context.get('workspace'));
		await registry.deleteVersion(name, versionNumber(version));
		return json({});
	});

	app.get(`${root}/:name/aliases/:alias`, (context) => {
		const { name, alias } = context.req.param();
		const registry = modelRegistryOf(context.get('workspace'));
		return json(versionInfo(registry.get(name), registry.versionByAlias(name, alias)));
	});
	app.put(`${root}/:name/aliases/:alias`, async (context) => {
		const { name, alias } = context.req.param();
		const { version_num: version } = await readBody(context, aliasBodySchema);
		await modelRegistryOf(context.get('workspace')).setAlias(name, alias, version);
		return json({ alias_name: alias, version_num: version });
	});
	app.delete(`${root}/:name/aliases/:alias`, async (context) => {
		const { name, alias } = context.req.param();
		await modelRegistryOf(context.get('workspace')).deleteAlias(name, alias);
		return json({});
	});
}

function versionNumber(text: string): number {
	if (!/^[1-9]\d*$/.test(text)) throw invalidParameter(`Version '${text}' is no whole number.`);
	return Number(text);
}

/** As the service shows a registered model; `undefined` members are left out. */
function modelInfo(model: RegisteredModel): Record<string, unknown> {
	return {
		catalog_name: model.catalogName,
		comment: model.comment,
		created_at: model.createdAtMs,
		created_by: model.createdBy,
		full_name: fullNameOf(model),
		name: model.name,
		owner: model.owner,
		schema_name: model.schemaName,
		updated_at: model.updatedAtMs,
		updated_by: model.updatedBy,
	};
}

function versionInfo(model: RegisteredModel, version: ModelVersion): Record<string, unknown> {
	return {
		model_name: model.name,
		catalog_name: model.catalogName,
		schema_name: model.schemaName,
		version: version.version,
		comment: version.comment,
		id: version.id,
		run_id: version.runId,
		status: 'READY',
		created_at: version.createdAtMs,
		created_by: version.createdBy,
		updated_at: version.updatedAtMs,
		updated_by: version.updatedBy,
		...aliasesOf(model, version.version),
	};
}

function aliasesOf(model: RegisteredModel, only?: number): Record<string, unknown> {
	const aliases = Object.entries(model.aliases)
		.filter(([, version]) => only === undefined || version === only)
		.map(([alias, version]) => ({ alias_name: alias, version_num: version }));
	return aliases.length === 0 ? {} : { aliases };
}
