import type { IDataObject } from 'n8n-workflow';
import { ManualClock } from '../../workspace/clock';
import { job, run, runsOf } from './jobsUnderTest';
import { pipeline, prepareCatalog, update } from './pipelineBench';
import { type NodeUnderTest, Workbench } from './workbench';

/** Runs that take longer than a limit, polled in the engine; each try here takes 90 minutes. */
const minuteMs = 60_000;
const clock = new ManualClock();
const realTimers = [
	'setTimeout',
	'clearTimeout',
	'setInterval',
	'clearInterval',
	'setImmediate',
	'clearImmediate',
	'nextTick',
	'queueMicrotask',
	'performance',
	'hrtime',
] as const;

let bench: Workbench;
beforeAll(async () => {
	jest.useFakeTimers({ now: clock.now(), doNotFake: [...realTimers] });
	const pace = { taskStartMs: 90 * minuteMs, updateStartMs: 90 * minuteMs };
	bench = await Workbench.open({ clock, pace });
	await prepareCatalog(bench);
});
afterAll(async () => {
	await bench.close();
	jest.useRealTimers();
});

/** Moves the time of the workspace and of n8n. */
async function pass(minutes: number): Promise<void> {
	await clock.advance(minutes * minuteMs);
	jest.setSystemTime(clock.now());
}

/** An active trigger, and what its next poll tells; `restart` is what a restart of n8n does. */
async function watching(parameters: Record<string, unknown>) {
	const node: NodeUnderTest = {
		type: 'databricksRunTrigger',
		parameters: {
			authentication: 'accessToken',
			pollTimes: { item: [{ mode: 'everyMinute' }] },
			which: 'one',
			...parameters,
		},
	};
	const open = (staticData?: IDataObject) =>
		bench.engine.poller(bench.workflow(node), {
			node: 'Node',
			credentials: bench.credentials,
			staticData,
		});
	let poller = open();
	await poller.tick('activate');
	return {
		restart: async () => {
			poller = open(poller.savedStaticData());
			await poller.tick('init');
		},
		told: async () =>
			((await poller.tick()) ?? []).map(({ json }) => [
				json.event,
				json.run_id ?? json.update_id,
				json.is_repair,
			]),
	};
}

test('a run and each of its repairs is told once when it takes longer than the limit', async () => {
	const tasks = [{ task_key: 'a', notebook_task: { notebook_path: '/x' } }];
	const id = await job(bench, 'takes long', tasks);
	const chosen = { watch: 'jobs', job: { __rl: true, mode: 'id', value: id } };
	const events = ['long', 'failed'];
	const hour = await watching({ ...chosen, events, limitMinutes: 60 });
	const longer = await watching({ ...chosen, events: ['long'], limitMinutes: 100 });
	await bench.items(run(id, { wait: false }));
	const [runId = ''] = await runsOf(bench, id);

	for (const isRepair of [false, true, true]) {
		if (isRepair) {
			const ofRun = { run: { __rl: true, mode: 'id', value: runId } };
			await bench.items(run(id, { operation: 'repairRun', wait: false, ...ofRun }));
		}
		await pass(59);
		expect(await hour.told()).toEqual([]);
		await pass(1);
		expect(await hour.told()).toEqual([['long', runId, isRepair]]);
		await hour.restart();
		expect(await hour.told()).toEqual([]);
		await pass(31);
		expect(await hour.told()).toEqual([['failed', runId, isRepair]]);
		expect(await hour.told()).toEqual([]);
		// All the tries together take longer than this limit, none of them alone does.
		expect(await longer.told()).toEqual([]);
	}
});

test('a run that a poll sees only when it has ended is told as one that took long, too', async () => {
	const tasks = [{ task_key: 'a', notebook_task: { notebook_path: '/x' } }];
	const id = await job(bench, 'slept through', tasks);
	const chosen = { __rl: true, mode: 'id', value: id };
	const trigger = await watching({ watch: 'jobs', job: chosen, events: ['long', 'failed'] });
	await bench.items(run(id, { wait: false }));
	const [runId = ''] = await runsOf(bench, id);
	await pass(300);
	expect(await trigger.told()).toEqual([
		['long', runId, false],
		['failed', runId, false],
	]);
	expect(await trigger.told()).toEqual([]);
});

test('an update of a pipeline is told once when it takes longer than the limit', async () => {
	const { id } = await pipeline(bench, 'CREATE OR REFRESH MATERIALIZED VIEW v AS SELECT 1 AS a');
	const chosen = { watch: 'pipelines', pipeline: { __rl: true, mode: 'id', value: id } };
	const trigger = await watching({ ...chosen, events: ['long', 'succeeded'], limitMinutes: 60 });
	const [started] = await bench.items(update(id, { wait: false }));
	await pass(59);
	expect(await trigger.told()).toEqual([]);
	await pass(1);
	expect(await trigger.told()).toEqual([['long', started?.update_id, undefined]]);
	expect(await trigger.told()).toEqual([]);
});
