import type { Hono } from 'hono';
import { registerCatalogRoutes } from './catalog/routes';
import type { Env } from './env';
import { registerFilesRoutes } from './files/routes';
import { registerJobRoutes } from './jobs/jobRoutes';
import { jobsOf } from './jobs/jobs';
import { registerRunReadingRoutes } from './jobs/runReading';
import { registerRunRoutes } from './jobs/runRoutes';
import { runsOf } from './jobs/runs';
import type { LocalWorkspace } from './localWorkspace';
import { objectPermissionsOf } from './permissions/objectPermissions';
import { registerPermissionRoutes } from './permissions/routes';
import { registerPipelineRoutes } from './pipelines/routes';
import { pipelinesOf } from './pipelines/pipelines';
import { registerModelFileRoutes } from './serving/modelFiles';
import { loadServing, registerServingRoutes } from './serving/routes';
import { registerStatementRoutes } from './statements/routes';
import { registerWarehouseRoutes } from './warehouses/routes';
import { sqlConfigurationOf } from './warehouses/sqlConfiguration';
import { warehousesOf } from './warehouses/warehouses';
import { registerWorkspaceFilesRoutes } from './workspaceFiles/routes';
import { workspaceFilesOf } from './workspaceFiles/workspaceFiles';

/** Reads back what the state folder holds of each service. */
export async function loadServices(workspace: LocalWorkspace): Promise<void> {
	await warehousesOf(workspace).load();
	await sqlConfigurationOf(workspace).load();
	await workspaceFilesOf(workspace).load();
	await objectPermissionsOf(workspace).load();
	await pipelinesOf(workspace).load();
	await loadServing(workspace);
	await jobsOf(workspace).load();
	await runsOf(workspace).load();
}

/** All routes that need a token. */
export function registerServiceRoutes(app: Hono<Env>): void {
	registerCatalogRoutes(app);
	// Before the files of volumes, whose routes take every path.
	registerModelFileRoutes(app);
	registerFilesRoutes(app);
	registerWorkspaceFilesRoutes(app);
	registerPermissionRoutes(app);
	registerWarehouseRoutes(app);
	registerStatementRoutes(app);
	registerPipelineRoutes(app);
	registerServingRoutes(app);
	registerJobRoutes(app);
	registerRunRoutes(app);
	registerRunReadingRoutes(app);
}
