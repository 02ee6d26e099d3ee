import { ManualClock } from '../../../workspace/clock';
import { createJob, getRun, jobs, runNow, task, taskStates } from './runCalls';
import { at, type Call, workspaceUnderTest } from './workspaceUnderTest';

const clock = new ManualClock();
const pace = { runQueueMs: 1000, taskStartMs: 1000, runTerminateMs: 1000 };
const opened = workspaceUnderTest({ clock, pace });
afterAll(async () => (await opened).server.close());

/** `life cycle, result, code` of a run or task. */
const ending = (what: unknown) => [
	at(what, 'state', 'life_cycle_state'),
	at(what, 'state', 'result_state'),
	at(what, 'status', 'termination_details', 'code'),
];
const tasksOf = (run: unknown): unknown[] => {
	const tasks = at(run, 'tasks');
	return Array.isArray(tasks) ? tasks : [];
};
const cancel = async (call: Call, runId: string) =>
	await call('POST', `${jobs}/runs/cancel`, { run_id: BigInt(runId) });

/** A task that lasts as long as the job that it starts. */
async function lasting(call: Call, key: string, more = {}) {
	const child = await createJob(call, { tasks: [task('a'), task('b', ['a']), task('c', ['b'])] });
	return { task_key: key, run_job_task: { job_id: child }, ...more };
}

/**
 * Lets time pass where runs start runs: a start takes no time of this clock, but a write of the
 * database, and so does the start of a run that is skipped at once, behind it.
 */
async function pass(call: Call, ms: number): Promise<void> {
	const none = await createJob(call, { tasks: [task('a')], max_concurrent_runs: 0 });
	for (let passed = 0; passed < ms; passed += 500) {
		await clock.advance(500);
		await runNow(call, none);
	}
}

test('the timeout of a job ends the run as TIMEDOUT, and its tasks by the platform', async () => {
	const { call } = await opened;
	const tasks = [task('a'), task('b', ['a']), task('c', ['b'])];
	const runId = await runNow(call, await createJob(call, { timeout_seconds: 3, tasks }));
	await clock.advance(5000);
	const run = await getRun(call, runId);
	const message = 'The run took longer than its timeout of 3 seconds.';
	expect(at(run, 'state')).toEqual({
		life_cycle_state: 'TERMINATED',
		result_state: 'TIMEDOUT',
		state_message: message,
		user_cancelled_or_timedout: true,
	});
	expect([run, ...tasksOf(run)].map(ending)).toEqual([
		['TERMINATED', 'TIMEDOUT', 'CANCELED'],
		['TERMINATED', 'SUCCESS', 'SUCCESS'],
		['TERMINATED', 'CANCELED', 'CANCELED'],
		['TERMINATED', 'CANCELED', 'CANCELED'],
	]);
	expect(at(run, 'tasks', 2, 'state', 'state_message')).toBe(message);
});

test.each([
	['fails', {}, ['slow#0 TERMINATED TIMEDOUT'], 'Task slow failed with message: '],
	[
		'is retried when it says so',
		{ max_retries: 1, retry_on_timeout: true },
		['slow#0 TERMINATED TIMEDOUT', 'slow#1 TERMINATED TIMEDOUT'],
		'Task slow failed with message: ',
	],
	['is not retried otherwise', { max_retries: 1 }, ['slow#0 TERMINATED TIMEDOUT'], 'Task slow '],
])('a task that exceeds its timeout %s', async (_what, more, states, text) => {
	const { call } = await opened;
	const slow = await lasting(call, 'slow', { timeout_seconds: 1, ...more });
	const runId = await runNow(call, await createJob(call, { tasks: [slow] }));
	await pass(call, 10_000);
	const run = await getRun(call, runId);
	const message = 'The task took longer than its timeout of 1 seconds.';
	expect(taskStates(run)).toEqual(states);
	expect(at(run, 'state', 'state_message')).toMatch(
		new RegExp(`^${text}.*${message.slice(0, 20)}`),
	);
	const output = `${jobs}/runs/get-output?run_id=${String(at(run, 'tasks', 0, 'run_id'))}`;
	expect(at((await call('GET', output)).body, 'error')).toBe(message);
});

describe('a cancel', () => {
	test('before anything began, and again while it ends, is one cancel', async () => {
		const { call } = await opened;
		const runId = await runNow(call, await createJob(call, { tasks: [task('a')] }));
		await cancel(call, runId);
		await clock.advance(500);
		expect((await cancel(call, runId)).status).toBe(200);
		expect(ending(await getRun(call, runId))).toEqual(['TERMINATING', undefined, undefined]);
		await clock.advance(1000);
		const run = await getRun(call, runId);
		expect([run, ...tasksOf(run)].map(ending)).toEqual([
			['TERMINATED', 'CANCELED', 'USER_CANCELED'],
			['TERMINATED', 'CANCELED', 'USER_CANCELED'],
		]);
	});

	test('after the timeout, while the run ends, changes nothing', async () => {
		const { call } = await opened;
		const job = await createJob(call, { timeout_seconds: 1, tasks: [task('a'), task('b', ['a'])] });
		const runId = await runNow(call, job);
		await clock.advance(1500);
		await cancel(call, runId);
		await clock.advance(5000);
		expect(ending(await getRun(call, runId))).toEqual(['TERMINATED', 'TIMEDOUT', 'CANCELED']);
	});

	test('after the end keeps the outcome', async () => {
		const { call } = await opened;
		const runId = await runNow(call, await createJob(call, { tasks: [task('a')] }));
		await clock.advance(5000);
		expect((await cancel(call, runId)).status).toBe(200);
		expect(ending(await getRun(call, runId))).toEqual(['TERMINATED', 'SUCCESS', 'SUCCESS']);
	});

	test('of a run that waits in the queue ends it at once, and the next one begins', async () => {
		const { call } = await opened;
		const job = await createJob(call, { tasks: [task('a')] });
		const [first = '', second = '', third = ''] = [
			await runNow(call, job),
			await runNow(call, job),
			await runNow(call, job),
		];
		await cancel(call, second);
		expect(ending(await getRun(call, second))[1]).toBe('CANCELED');
		await clock.advance(2500);
		const states = [first, third].map(async (id) => ending(await getRun(call, id))[0]);
		expect(await Promise.all(states)).toEqual(['TERMINATED', 'PENDING']);
	});

	test('reaches the run that a task started', async () => {
		const { call } = await opened;
		const child = await createJob(call, { tasks: [task('a')] });
		const run_job_task = { job_id: child };
		const runId = await runNow(
			call,
			await createJob(call, { tasks: [{ task_key: 'call', run_job_task }] }),
		);
		await pass(call, 2500);
		await cancel(call, runId);
		await pass(call, 3000);
		const list = await call('GET', `${jobs}/runs/list?job_id=${String(child)}`);
		expect(ending(at(list.body, 'runs', 0))[1]).toBe('CANCELED');
		expect(ending(await getRun(call, runId))[1]).toBe('CANCELED');
	});
});

describe('a queue', () => {
	test.each([
		['2.2', 'QUEUED'],
		['2.1', 'SKIPPED'],
	])('is there by default for a job of API %s: %s', async (version, state) => {
		const { call } = await opened;
		const settings = { name: 'job', tasks: [task('a')] };
		const created = await call('POST', `/api/${version}/jobs/create`, settings);
		const job = at(created.body, 'job_id');
		await runNow(call, job);
		expect(ending(await getRun(call, await runNow(call, job)))[0]).toBe(state);
	});

	test('is no use to a job that may have no run', async () => {
		const { call } = await opened;
		const job = await createJob(call, { tasks: [task('a')], max_concurrent_runs: 0 });
		expect(ending(await getRun(call, await runNow(call, job)))).toEqual([
			'SKIPPED',
			'MAXIMUM_CONCURRENT_RUNS_REACHED',
			'MAX_CONCURRENT_RUNS_EXCEEDED',
		]);
	});

	test('is emptied in the order of the starts, as many at a time as may run', async () => {
		const { call } = await opened;
		const job = await createJob(call, { tasks: [task('a')], max_concurrent_runs: 2 });
		const ids = [];
		for (let count = 0; count < 5; count++) {
			ids.push(await runNow(call, job));
			await clock.advance(1);
		}
		await clock.advance(3000);
		const states = ids.map(async (id) => ending(await getRun(call, id))[0]);
		expect(await Promise.all(states)).toEqual([
			'TERMINATED',
			'TERMINATED',
			'RUNNING',
			'RUNNING',
			'QUEUED',
		]);
	});
});

const isGone = async (call: Call, path: string) => {
	const { status, body } = await call('GET', path);
	return [status, at(body, 'error_code'), at(body, 'message')];
};

test.each([
	[
		'deleted',
		async (call: Call, runId: string) => {
			await call('POST', `${jobs}/runs/delete`, { run_id: BigInt(runId) });
		},
	],
	['60 days old', async () => await clock.advance(60 * 86_400_000)],
])('a run that is %s is gone everywhere', async (_what, remove) => {
	const { call } = await opened;
	const job = await createJob(call, { tasks: [task('a')] });
	const runId = await runNow(call, job);
	await clock.advance(5000);
	const taskRunId = String(at(await getRun(call, runId), 'tasks', 0, 'run_id'));
	await remove(call, runId);
	const missing = (id: string) => [400, 'INVALID_PARAMETER_VALUE', `Run ${id} does not exist.`];
	expect(await isGone(call, `${jobs}/runs/get?run_id=${runId}`)).toEqual(missing(runId));
	expect(await isGone(call, `${jobs}/runs/get?run_id=${taskRunId}`)).toEqual(missing(taskRunId));
	expect(await isGone(call, `${jobs}/runs/get-output?run_id=${taskRunId}`)).toEqual(
		missing(taskRunId),
	);
	expect((await call('GET', `${jobs}/runs/list?job_id=${String(job)}`)).body).toEqual({
		has_more: false,
	});
	for (const path of ['cancel', 'delete', 'repair']) {
		const body = { run_id: BigInt(runId), rerun_all_failed_tasks: true };
		expect((await call('POST', `${jobs}/runs/${path}`, body)).status).toBe(400);
	}
});

test('a run 59 days old is still there', async () => {
	const { call } = await opened;
	const runId = await runNow(call, await createJob(call, { tasks: [task('a')] }));
	await clock.advance(59 * 86_400_000);
	expect(ending(await getRun(call, runId))[1]).toBe('SUCCESS');
});

test('an active run is not deleted', async () => {
	const { call } = await opened;
	const runId = await runNow(call, await createJob(call, { tasks: [task('a')] }));
	const answer = await call('POST', `${jobs}/runs/delete`, { run_id: BigInt(runId) });
	expect([answer.status, at(answer.body, 'error_code')]).toEqual([400, 'INVALID_STATE']);
	expect(ending(await getRun(call, runId))[0]).toBe('PENDING');
	await clock.advance(5000);
});

test('the attempts of a run with more than 100 tasks come in pages, a task with its retries', async () => {
	const { call } = await opened;
	const failing = { ...task('t5'), condition_task: undefined };
	const tasks = Array.from({ length: 120 }, (_, index) =>
		index === 5
			? { ...failing, notebook_task: { notebook_path: '/x' }, max_retries: 2 }
			: task(`t${index}`),
	);
	const runId = await runNow(call, await createJob(call, { tasks }));
	await clock.advance(10_000);
	const first = await getRun(call, runId);
	const second = await getRun(call, runId, `&page_token=${String(at(first, 'next_page_token'))}`);
	const keys = [first, second]
		.flatMap((page) => taskStates(page))
		.map((text) => text.split(' ')[0]);
	expect([at(first, 'has_more'), at(second, 'next_page_token')]).toEqual([true, undefined]);
	expect([tasksOf(first).length, tasksOf(second).length]).toEqual([100, 22]);
	expect(keys.slice(4, 9)).toEqual(['t4#0', 't5#0', 't5#1', 't5#2', 't6#0']);
	expect(new Set(keys).size).toBe(122);
	expect((await call('GET', `${jobs}/runs/get?run_id=${runId}&page_token=x`)).status).toBe(400);
});
