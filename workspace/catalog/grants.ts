import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter, notFound } from '../apiError';
import { json, readBody, type Env } from '../env';
import type { Lakehouse } from '../delta/lakehouse';
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
		const existing = await lakehouse.grants.get(kind, fullName);
		const complete = changes.map(({ principal, add, remove }) => {
			const [added, removed] = [add, remove].map((names) => names.map(privilege));
			const held = existing.find((grant) => grant.principal === principal)?.privileges ?? [];
			// Taking ALL_PRIVILEGES away takes each of them: so the CLI sets grants in one request.
			const all = removed?.includes('ALL_PRIVILEGES') === true;
			const gone = all ? held.filter((name) => added?.includes(name) !== true) : removed;
			return { principal, add: added, remove: gone };
		});
		return json({
			privilege_assignments: await asApi(lakehouse.grants.change(kind, fullName, complete)),
		});
	});
}

function privilege(name: string): string {
	const normalised = name.toUpperCase().replaceAll(' ', '_');
	if (privileges.has(normalised)) return normalised;
	throw invalidParameter(`Privilege ${name} is not applicable to this entity.`);
}

async function securableOf(context: Context<Env>) {
	const { lakehouse } = context.get('workspace');
	const kind = (context.req.param('type') ?? '').toUpperCase();
	const fullName = context.req.param('fullName') ?? '';
	if (!(await exists(lakehouse, kind, fullName))) {
		throw notFound(`${kind} '${fullName}' does not exist.`, `${kind}_DOES_NOT_EXIST`);
	}
	return { kind, fullName, lakehouse };
}

/** Models are looked up where they live, by those who register them: here they are believed. */
async function exists(lakehouse: Lakehouse, kind: string, fullName: string): Promise<boolean> {
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
		case 'REGISTERED_MODEL':
			return true;
		default:
			throw invalidParameter(`Securable type ${kind} is not known here.`);
	}
}
