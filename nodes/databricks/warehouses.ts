import { z } from 'zod/v4';
import { itemsOf } from './paging';
import { path } from './paths';
import type { Workspace } from './workspace';

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
