import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { itemsOf } from '../paging';
import { path } from '../paths';
import { durationText, waitUntil } from '../waiting';
import type { Workspace } from '../workspace';

const warehouseSchema = z.looseObject({
	id: z.string(),
	name: z.string().optional(),
	/** `STARTING`, `RUNNING`, `STOPPING`, `STOPPED`, `DELETING`, `DELETED` */
	state: z.string().optional(),
	cluster_size: z.string().optional(),
	warehouse_type: z.string().optional(),
	enable_serverless_compute: z.boolean().optional(),
});

export type Warehouse = z.output<typeof warehouseSchema>;

const warehouseListSchema = z.looseObject({
	warehouses: z.array(warehouseSchema).default([]),
	next_page_token: z.string().optional(),
});

/** The SQL warehouses that the credential may see. */
export function listWarehouses(workspace: Workspace): AsyncGenerator<Warehouse, void, undefined> {
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{ method: 'GET', path: '/api/2.0/sql/warehouses', query: { page_token } },
			warehouseListSchema,
		);
		return { items: page.warehouses, nextPageToken: page.next_page_token };
	});
}

export async function getWarehouse(workspace: Workspace, id: string): Promise<Warehouse> {
	return await workspace.json(
		{ method: 'GET', path: path`/api/2.0/sql/warehouses/${id}` },
		warehouseSchema,
	);
}

/** Starts a warehouse; harmless when it runs. A statement starts it, too. */
export async function startWarehouse(workspace: Workspace, id: string): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: path`/api/2.0/sql/warehouses/${id}/start`,
		json: {},
		repeat: 'always',
	});
}

/**
 * Makes sure that a warehouse runs: one that does not is started and waited for, or is an error at
 * once. Nothing when the credential may not see its state; the statement itself starts it then.
 * Throws DatabricksError: timeout, or failed when it is stopped, being deleted or does not exist.
 */
export async function ensureRunning(
	workspace: Workspace,
	id: string,
	options: { whenStopped: 'start' | 'fail'; timeoutMs: number },
): Promise<void> {
	const found = await visibleWarehouse(workspace, id);
	if (found === undefined || found.state === undefined || found.state === 'RUNNING') return;
	const named = `The SQL warehouse ${found.name ?? id}`;
	if (found.state.startsWith('DELET')) {
		throw new DatabricksError({ kind: 'failed', message: `${named} is ${found.state}.` });
	}
	if (options.whenStopped === 'fail') {
		throw new DatabricksError({
			kind: 'failed',
			message: `${named} does not run: it is ${found.state}.`,
			hint: "Start it in Databricks, or set 'Stopped Warehouse' to 'Start and Wait'.",
		});
	}
	if (found.state !== 'STARTING') await startWarehouse(workspace, id);
	await waitUntil({
		read: async () => await getWarehouse(workspace, id),
		isDone: ({ state }) => state === 'RUNNING',
		deadlineMs: workspace.clock.now() + options.timeoutMs,
		clock: workspace.clock,
		random: workspace.random,
		signal: workspace.signal,
		interval: { firstMs: 250, longestMs: 5_000, factor: 1.6 },
		timeoutError: ({ state }) =>
			new DatabricksError({
				kind: 'timeout',
				message: `${named} was still ${state ?? 'starting'} after ${durationText(options.timeoutMs)}.`,
				hint: 'Look at the warehouse in Databricks, or give it more time to start.',
			}),
	});
}

async function visibleWarehouse(workspace: Workspace, id: string): Promise<Warehouse | undefined> {
	try {
		return await getWarehouse(workspace, id);
	} catch (error) {
		const isHidden = error instanceof DatabricksError && error.kind === 'permissionDenied';
		if (isHidden) return undefined;
		throw error;
	}
}
