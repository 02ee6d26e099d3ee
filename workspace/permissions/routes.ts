import type { Context, Hono } from 'hono';
import { json, pathAfter, readBody, type Env } from '../env';
import { notImplemented } from '../apiError';
import { accessControlListSchema, objectPermissionsOf } from './objectPermissions';

const root = '/api/2.0/permissions';

/** Permissions of workspace objects; the kind may have two segments, as `sql/warehouses`. */
export function registerPermissionRoutes(app: Hono<Env>): void {
	app.get(`${root}/*`, (context) => {
		const { kind, id, creatorName } = objectOf(context);
		return json(objectPermissionsOf(context.get('workspace')).get(kind, id, creatorName));
	});
	app.put(`${root}/*`, async (context) => {
		const { kind, id, creatorName } = objectOf(context);
		const { access_control_list: entries } = await readBody(context, accessControlListSchema);
		const permissions = objectPermissionsOf(context.get('workspace'));
		return json(await permissions.set(kind, id, entries, creatorName));
	});
	app.patch(`${root}/*`, async (context) => {
		const { kind, id, creatorName } = objectOf(context);
		const { access_control_list: entries } = await readBody(context, accessControlListSchema);
		const permissions = objectPermissionsOf(context.get('workspace'));
		return json(await permissions.update(kind, id, entries, creatorName));
	});
}

function objectOf(context: Context<Env>) {
	const segments = pathAfter(context, root).split('/');
	const id = segments.pop() ?? '';
	const kind = segments.join('/');
	if (!objectPermissionsOf(context.get('workspace')).knows(kind)) {
		throw notImplemented(`permissions of ${kind}`);
	}
	return { kind, id, creatorName: context.get('workspace').user.userName };
}
