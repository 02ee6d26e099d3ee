import { z } from 'zod';
import { newUuid } from '../ids';
import { splitStatements } from '../sql/tokens';
import { sqlConfigurationOf } from '../warehouses/sqlConfiguration';
import { warehousesOf } from '../warehouses/warehouses';
import { workspaceFilesOf } from '../workspaceFiles/workspaceFiles';
import { TaskFailure, type TaskExecutor } from './task';

const overridingSchema = z.record(z.string(), z.string()).default({});

/** Runs the statements of a workspace file on a warehouse, its parameters bound as `:name`. */
export const runSqlTask: TaskExecutor = async (context) => {
	const { workspace, task, userName, overriding, resolve, signal } = context;
	const { sql_task: sql } = task;
	if (sql?.file === undefined) {
		throw new TaskFailure('The local workspace runs sql_task only with a file.');
	}
	const { path, source = 'WORKSPACE' } = sql.file;
	if (source !== 'WORKSPACE') {
		throw new TaskFailure(`The local workspace reads SQL files from WORKSPACE, not ${source}.`);
	}
	const given = overridingSchema.parse(overriding.sql_params);
	const parameters = Object.entries({ ...sql.parameters, ...given }).map(([name, value]) => ({
		name,
		value: resolve(value),
		type: 'STRING',
	}));
	const text = workspaceFilesOf(workspace).read(resolve(path)).toString('utf8');
	const warehouseId = resolve(sql.warehouse_id);
	await warehousesOf(workspace).running(warehouseId, signal);
	const session = { user: userName, timeZone: sqlConfigurationOf(workspace).timeZone };
	await workspace.lakehouse.runScript(text, session, parameters, signal);
	return {
		output: {
			sql_output: {
				query_output: {
					query_text: text,
					warehouse_id: warehouseId,
					endpoint_id: warehouseId,
					sql_statements: splitStatements(text).map(() => ({ lookup_key: newUuid() })),
				},
			},
		},
	};
};
