import type { IDataObject } from 'n8n-workflow';
import { compare, importSql, job, run, runsOf, sqlJob } from './jobsUnderTest';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await bench.workspace.lakehouse.runScript('CREATE CATALOG silver; CREATE SCHEMA silver.scout', {
		user: 'test',
	});
});
afterAll(async () => {
	await bench.close();
});
beforeEach(() => bench.workspace.faults.clear());

const every = ['started', 'succeeded', 'failed', 'cancelled', 'skipped'];

const trigger = (more: Record<string, unknown>): NodeUnderTest => ({
	type: 'databricksRunTrigger',
	parameters: {
		authentication: 'accessToken',
		pollTimes: { item: [{ mode: 'everyMinute' }] },
		watch: 'jobs',
		which: 'all',
		events: every,
		...more,
	},
});

function poller(more: Record<string, unknown>, staticData?: IDataObject) {
	return bench.engine.poller(bench.workflow(trigger(more)), {
		node: 'Node',
		credentials: bench.credentials,
		staticData,
	});
}

async function poll(on: ReturnType<typeof poller>, activation?: 'activate' | 'init') {
	const items = await on.tick(activation);
	return items?.map(({ json }) => json) ?? null;
}

const ofJob = (id: string) => ({ which: 'one', job: { __rl: true, mode: 'id', value: id } });
const told = (items: IDataObject[] | null) =>
	items?.map((item) => [item.event, item.run_id, item.is_repair]);

test('a failed run is told once with its cause, and its repair as such', async () => {
	const id = await sqlJob(bench, 'watched', 'SELECT * FROM gold.nowhere.totals');
	await bench.run(run(id));
	const active = poller({ ...ofJob(id), events: ['succeeded', 'failed'] });
	expect(await poll(active, 'activate')).toBeNull();
	expect(await poll(active)).toBeNull();

	await bench.run(run(id));
	const [runId] = await runsOf(bench, id);
	const failed = await poll(active);
	expect(failed).toEqual([
		expect.objectContaining({
			event: 'failed',
			run_id: runId,
			job_id: id,
			outcome: 'failed',
			is_repair: false,
			error: expect.stringMatching(/^Task "check" of run \d+ failed: .*TABLE_OR_VIEW_NOT_FOUND/),
			task_key: 'check',
			failed_tasks: [expect.objectContaining({ task_key: 'check' })],
		}),
	]);
	expect(await poll(active)).toBeNull();

	const restarted = poller(ofJob(id), active.savedStaticData());
	await importSql(bench, 'watched', 'SELECT 1');
	const repair: NodeUnderTest = {
		type: 'databricksRunJob',
		parameters: {
			authentication: 'accessToken',
			operation: 'repairRun',
			run: { __rl: true, mode: 'id', value: runId },
		},
	};
	const [repaired] = await bench.items(repair);
	expect(told(await poll(restarted, 'init'))).toEqual([
		['started', runId, true],
		['succeeded', runId, true],
	]);
	expect(repaired).toMatchObject({ run_id: runId });
	expect(await poll(restarted)).toBeNull();
});

test.each([
	['a name pattern', 'WATCHED by *', { which: 'name', namePattern: 'watched by a*' }],
	['a tag', 'tagged', { which: 'tag', tag: 'system=bir' }],
	['a tag of any value', 'tagged', { which: 'tag', tag: 'system' }],
])('jobs are chosen by %s', async (what, _name, selection) => {
	const settings = { name: `Watched by ${what}`, tasks: [compare('only')] };
	const parameters = [{ name: 'month', default: '2026-09' }];
	const tags = { system: 'bir' };
	const text = await bench.text('POST', '/api/2.2/jobs/create', { ...settings, parameters, tags });
	const id = /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
	const other = await job(bench, `not chosen by ${what}`, [compare('only')]);
	const active = poller({ ...selection, events: ['succeeded'] });
	await poll(active, 'activate');
	await bench.run(run(id));
	await bench.run(run(other));
	expect((await poll(active))?.map((item) => item.job_id)).toEqual([id]);
});

test('a poll that fails or is overtaken loses and doubles nothing', async () => {
	const id = await job(bench, 'polled badly', [compare('only')]);
	const active = poller({ ...ofJob(id), events: ['succeeded'] });
	await poll(active, 'activate');
	await bench.run(run(id));
	const path = '/api/2.2/jobs/runs/list';
	const body = { error_code: 'PERMISSION_DENIED', message: 'not now' };
	bench.workspace.faults.add({ path, status: 403, body });
	await expect(poll(active)).rejects.toThrow('not now');
	const both = await Promise.all([poll(active), poll(active)]);
	expect(both.flatMap((items) => items ?? []).map(({ run_id: runId }) => runId)).toEqual(
		await runsOf(bench, id),
	);
});

test('more than a page and more events than a poll takes are told in order, each once', async () => {
	const id = await job(bench, 'many', [compare('only')]);
	const active = poller({ ...ofJob(id), events: ['succeeded'], options: { mostEvents: 25 } });
	await poll(active, 'activate');
	await bench.run(run(id), { input: Array.from({ length: 60 }, () => ({ json: {} })) });
	const found: unknown[][] = [];
	for (let items = await poll(active); items !== null; items = await poll(active)) {
		found.push(items.map((item) => item.run_id));
	}
	expect(found.map(({ length }) => length)).toEqual([25, 25, 10]);
	expect(new Set(found.flat()).size).toBe(60);
});

test('a first poll tells what happened since a chosen moment', async () => {
	const id = await job(bench, 'since', [compare('only')]);
	await bench.run(run(id));
	const options = { since: '2020-01-01T00:00:00Z' };
	const active = poller({ ...ofJob(id), options });
	expect(told(await poll(active, 'activate'))?.map(([event]) => event)).toEqual([
		'started',
		'succeeded',
	]);
	expect(await poll(active)).toBeNull();
});

test('a test in the editor shows the latest real event and remembers nothing', async () => {
	const id = await job(bench, 'shown', [compare('only')]);
	await bench.run(run(id));
	await bench.run(run(id));
	const workflow = bench.workflow(trigger({ ...ofJob(id), events: ['succeeded'] }));
	const execution = await bench.engine.execute(workflow, {
		mode: 'manual',
		startNode: 'Node',
		credentials: bench.credentials,
	});
	const [newest] = await runsOf(bench, id);
	expect(execution.items('Node').map(({ json }) => [json.event, json.run_id])).toEqual([
		['succeeded', newest],
	]);
});

test('updates of pipelines are told, with the exception of a failed one', async () => {
	const create = async (name: string, text: string) => {
		await importSql(bench, name, text);
		const created = await bench.text('POST', '/api/2.0/pipelines', {
			name,
			catalog: 'silver',
			schema: 'scout',
			serverless: true,
			libraries: [{ file: { path: `/Workspace/Shared/${name}.sql` } }],
		});
		return /"pipeline_id":\s*"([^"]+)"/.exec(created)?.[1] ?? '';
	};
	const good = await create('good', 'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS a');
	const bad = await create(
		'bad',
		'CREATE OR REFRESH MATERIALIZED VIEW two AS SELECT * FROM silver.scout.nothing',
	);
	const active = poller({ watch: 'pipelines', events: ['succeeded', 'failed'] });
	await poll(active, 'activate');
	for (const id of [good, bad]) {
		await bench.run({
			type: 'databricksPipelineUpdate',
			parameters: {
				authentication: 'accessToken',
				pipeline: { __rl: true, mode: 'id', value: id },
			},
		});
	}
	const items = await poll(active);
	expect(items?.map((item) => [item.event, item.pipeline_id, item.pipeline_name])).toEqual([
		['succeeded', good, 'good'],
		['failed', bad, 'bad'],
	]);
	expect(items?.[1]?.error).toMatch(/TABLE_OR_VIEW_NOT_FOUND/);
	expect(await poll(active)).toBeNull();
});
