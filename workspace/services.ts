import type { Hono } from 'hono';
import { registerCatalogRoutes } from './catalog/routes';
import type { Env } from './env';
import { registerFilesRoutes } from './files/routes';
import type { LocalWorkspace } from './localWorkspace';
import { objectPermissionsOf } from './permissions/objectPermissions';
import { registerPermissionRoutes } from './permissions/routes';
import { registerStatementRoutes } from './statements/routes';
import { registerWarehouseRoutes } from './warehouses/routes';
import { warehousesOf } from './warehouses/warehouses';
import { registerWorkspaceFilesRoutes } from './workspaceFiles/routes';
import { workspaceFilesOf } from './workspaceFiles/workspaceFiles';

/** Reads back what the state folder holds of each service. */
export async function loadServices(workspace: LocalWorkspace): Promise<void> {
	await warehousesOf(workspace).load();
	await workspaceFilesOf(workspace).load();
	await objectPermissionsOf(workspace).load();
}

/** All routes that need a token. */
export function registerServiceRoutes(app: Hono<Env>): void {
	registerCatalogRoutes(app);
	registerFilesRoutes(app);
	registerWorkspaceFilesRoutes(app);
	registerPermissionRoutes(app);
	registerWarehouseRoutes(app);
	registerStatementRoutes(app);
}
