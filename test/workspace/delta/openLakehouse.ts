import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../workspace/clock';
import { Lakehouse } from '../../../workspace/delta/lakehouse';
import type { SqlResult, StatementParameter } from '../../../workspace/delta/session';
import { SqlError } from '../../../workspace/sql/sqlError';
import { typeName } from '../../../workspace/sql/sqlType';

const user = 'close@example.com';

/** A lakehouse in memory for one test, with a session in catalog `spark_catalog`, schema `s`. */
export async function openLakehouse(databasePath = ':memory:') {
	const volumesRoot = await mkdtemp(join(tmpdir(), 'volumes-'));
	const clock = new ManualClock();
	const lakehouse = await Lakehouse.open({ databasePath, volumesRoot, clock });
	const session = { catalog: 'spark_catalog', schema: 's', user };
	const run = (sql: string, parameters?: StatementParameter[], signal?: AbortSignal) =>
		lakehouse.run(sql, session, parameters, signal);
	if ((await lakehouse.catalogs.get('spark_catalog')) === undefined) {
		await run('CREATE CATALOG spark_catalog');
		await run('CREATE SCHEMA spark_catalog.s');
	}
	return {
		lakehouse,
		clock,
		volumesRoot,
		session,
		run,
		/** Only the rows. */
		rows: async (sql: string, parameters?: StatementParameter[]) =>
			(await run(sql, parameters)).rows,
		/** The condition of the error that a statement ends in; 'none' when it does not. */
		conditionOf: async (sql: string, parameters?: StatementParameter[]): Promise<string> => {
			try {
				await run(sql, parameters);
				return 'none';
			} catch (error) {
				if (error instanceof SqlError) return error.condition;
				throw error;
			}
		},
		close: async () => {
			await lakehouse.close();
			await rm(volumesRoot, { recursive: true, force: true });
		},
	};
}
export type OpenLakehouse = Awaited<ReturnType<typeof openLakehouse>>;

/** Names and types of a result's columns, as DESCRIBE writes types. */
export function shapeOf({ columns }: SqlResult): { name: string; type: string }[] {
	return columns.map(({ name, type }) => ({ name, type: typeName(type) }));
}
