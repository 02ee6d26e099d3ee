import { compare, importSql, job, month, run, runsOf, sqlJob, withKey } from './jobsUnderTest';
import { type NodeUnderTest, Workbench } from './workbench';

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

const node = (operation: string, parameters: Record<string, unknown>): NodeUnderTest => ({
	type: 'databricksRunJob',
	parameters: { authentication: 'accessToken', operation, ...parameters },
});
const ofRun = (operation: string, runId: unknown, more: Record<string, unknown> = {}) =>
	node(operation, { run: { __rl: true, mode: 'id', value: runId }, ...more });

const stateOf = async (on: Workbench, runId: string) => {
	const text = await on.text('GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
	return /"result_state":"(\w+)"/.exec(text)?.[1];
};

/** A job of two tasks, of which the second fails until its file is mended. */
async function failingJob(name: string): Promise<string> {
	await importSql(bench, name, 'SELECT * FROM gold.nowhere.totals');
	const sql_task = {
		warehouse_id: bench.workspace.warehouseId,
		file: { path: `/Shared/${name}.sql`, source: 'WORKSPACE' },
	};
	return await job(bench, name, [
		compare('first'),
		{ task_key: 'second', depends_on: [{ task_key: 'first' }], sql_task },
		compare('third', { depends_on: [{ task_key: 'second' }] }),
	]);
}

describe('Repair Run', () => {
	test('runs what failed again, with the parameters of the run, and waits for the repair', async () => {
		const id = await failingJob('repair me');
		const settings = { onError: 'continueRegularOutput' };
		const [failed] = await bench.items({ ...run(id, month('2026-10')), settings });
		expect(failed).toMatchObject({
			outcome: 'failed',
			task_key: 'second',
			failed_tasks: [{ task_key: 'second', error_code: 'TABLE_OR_VIEW_NOT_FOUND' }],
			upstream_failed_tasks: ['third'],
		});
		const second = await bench.items({ ...ofRun('repairRun', failed?.run_id), settings });
		expect(second).toEqual([expect.objectContaining({ outcome: 'failed', task_key: 'second' })]);
		await importSql(bench, 'repair me', 'SELECT 1');
		const [repaired] = await bench.items(ofRun('repairRun', failed?.run_id));
		expect(repaired).toMatchObject({
			run_id: failed?.run_id,
			outcome: 'succeeded',
			repair_count: 2,
			repair_id: expect.stringMatching(/^\d{17,}$/),
			job_parameters: { month: '2026-10' },
			tasks: {
				first: { attempt_number: 0, outcome: 'succeeded' },
				second: { attempt_number: 2, outcome: 'succeeded' },
			},
		});
		expect(await runsOf(bench, id)).toHaveLength(1);
	});

	test('runs chosen tasks again with other parameters and what depends on them', async () => {
		const id = await job(bench, 'repair chosen', [
			compare('first'),
			compare('second', { depends_on: [{ task_key: 'first' }] }),
			compare('beside'),
		]);
		const [first] = await bench.items(run(id));
		const [repaired] = await bench.items(
			ofRun('repairRun', first?.run_id, {
				repairTasks: 'chosen',
				repairTaskKeys: 'first',
				repairDependents: true,
				...month('2026-12'),
			}),
		);
		expect(repaired).toMatchObject({
			job_parameters: { month: '2026-12' },
			tasks: {
				first: { attempt_number: 1 },
				second: { attempt_number: 1 },
				beside: { attempt_number: 0 },
			},
		});
	});

	test.each([
		['lost', { when: 'after', reset: true }],
		['a 503', { when: 'after', status: 503 }],
	] as const)('makes one repair when its answer is %s', async (what, fault) => {
		const id = await job(bench, `repair ${what}`, [compare('only')]);
		const [first] = await bench.items(run(id));
		const path = '/api/2.2/jobs/runs/repair';
		bench.workspace.faults.add({ method: 'POST', path, ...fault });
		const chosen = { repairTasks: 'chosen', repairTaskKeys: 'only' };
		const execution = await bench.run(ofRun('repairRun', first?.run_id, chosen));
		const [item] = await bench.items(ofRun('getRun', first?.run_id));
		expect(execution.error?.message ?? 'no error').toBe('no error');
		expect(item).toMatchObject({ repair_count: 1 });
	});

	test('refuses a run that is active', async () => {
		const id = await job(slow, 'active', [compare('only')]);
		const [item] = await slow.items(run(id, { wait: false }));
		const { error } = await slow.run(ofRun('repairRun', item?.run_id));
		expect(error?.message).toMatch(/cannot be repaired before it has ended/);
	});
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
		const [item] = await bench.items(node('runOnce', parameters));
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
		const [first] = await bench.items(node('runOnce', parameters));
		const [second] = await bench.items(node('runOnce', parameters));
		expect(Object.keys(Object(first?.tasks))).toEqual(['a', 'b']);
		expect(second).toMatchObject({ run_id: first?.run_id, start: 'found' });
	});

	test('refuses a definition without tasks', async () => {
		const { error } = await bench.run(node('runOnce', { taskKind: 'json', taskDefinition: '{}' }));
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
		expect(await stateOf(slow, String(started?.run_id))).toBeUndefined();
	});

	test('gives an item for each task, and a failure with its cause', async () => {
		const id = await failingJob('split');
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
	const all = await bench.items(node('listRuns', { ...ofJob, returnAll: true }));
	expect(all.map(({ run_id: runId }) => runId)).toEqual(await allRunsOf(id));
	expect(all).toHaveLength(30);
	const filters = { ...ofJob, stateFilter: 'active', returnAll: true };
	expect(await bench.items(node('listRuns', filters))).toEqual([]);
	const future = { options: { startedFrom: '2099-01-01T00:00:00Z' } };
	expect(await bench.items(node('listRuns', { ...ofJob, ...future }))).toEqual([]);
	expect(await bench.items(node('listRuns', { ...ofJob, limit: 3 }))).toHaveLength(3);
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
	await slow.items(node('cancelAllRuns', ofJob));
	for (const runId of await runsOf(slow, id)) {
		await slow.until(async () => (await stateOf(slow, runId)) === 'CANCELED');
	}
});

describe('when the job already runs', () => {
	const other = month('2026-01');

	async function withActive(name: string) {
		const id = await job(slow, name, [compare('only')]);
		const [active] = await slow.items(run(id, { wait: false }));
		return { id, activeId: String(active?.run_id) };
	}

	test('Skip says so, with the active run', async () => {
		const { id, activeId } = await withActive('skip');
		const items = await slow.items(run(id, { ifRunning: 'skip', ...other }));
		expect(items).toEqual([
			{
				run_id: null,
				job_id: id,
				run_name: 'skip',
				start: 'skipped',
				active_run_id: activeId,
				active_run_page_url: expect.stringContaining(activeId),
			},
		]);
		expect(await runsOf(slow, id)).toEqual([activeId]);
	});

	test('Fail names the active run', async () => {
		const { id, activeId } = await withActive('fail');
		const { error } = await slow.run(run(id, { ifRunning: 'fail', ...other }));
		expect(error?.message).toBe(`The job fail is already running (run ${activeId}).`);
		expect(await runsOf(slow, id)).toEqual([activeId]);
	});

	test('Wait for It uses its result, and does not cancel it', async () => {
		const { id, activeId } = await withActive('wait');
		const waiting = run(id, { ifRunning: 'wait', timeoutMinutes: 0.002, ...other });
		const { error } = await slow.run(waiting);
		expect(error?.message).toMatch(new RegExp(`^Run ${activeId} was still`));
		expect(await stateOf(slow, activeId)).toBeUndefined();
	});

	test('Cancel It First ends it and starts', async () => {
		const { id, activeId } = await withActive('cancel');
		const [item] = await slow.items(run(id, { ifRunning: 'cancel', wait: false, ...other }));
		expect(await stateOf(slow, activeId)).toBe('CANCELED');
		expect(await runsOf(slow, id)).toEqual([item?.run_id, activeId]);
	});

	test('the run of the same key is joined, whatever is chosen', async () => {
		const id = await job(slow, 'same key', [compare('only')]);
		const keyed = { wait: false, ifRunning: 'skip', ...withKey('k'), ...month('2026-10') };
		const [first] = await slow.items(run(id, keyed));
		const [second] = await slow.items(run(id, keyed));
		expect(second).toMatchObject({ run_id: first?.run_id, start: 'joined' });
	});

	test('a run with the same parameters that somebody else started is not added to', async () => {
		const id = await job(slow, 'somebody', [compare('only')]);
		const [active] = await slow.items(run(id, { wait: false }));
		const [item] = await slow.items(run(id, { ifRunning: 'skip', ...withKey('k') }));
		expect(item).toMatchObject({ start: 'skipped', active_run_id: active?.run_id });
		const [added] = (await runsOf(slow, id)).filter((runId) => runId !== active?.run_id);
		await slow.until(async () => (await stateOf(slow, String(added))) === 'CANCELED');
	});
});
