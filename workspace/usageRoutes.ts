import type { Hono } from 'hono';
import { json, type Env } from './env';
import type { LocalWorkspace } from './localWorkspace';
import { perWorkspace } from './perWorkspace';
import { dbusOf } from './warehouses/runningTime';
import { warehousesOf } from './warehouses/warehouses';

/** Requests with the workspace's token, other than those to `/local`. */
const requestsOf = perWorkspace(() => ({ count: 0 }));

/**
 * Routes of this workspace's own: `GET /local/usage` tells what a bill would be made of (requests;
 * of each warehouse its starts, statements, running seconds and DBUs), `DELETE` counts anew.
 */
export function registerUsageRoutes(app: Hono<Env>): void {
	app.use(async (context, next) => {
		if (!context.req.path.startsWith('/local/')) {
			requestsOf(context.get('workspace')).count += 1;
		}
		await next();
	});
	app.get('/local/usage', (context) => json(usageOf(context.get('workspace'))));
	app.delete('/local/usage', (context) => {
		const workspace = context.get('workspace');
		requestsOf(workspace).count = 0;
		warehousesOf(workspace).countAnew();
		return json(usageOf(workspace));
	});
}

/** Usage since the workspace was opened or counted anew. */
export function usageOf(workspace: LocalWorkspace) {
	const warehouses = warehousesOf(workspace);
	return {
		requests: requestsOf(workspace).count,
		warehouses: warehouses.list().map(({ id, settings }) => {
			const { starts, statements, runningMs } = warehouses.usageOf(id);
			return {
				id,
				name: settings.name,
				cluster_size: settings.cluster_size,
				starts,
				statements,
				running_seconds: Math.round(runningMs / 1_000),
				dbus: dbusOf(settings.cluster_size, runningMs),
			};
		}),
	};
}
