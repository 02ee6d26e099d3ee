import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createEngine, type Engine } from '../engine/engine';
import { type TortureReport, type TortureSettings, settingsSchema } from './protocol';
import { randomFrom } from './random';

/**
 * A process that polls as n8n does, and is killed without warning: the memory of the trigger is
 * stored with the items, the execution begins a little later, and ends with Delta Checkpoint.
 */
const root = resolve(__dirname, '../../..');

function report(message: TortureReport): void {
	process.send?.(message);
}

async function main(): Promise<void> {
	const engine = createEngine({ packageDirectories: [root] });
	await engine.load();
	const told = new Promise<TortureSettings>((done) => {
		process.once('message', (message) => done(settingsSchema.parse(message)));
	});
	process.on('disconnect', () => process.exit());
	report({ ready: true });
	await pollForEver(engine, await told);
}

async function pollForEver(engine: Engine, settings: TortureSettings): Promise<never> {
	const { memoryFile, token, host } = settings;
	const random = randomFrom(settings.seed);
	const credentials = [{ type: 'databricksLakehouseTokenApi', data: { host, token } }];
	const staticData: IDataObject | undefined = existsSync(memoryFile)
		? JSON.parse(readFileSync(memoryFile, 'utf8'))
		: undefined;
	const trigger = workflow('databricksDeltaTrigger', triggerParameters(settings));
	const poller = engine.poller(trigger, { node: 'Node', credentials, staticData });
	const checkpoint = workflow('databricksDeltaCheckpoint', {
		...connection(settings),
		consumer: settings.consumer,
		checkpointTable: settings.checkpointTable,
	});

	const once = async (activation?: 'init') => {
		const outputs = await poller.tickOutputs(activation);
		if (outputs === null) return;
		writeFileSync(`${memoryFile}.new`, JSON.stringify(poller.savedStaticData()));
		renameSync(`${memoryFile}.new`, memoryFile);
		const items = outputs.flat();
		report({ handedOver: items.map(({ json }) => String(json._event_id)) });
		await sleep(10 + random() * 40);
		work(items);
		if (settings.delivery === 'handOver') return;
		await engine.execute(checkpoint, { startNode: 'Node', input: items, credentials });
	};
	const work = (items: INodeExecutionData[]) => {
		const lines = items.map(({ json }) => JSON.stringify(json)).join('\n');
		// A line that a killed process left half written ends here.
		appendFileSync(settings.workFile, `\n${lines}\n`);
	};
	const safely = async (activation?: 'init') => {
		try {
			await once(activation);
		} catch (error) {
			report({ failed: error instanceof Error ? error.message : String(error) });
		}
	};

	await safely('init');
	for (;;) {
		// n8n does not keep polls apart: one in five meets another one.
		const polls = random() < 0.2 ? [safely(), safely()] : [safely()];
		await Promise.all(polls);
		await sleep(5);
	}
}

function connection({ warehouseId }: TortureSettings) {
	return {
		authentication: 'accessToken',
		warehouse: { __rl: true, mode: 'id', value: warehouseId },
	};
}

function triggerParameters(settings: TortureSettings) {
	const byName = (value: string) => ({ __rl: true, mode: 'name', value });
	return {
		...connection(settings),
		pollTimes: { item: [{ mode: 'everyMinute' }] },
		warehouseUse: 'always',
		table: byName(settings.table),
		startAt: 'everything',
		delivery: settings.delivery,
		consumer: settings.consumer,
		checkpointTable: settings.checkpointTable,
		leaseMinutes: 0.02,
		mostAttempts: 1_000,
		options: { ifInterrupted: 'everything', includePreimages: true, rowsPerPoll: 40 },
	};
}

function workflow(type: string, parameters: Record<string, unknown>) {
	const node = {
		id: 'node',
		name: 'Node',
		type: `n8n-nodes-databricks-lakehouse.${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { databricksLakehouseTokenApi: { name: 'Databricks' } },
	};
	return { id: 'torture', name: 'Torture', nodes: [node], connections: {} };
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
