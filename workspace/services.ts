import type { Hono } from 'hono';
import type { Env } from './env';
import type { LocalWorkspace } from './localWorkspace';

/** Reads back what the state folder holds of each service. */
export async function loadServices(workspace: LocalWorkspace): Promise<void> {
	void workspace;
}

/** All routes that need a token. */
export function registerServiceRoutes(app: Hono<Env>): void {
	void app;
}
