import { compare, importSql, job, month, run, runsOf, sqlJob, withKey } from './jobsUnderTest';
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
beforeEach(() => bench.workspace.faults.clear());

test('a run gives its item: ids exact, tasks in order, outputs by task', async () => {
	const id = await job(bench, 'two tasks', [
		compare('first'),
		compare('second', { depends_on: [{ task_key: 'first', outcome: 'true' }] }),
	]);
	const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
	const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//);
	const long = expect.stringMatching(/^\d{17,}$/);
	const times = { start_time: time, end_time: time, duration_seconds: expect.any(Number) };
	const state = {
		ended: true,
		outcome: 'succeeded',
		state: 'TERMINATED',
		result_state: 'SUCCESS',
		state_message: null,
	};
	const task = {
		run_id: long,
		...state,
		attempt_number: 0,
		run_page_url: url,
		...times,
		setup_seconds: expect.any(Number),
		execution_seconds: expect.any(Number),
		output: null,
	};
	expect(Number.isSafeInteger(Number(id))).toBe(false);
	expect(await bench.items(run(id, month('2026-10')))).toEqual([
		{
			run_id: long,
			job_id: id,
			run_name: 'two tasks',
			run_type: 'JOB_RUN',
			...state,
			start: 'started',
			attempt: 1,
			follows_run_id: null,
			repair_count: 0,
			run_page_url: url,
			creator_user_name: expect.any(String),
			...times,
			queue_seconds: null,
			job_parameters: { month: '2026-10' },
			tasks: { first: task, second: task },
		},
	]);
});

test.each([
	['By Name', { mode: 'name', value: 'findable' }],
	['By URL', { mode: 'url', value: 'https://adb-1.2.azuredatabricks.net/jobs/ID?o=1' }],
	[
		'by the URL of a run',
		{ mode: 'url', value: 'https://adb-1.2.azuredatabricks.net/jobs/ID/runs/9' },
	],
	['by an old URL', { mode: 'url', value: 'https://adb-1.2.azuredatabricks.net/?o=7#job/ID' }],
])('the job is found %s', async (_case, locator) => {
	const name = `findable ${_case}`;
	const id = await job(bench, name, [compare('only')]);
	const value = locator.mode === 'name' ? name : locator.value.replace('ID', id);
	const [item] = await bench.items(run(id, { job: { __rl: true, mode: locator.mode, value } }));
	expect(item).toMatchObject({ job_id: id, result_state: 'SUCCESS' });
});

test('all jobs are listed, with a filter over name and ID', async () => {
	const id = await job(bench, 'Listed Alone', [compare('only')]);
	const found = await bench.search('databricksRunJob', 'searchJobs', 'listed al');
	expect(found).toEqual([{ name: 'Listed Alone', value: id, url: `${bench.url}/jobs/${id}` }]);
	expect(
		(await bench.search('databricksRunJob', 'searchJobs', id)).map(({ name }) => name),
	).toEqual(['Listed Alone']);
});

test('a failed run names the task, its own error, and the page', async () => {
	const id = await sqlJob(bench, 'fails', 'SELECT * FROM gold.nowhere.totals');
	const { error } = await bench.run(run(id));
	const [runId] = await runsOf(bench, id);
	expect(error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(
			new RegExp(`^Task "check" of run ${runId} failed: .*TABLE_OR_VIEW_NOT_FOUND`),
		),
		description: expect.stringContaining(`${bench.url}/`),
		context: {
			job_id: id,
			run_id: runId,
			task_key: 'check',
			page_url: expect.stringContaining(bench.url),
			run_page_url: expect.stringContaining(bench.url),
			error_code: 'TABLE_OR_VIEW_NOT_FOUND',
		},
	});
});

test.each([
	['an answer that is lost after the run was started', { when: 'after', reset: true }],
	['503 twice', { status: 503, times: 2, retryAfter: 0 }],
	['429 once', { status: 429, retryAfter: 0 }],
] as const)('%s makes one run', async (_case, fault) => {
	const id = await job(bench, _case, [compare('only')]);
	bench.workspace.faults.add({ method: 'POST', path: '/api/2.2/jobs/run-now', ...fault });
	const [item] = await bench.items(run(id));
	expect(await runsOf(bench, id)).toEqual([item?.run_id]);
});

describe('idempotency', () => {
	test('each execution starts a run of its own, also when n8n was set up anew and counts from 1', async () => {
		const id = await job(bench, 'twice', [compare('only')]);
		await bench.items(run(id), { executionId: '1' });
		await bench.items(run(id), { executionId: '1' });
		expect((await runsOf(bench, id)).length).toBe(2);
	});

	test('items of one execution start runs of their own, and keep their pairing', async () => {
		const id = await job(bench, 'three items', [compare('only')]);
		const input = ['2026-08', '2026-09', '2026-10'].map((value) => ({ json: { value } }));
		const execution = await bench.run(run(id, month('={{ $json.value }}')), { input });
		expect(
			execution.items('Node').map(({ json, pairedItem }) => [json.job_parameters, pairedItem]),
		).toEqual([
			[{ month: '2026-08' }, { item: 0 }],
			[{ month: '2026-09' }, { item: 1 }],
			[{ month: '2026-10' }, { item: 2 }],
		]);
		expect((await runsOf(bench, id)).length).toBe(3);
	});

	test('one key leads to one run, also when started at once, and says who joined', async () => {
		const id = await job(bench, 'keyed', [compare('only')]);
		const node = run(id, withKey('2026-10'));
		const both = await Promise.all([bench.items(node), bench.items(node)]);
		const [later] = await bench.items(node);
		const runs = await runsOf(bench, id);
		expect(runs.length).toBe(1);
		expect([...both.flat(), later].map((item) => item?.run_id)).toEqual(Array(3).fill(runs[0]));
		expect(both.flat().map((item) => item.start)).toEqual(
			expect.arrayContaining(['started', expect.stringMatching(/^(joined|found)$/)]),
		);
		expect(later).toMatchObject({ start: 'found', attempt: 1 });
		await bench.items(run(id, withKey('2026-11')));
		expect((await runsOf(bench, id)).length).toBe(2);
	});

	test('after a failed run the same key starts the next attempt', async () => {
		const id = await sqlJob(bench, 'repaired', 'SELECT * FROM gold.nowhere.totals');
		const node = run(id, withKey('2026-10'));
		expect((await bench.run(node)).error?.message).toMatch(/^Task "check"/);
		await importSql(bench, 'repaired', 'SELECT 1');
		const [second] = await bench.items(node);
		const [third] = await bench.items(node);
		const [, failed] = await runsOf(bench, id);
		expect(second).toMatchObject({
			attempt: 2,
			start: 'started',
			follows_run_id: failed,
			result_state: 'SUCCESS',
		});
		expect(third).toMatchObject({ attempt: 2, start: 'found', run_id: second?.run_id });
		expect((await runsOf(bench, id)).length).toBe(2);
	});

	test('a key whose run was deleted, and one of 200 characters, start a run', async () => {
		const id = await job(bench, 'deleted', [compare('only')]);
		const node = run(id, withKey('k'.repeat(200)));
		const [first] = await bench.items(node);
		await bench.text('POST', '/api/2.2/jobs/runs/delete', { run_id: first?.run_id });
		const [second] = await bench.items(node);
		expect(second).toMatchObject({ start: 'started', attempt: 2, follows_run_id: null });
		expect(await runsOf(bench, id)).toEqual([second?.run_id]);
	});

	test("n8n's Retry On Fail starts a new run after a failed one", async () => {
		const id = await sqlJob(bench, 'retried', 'SELECT * FROM gold.nowhere.totals');
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };
		const { error } = await bench.run({ ...run(id), settings });
		expect(error?.message).toMatch(/^Task "check"/);
		expect((await runsOf(bench, id)).length).toBe(2);
	});
});

test('without waiting the item tells the run that was started', async () => {
	const id = await job(slow, 'started', [compare('only')]);
	const [item] = await slow.items(run(id, { wait: false }));
	expect(item).toMatchObject({
		run_id: (await runsOf(slow, id))[0],
		end_time: null,
		start: 'started',
	});
	expect(item).not.toHaveProperty('tasks');
});

describe('giving up', () => {
	const resultOf = async (id: string) => {
		const list = await slow.call('GET', `/api/2.2/jobs/runs/list?job_id=${id}`);
		return JSON.stringify(list).match(/"result_state":"(\w+)"/)?.[1];
	};

	test('Stop cancels the run in Databricks', async () => {
		const id = await job(slow, 'stopped', [compare('only')]);
		const stop = new AbortController();
		const execution = slow.run(run(id), { signal: stop.signal });
		await slow.until(async () => (await runsOf(slow, id)).length === 1);
		stop.abort();
		await execution;
		await slow.until(async () => (await resultOf(id)) === 'CANCELED');
	});

	test('a timeout cancels the run and says so without the word that n8n takes for a Stop', async () => {
		const id = await job(slow, 'timed out', [compare('only')]);
		const execution = await slow.run(run(id, { timeoutMinutes: 0.005 }));
		expect(execution.run.status).toBe('error');
		expect(execution.error?.message).toMatch(/^Run \d+ was still RUNNING after \d seconds\.$/);
		await slow.until(async () => (await resultOf(id)) === 'CANCELED');
	});

	test('of two starts with one key at the same instant only the first may cancel the run', async () => {
		const id = await job(slow, 'shared at once', [compare('only')]);
		// Both look before either starts.
		const path = '/api/2.2/jobs/run-now';
		slow.workspace.faults.add({ method: 'POST', path, delayMs: 100, times: 2 });
		const stops = [new AbortController(), new AbortController()];
		const both = stops.map(async ({ signal }) => await slow.run(run(id, withKey('k')), { signal }));
		await slow.until(async () => (await runsOf(slow, id)).length === 1);
		stops[1]?.abort();
		await both[1];
		expect(await resultOf(id)).toBeUndefined();
		stops[0]?.abort();
		await slow.until(async () => (await resultOf(id)) === 'CANCELED');
		await both[0];
	});

	test('a run that was joined is left alone', async () => {
		const id = await job(slow, 'shared', [compare('only')]);
		await slow.items(run(id, { wait: false, ...withKey('k') }));
		const { error } = await slow.run(run(id, { timeoutMinutes: 0.005, ...withKey('k') }));
		expect(error?.description).toContain('goes on in Databricks');
		expect(await resultOf(id)).toBeUndefined();
	});
});

test.each([
	['no such job', { job: { __rl: true, mode: 'id', value: '7' } }, /^Job 7 does not exist/],
	['no such name', { job: { __rl: true, mode: 'name', value: 'nobody' } }, /no job named "nobody"/],
	[
		'an ID that is none',
		{ job: { __rl: true, mode: 'id', value: '={{ "abc" }}' } },
		/^Job ID "abc" is not a number/,
	],
	['no job', { job: { __rl: true, mode: 'id', value: '={{ "" }}' } }, /^'Job' is empty/],
	[
		'JSON that is none',
		{ parameterMode: 'json', jobParametersJson: '[1]' },
		/is not a JSON object/,
	],
])('a wrong field is explained: %s', async (_case, parameters, message) => {
	const { error } = await bench.run(run('1', parameters));
	expect(error?.message).toMatch(message);
});
