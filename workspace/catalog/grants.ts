import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter, notFound } from '../apiError';
import { json, readBody, type Env } from '../env';
import type { LocalWorkspace } from '../localWorkspace';
import { modelRegistryOf } from '../serving/modelRegistry';
import { asApi } from './requests';

const privileges = new Set(
	`ACCESS ALL_PRIVILEGES APPLY_TAG BROWSE CREATE_CATALOG CREATE_CONNECTION CREATE_EXTERNAL_LOCATION
	CREATE_EXTERNAL_TABLE CREATE_EXTERNAL_VOLUME CREATE_FOREIGN_CATALOG CREATE_FOREIGN_SECURABLE
	CREATE_FUNCTION CREATE_MANAGED_STORAGE CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_MODEL_VERSION
	CREATE_SCHEMA CREATE_TABLE CREATE_VIEW CREATE_VOLUME EXECUTE EXTERNAL_USE_LOCATION
	EXTERNAL_USE_SCHEMA MANAGE MODIFY READ_FILES READ_VOLUME REFRESH SELECT USAGE USE_CATALOG
	USE_CONNECTION USE_SCHEMA WRITE_FILES WRITE_VOLUME`.split(/\s+/),
);

const changesSchema = z.object({
	changes: z
		.array(
			z.object({
				principal: z.string(),
				add: z.array(z.string()).default([]),
				remove: z.array(z.string()).default([]),
			}),
		)
		.default([]),
});

/** Grants: kept and given back; enforced only for the tables that flows of pipelines read. */
export function registerGrantRoutes(app: Hono<Env>, root: string): void {
	app.get(`${root}/permissions/:type/:fullName`, async (context) => {
		const { kind, fullName, lakehouse } = await securableOf(context);
		const principal = context.req.query('principal');
		const grants = await lakehouse.grants.get(kind, fullName);
		return json({
			privilege_assignments: grants.filter(
				(grant) => principal === undefined || grant.principal === principal,
			),
		});
	});

	app.patch(`${root}/permissions/:type/:fullName`, async (context) => {
		const { kind, fullName, lakehouse } = await securableOf(context);
		const { changes } = await readBody(context, changesSchema);
		const named = changes.map(({ principal, add, remove }) => ({
			principal,
			add: add.map(privilege),
			remove: remove.map(privilege),
		}));
		return json({
			privilege_assignments: await asApi(lakehouse.grants.change(kind, fullName, named)),
		});
	});
}

function privilege(name: string): string {
	const normalised = name.toUpperCase().replaceAll(' ', '_');
	if (privileges.has(normalised)) return normalised;
	throw invalidParameter(`Privilege ${name} is not applicable to this entity.`);
}

async function securableOf(context: Context<Env>) {
	const workspace = context.get('workspace');
	const { lakehouse } = workspace;
	const type = (context.req.param('type') ?? '').toUpperCase();
	// A registered model is a function to Unity Catalog: one list of grants under both names.
	const kind = type === 'REGISTERED_MODEL' ? 'FUNCTION' : type;
	const fullName = context.req.param('fullName') ?? '';
	if (!(await exists(workspace, kind, fullName))) {
		throw notFound(`${kind} '${fullName}' does not exist.`, `${kind}_DOES_NOT_EXIST`);
	}
	return { kind, fullName, lakehouse };
}

async function exists(workspace: LocalWorkspace, kind: string, fullName: string): Promise<boolean> {
	const { lakehouse } = workspace;
	const [first = '', second = '', third = ''] = fullName.split('.');
	switch (kind) {
		case 'CATALOG':
			return (await lakehouse.catalogs.get(fullName)) !== undefined;
		case 'SCHEMA':
			return (await lakehouse.schemas.get(first, second)) !== undefined;
		case 'TABLE':
			return (await lakehouse.tables.get(first, second, third)) !== undefined;
		case 'VOLUME':
			return (await lakehouse.volumes.get(first, second, third)) !== undefined;
		case 'FUNCTION':
			if (modelRegistryOf(workspace).find(fullName) !== undefined) return true;
			return await lakehouse.functions.exists(first, second, third);
		default:
			throw invalidParameter(`Securable type ${kind} is not known here.`);
	}
}
