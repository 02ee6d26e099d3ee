import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { createEngine, type Engine } from '../engine/engine';
import { repositoryRoot } from '../start/repositoryRoot';

/** The workspace that is polled. */
export interface Polled {
	url: string;
	token: string;
	warehouseId: string;
	table: string;
}

/** n8n's engine with this package and n8n's own nodes. */
export async function loadedEngine(): Promise<Engine> {
	const root = repositoryRoot(__dirname);
	const engine = createEngine({
		packageDirectories: [join(root, 'node_modules/n8n-nodes-base'), root],
	});
	await engine.load();
	return engine;
}

/** A Delta Trigger as an active workflow drives it. */
export function deltaPoller(engine: Engine, polled: Polled, parameters: IDataObject) {
	const byName = { __rl: true, mode: 'name', value: polled.table };
	const own = {
		authentication: 'accessToken',
		pollTimes: { item: [{ mode: 'everyMinute' }] },
		warehouse: warehouseOf(polled),
		table: byName,
		...parameters,
	};
	return engine.poller(
		oneNode('n8n-nodes-databricks-lakehouse.databricksDeltaTrigger', own, tokenCredential),
		{
			node: 'Node',
			credentials: [{ type: tokenCredential, data: { host: polled.url, token: polled.token } }],
		},
	);
}

const tokenCredential = 'databricksLakehouseTokenApi';

export function warehouseOf({ warehouseId }: Polled) {
	return { __rl: true, mode: 'id', value: warehouseId };
}

export function oneNode(type: string, parameters: IDataObject, credential: string) {
	const node = {
		id: 'node',
		name: 'Node',
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { [credential]: { name: 'Stand-in' } },
	};
	return { id: 'bench', name: 'Benchmark', nodes: [node], connections: {} };
}
