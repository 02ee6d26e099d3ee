import { mock } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { type Clock, systemClock } from '../../workspace/clock';
import type { LocalWorkspace } from '../../workspace/localWorkspace';
import { createServer } from '../../workspace/server';
import { usageOf } from '../../workspace/usageRoutes';
import { warehousesOf } from '../../workspace/warehouses/warehouses';
import type { Engine } from '../engine/engine';
import type { Contender, Done } from './measure';
import { deltaPoller, loadedEngine, oneNode, type Polled, warehouseOf } from './triggerNode';

/** What happens in a simulated day besides polls. */
export interface Day {
	/** Minutes at which somebody changes the table, with a statement on the same warehouse. */
	changedAt: readonly number[];
	/** Whether others use the warehouse all day, so that it never falls asleep. */
	isBusy: boolean;
}

const minutesOfDay = 24 * 60;
const table = 'gold.bir.journal';

/** Answers how many rows a poll gave. */
type Poll = () => Promise<number>;

/**
 * A day with one poll a minute on a clock that is moved: workspace, engine and node are in this
 * process and read the same `Date`. Activation is over and the warehouse has slept when counting begins.
 */
function dayContender(
	name: string,
	day: Day,
	begin: (engine: Engine, polled: Polled) => Promise<Poll>,
): Contender {
	return {
		name,
		prepare: async () => {
			const engine = await loadedEngine();
			return async () => await simulated(day, async (polled) => await begin(engine, polled));
		},
	};
}

async function simulated(day: Day, begin: (polled: Polled) => Promise<Poll>): Promise<Done> {
	mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 10, 2) });
	const clock: Clock = { now: () => Date.now(), sleep: systemClock.sleep };
	const server = createServer({ clock });
	try {
		const { url } = await server.listen(0);
		const workspace = await server.addWorkspace();
		const { token, warehouseId } = workspace;
		await written(
			workspace,
			'CREATE CATALOG gold; CREATE SCHEMA gold.bir',
			`CREATE TABLE ${table} (id INT, booked_at TIMESTAMP) TBLPROPERTIES (delta.enableChangeDataFeed = true)`,
		);
		const poll = await begin({ url, token, warehouseId, table });
		mock.timers.tick(60 * 60_000);
		if ((await poll()) > 0) throw new Error('Before the day, there is nothing to hand over.');
		mock.timers.tick(60 * 60_000);
		const warehouses = warehousesOf(workspace);
		warehouses.stop(warehouseId);
		warehouses.countAnew();
		const requestsBefore = usageOf(workspace).requests;
		let rows = 0;
		let writes = 0;
		for (let minute = 0; minute < minutesOfDay; minute++) {
			mock.timers.tick(60_000);
			if (day.changedAt.includes(minute)) {
				await warehouses.running(warehouseId, workspace.closing.signal);
				await written(workspace, `INSERT INTO ${table} VALUES (${minute}, current_timestamp())`);
				writes += 1;
			}
			// Not a statement, but what keeps a warehouse awake in the same way.
			if (day.isBusy) {
				await warehouses.running(warehouseId, workspace.closing.signal);
				writes += 1;
			}
			rows += await poll();
		}
		const usage = usageOf(workspace);
		const [warehouse] = usage.warehouses;
		return {
			done: `${rows} changes`,
			requests: usage.requests - requestsBefore,
			counted: {
				statements: (warehouse?.statements ?? 0) - writes,
				'warehouse-seconds': warehouse?.running_seconds ?? 0,
				DBUs: warehouse?.dbus ?? 0,
			},
		};
	} finally {
		await server.close();
		mock.timers.reset();
	}
}

async function written({ lakehouse }: LocalWorkspace, ...statements: string[]): Promise<void> {
	for (const text of statements) await lakehouse.runScript(text, { user: 'writer' });
}

/** What the day costs without any poll. */
export function nobody(day: Day): Contender {
	return dayContender('nobody polls', day, async () => async () => 0);
}

/** This package's trigger. */
export function trigger(name: string, day: Day, parameters: IDataObject): Contender {
	return dayContender(name, day, async (engine, polled) => {
		const poller = deltaPoller(engine, polled, parameters);
		await poller.tick('activate');
		return async () => (await poller.tick())?.length ?? 0;
	});
}

/** A schedule and n8n's own node, as people build it: rows that are newer than the last ones. */
export function naivePoller(name: string, day: Day): Contender {
	return dayContender(name, day, async (engine, polled) => {
		const type = 'n8n-nodes-base.databricks';
		const credentials = [
			{ type: 'databricksApi', data: { host: polled.url, token: polled.token } },
		];
		let last = '1970-01-01T00:00:00Z';
		return async () => {
			const query = `SELECT * FROM ${polled.table} WHERE booked_at > TIMESTAMP'${last}' ORDER BY booked_at`;
			const parameters = {
				authentication: 'accessToken',
				resource: 'databricksSql',
				operation: 'executeQuery',
				warehouseId: warehouseOf(polled),
				query,
			};
			const execution = await engine.execute(oneNode(type, parameters, 'databricksApi'), {
				startNode: 'Node',
				credentials,
			});
			if (execution.error !== undefined) throw execution.error;
			const found = execution.items('Node').filter(({ json }) => json.booked_at !== undefined);
			last = String(found.at(-1)?.json.booked_at ?? last);
			return found.length;
		};
	});
}
