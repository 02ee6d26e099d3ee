import {
	compare,
	failingJob,
	importSql,
	job,
	ofRun,
	operation,
	resultStateOf,
	run,
	runsOf,
	sqlJob,
	withKey,
} from './jobsUnderTest';
import { Workbench } from './workbench';

let bench: Workbench;
let slow: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	slow = await Workbench.open({ pace: { taskStartMs: 3_600_000 } });
});
afterAll(async () => {
	await bench.close();
	await slow.close();
});
beforeEach(() => {
	bench.workspace.faults.clear();
	slow.workspace.faults.clear();
});

describe('Run Once', () => {
	test('runs a SQL file, and gives its output', async () => {
		await importSql(bench, 'once', 'SELECT 1');
		const parameters = {
			taskKind: 'sqlFile',
			runName: 'Late rows',
			taskPath: '/Shared/once.sql',
			warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
		};
		const [item] = await bench.items(operation('runOnce', parameters));
		expect(item).toMatchObject({
			run_name: 'Late rows',
			run_type: 'SUBMIT_RUN',
			start: 'started',
			outcome: 'succeeded',
			tasks: { sql: { output: { sql_output: { query_output: { query_text: 'SELECT 1' } } } } },
		});
	});

	test.each([
		['an object', { tasks: [compare('a'), compare('b')], run_name: 'two' }],
		['a list', [compare('a'), compare('b')]],
	])('runs tasks given as %s, once for a key', async (what, definition) => {
		const tasks = JSON.stringify(definition).replaceAll('{{job.parameters.month}}', '2026-10');
		const parameters = { taskKind: 'json', taskDefinition: tasks, ...withKey(what) };
		const [first] = await bench.items(operation('runOnce', parameters));
		const [second] = await bench.items(operation('runOnce', parameters));
		expect(Object.keys(Object(first?.tasks))).toEqual(['a', 'b']);
		expect(second).toMatchObject({ run_id: first?.run_id, start: 'found' });
	});

	test('refuses a definition without tasks', async () => {
		const { error } = await bench.run(
			operation('runOnce', { taskKind: 'json', taskDefinition: '{}' }),
		);
		expect(error?.message).toBe("'Definition (JSON)' has no tasks.");
	});
});

describe('Wait for Run', () => {
	test('hands on a run that has not ended in time, or fails and leaves it', async () => {
		const id = await job(slow, 'waited for', [compare('only')]);
		const [started] = await slow.items(run(id, { wait: false }));
		const soon = { timeoutMinutes: 0.002 };
		const handOn = ofRun('waitForRun', started?.run_id, { ...soon, whenOver: 'handOn' });
		expect(await slow.items(handOn)).toEqual([
			expect.objectContaining({ ended: false, outcome: 'pending', result_state: null }),
		]);
		const { error } = await slow.run(ofRun('waitForRun', started?.run_id, soon));
		expect(error?.message).toMatch(/was still RUNNING/);
		expect(await resultStateOf(slow, String(started?.run_id))).toBeUndefined();
	});

	test('gives an item for each task, and a failure with its cause', async () => {
		const id = await failingJob(bench, 'split');
		const { error } = await bench.run(run(id));
		const [runId] = await runsOf(bench, id);
		const waited = await bench.run(ofRun('waitForRun', runId));
		expect(waited.error?.message).toBe(error?.message);
		const items = await bench.items(ofRun('getRun', runId, { options: { splitTasks: true } }));
		expect(items.map((item) => [item.run_id, item.task_key, item.result_state])).toEqual([
			[runId, 'first', 'SUCCESS'],
			[runId, 'second', 'FAILED'],
			[runId, 'third', 'UPSTREAM_FAILED'],
		]);
	});
});

test('Get Output gives the output of every task, or of one', async () => {
	const id = await sqlJob(bench, 'outputs', 'SELECT 1');
	const [item] = await bench.items(run(id));
	const [output] = await bench.items(ofRun('getOutput', item?.run_id));
	expect(output).toMatchObject({
		run_id: item?.run_id,
		task_key: 'check',
		output: { sql_output: { query_output: { query_text: 'SELECT 1' } } },
	});
	const one = await bench.items(ofRun('getOutput', output?.task_run_id));
	expect(one).toEqual([
		{
			task_key: 'check',
			task_run_id: output?.task_run_id,
			output: output?.output,
			error: null,
			error_trace: null,
		},
	]);
});

test('an output that cannot be had does not lose the others', async () => {
	const sql = {
		warehouse_id: bench.workspace.warehouseId,
		file: { path: '/Shared/outputs.sql', source: 'WORKSPACE' },
	};
	await importSql(bench, 'outputs', 'SELECT 1');
	const id = await job(bench, 'half', [
		{ task_key: 'a', sql_task: sql },
		{ task_key: 'b', sql_task: sql },
	]);
	const path = '/api/2.2/jobs/runs/get-output';
	const body = { error_code: 'PERMISSION_DENIED', message: 'not yours' };
	bench.workspace.faults.add({ path, status: 403, body });
	const [item] = await bench.items(run(id));
	const tasks = JSON.stringify(item?.tasks);
	expect(tasks).toContain('"output_unavailable":"not yours"');
	expect(tasks.match(/"query_text":"SELECT 1"/g)).toHaveLength(1);
});

test('List Runs pages fully, with filters', async () => {
	const id = await job(bench, 'listed', [compare('only')]);
	const input = Array.from({ length: 30 }, () => ({ json: {} }));
	await bench.run(run(id), { input });
	const ofJob = { job: { __rl: true, mode: 'id', value: id } };
	const all = await bench.items(operation('listRuns', { ...ofJob, returnAll: true }));
	expect(all.map(({ run_id: runId }) => runId)).toEqual(await allRunsOf(id));
	expect(all).toHaveLength(30);
	const filters = { ...ofJob, stateFilter: 'active', returnAll: true };
	expect(await bench.items(operation('listRuns', filters))).toEqual([]);
	const future = { options: { startedFrom: '2099-01-01T00:00:00Z' } };
	expect(await bench.items(operation('listRuns', { ...ofJob, ...future }))).toEqual([]);
	expect(await bench.items(operation('listRuns', { ...ofJob, limit: 3 }))).toHaveLength(3);
});

async function allRunsOf(jobId: string): Promise<string[]> {
	const found: string[] = [];
	let page = '';
	do {
		const query = `job_id=${jobId}&page_token=${page}`;
		const text = await bench.text('GET', `/api/2.2/jobs/runs/list?${query}`);
		found.push(...[...text.matchAll(/"run_id":\s*(\d+)/g)].map((match) => match[1] ?? ''));
		page = /"next_page_token":"([^"]+)"/.exec(text)?.[1] ?? '';
	} while (page !== '');
	return found;
}

test('Cancel Run ends a run, and leaves one that has ended as it is', async () => {
	const id = await job(slow, 'cancelled', [compare('only')]);
	const [started] = await slow.items(run(id, { wait: false }));
	const cancel = ofRun('cancelRun', started?.run_id);
	expect(await slow.items(cancel)).toEqual([
		expect.objectContaining({ cancelled: true, outcome: 'cancelled', ended: true }),
	]);
	expect(await slow.items(cancel)).toEqual([expect.objectContaining({ cancelled: false })]);
});

test('Cancel All Runs cancels what runs and what waits', async () => {
	const id = await job(slow, 'all cancelled', [compare('only')]);
	const input = [{ json: {} }, { json: {} }, { json: {} }];
	await slow.run(run(id, { wait: false }), { input });
	const ofJob = { job: { __rl: true, mode: 'id', value: id } };
	await slow.items(operation('cancelAllRuns', ofJob));
	for (const runId of await runsOf(slow, id)) {
		await slow.until(async () => (await resultStateOf(slow, runId)) === 'CANCELED');
	}
});
