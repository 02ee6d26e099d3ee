import type { Context, Hono } from 'hono';
import { json, pathAfter, readBody, type Env } from '../env';
import { accessControlListSchema, objectPermissionsOf } from './objectPermissions';

const root = '/api/2.0/permissions';

/** Permissions of workspace objects; the kind may have two segments, as `sql/warehouses`. */
export function registerPermissionRoutes(app: Hono<Env>): void {
	app.get(`${root}/*`, (context) => {
		const { kind, id } = objectOf(context);
		return json(objectPermissionsOf(context.get('workspace')).get(kind, id));
	});
	app.put(`${root}/*`, async (context) => {
		const { kind, id } = objectOf(context);
		const { access_control_list: entries } = await readBody(context, accessControlListSchema);
		const permissions = objectPermissionsOf(context.get('workspace'));
		return json(await permissions.set(kind, id, entries));
	});
	app.patch(`${root}/*`, async (context) => {
		const { kind, id } = objectOf(context);
		const { access_control_list: entries } = await readBody(context, accessControlListSchema);
		const permissions = objectPermissionsOf(context.get('workspace'));
		return json(await permissions.update(kind, id, entries));
	});
}

function objectOf(context: Context<Env>) {
	const segments = pathAfter(context, root).split('/');
	const id = segments.pop() ?? '';
	return { kind: segments.join('/'), id };
}
