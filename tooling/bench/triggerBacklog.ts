import { createServer } from '../../workspace/server';
import { usageOf } from '../../workspace/usageRoutes';
import type { Contender, StandIn } from './measure';
import { deltaPoller, loadedEngine } from './triggerNode';

/** Rows of the change sets that the stand-in has; each is one commit of a table of its own. */
const changeSets = [200_000, 1_000_000];
const tableOf = (rows: number) => `gold.bir.journal_${rows}`;

/** A workspace of its own process, so that what it takes is not counted. */
export async function openChangeSets(): Promise<StandIn> {
	const server = createServer();
	const { url } = await server.listen(0);
	const workspace = await server.addWorkspace();
	const { lakehouse, token, warehouseId } = workspace;
	const user = 'writer';
	await lakehouse.runScript('CREATE CATALOG gold; CREATE SCHEMA gold.bir', { user });
	for (const rows of changeSets) {
		const table = tableOf(rows);
		await lakehouse.runScript(
			`CREATE TABLE ${table} (id BIGINT, agency STRING, amount DECIMAL(18,2), booked_on DATE, note STRING) TBLPROPERTIES (delta.enableChangeDataFeed = true);
			INSERT INTO ${table} SELECT id, 'RIM', CAST(id AS DECIMAL(18,2)), DATE'2026-10-31', concat('Transaction ', CAST(id AS STRING)) FROM range(${rows})`,
			{ user },
		);
	}
	return {
		settings: { url, token, warehouseId },
		counts: () => ({ requests: usageOf(workspace).requests, connections: 0 }),
		close: async () => await server.close(),
	};
}

/** Takes a whole change set over, a batch a poll. */
export function backlog(name: string, rows: number, rowsPerPoll: number): Contender {
	return {
		name,
		prepare: async ({ url = '', token = '', warehouseId = '' }) => {
			const engine = await loadedEngine();
			const poller = deltaPoller(
				engine,
				{ url, token, warehouseId, table: tableOf(rows) },
				{
					warehouseUse: 'always',
					startAt: 'version',
					startVersion: 1,
					options: { rowsPerPoll, megabytesPerPoll: 1_000 },
				},
			);
			return async () => {
				const startedMs = performance.now();
				const ids = new Set<string>();
				let polls = 0;
				let taken = 0;
				for (let isFirst = true; ; isFirst = false) {
					const items = await poller.tick(isFirst ? 'activate' : undefined);
					if (items === null) break;
					polls += 1;
					taken += items.length;
					for (const { json } of items.slice(0, 1)) ids.add(String(json._event_id));
				}
				if (ids.size !== polls) throw new Error('Two batches began with the same change.');
				const seconds = (performance.now() - startedMs) / 1_000;
				return {
					done: `${taken} rows`,
					counted: { batches: polls, 'rows a second': Math.round(taken / seconds) },
				};
			};
		},
	};
}
