import type { Hono } from 'hono';
import type { Env } from '../env';
import type { LocalWorkspace } from '../localWorkspace';
import { registerEndpointRoutes } from './endpointRoutes';
import { registerInvocationRoutes } from './invocations';
import { modelRegistryOf } from './modelRegistry';
import { registerModelRoutes } from './modelRoutes';
import { servingEndpointsOf } from './servingEndpoints';

/** Registered models and the endpoints that serve them. */
export function registerServingRoutes(app: Hono<Env>): void {
	registerModelRoutes(app);
	registerEndpointRoutes(app);
	registerInvocationRoutes(app);
}

/** Reads back what the state folder holds of models and endpoints. */
export async function loadServing(workspace: LocalWorkspace): Promise<void> {
	await modelRegistryOf(workspace).load();
	await servingEndpointsOf(workspace).load();
}
