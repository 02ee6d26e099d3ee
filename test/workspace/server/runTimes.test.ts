import { ManualClock } from '../../../workspace/clock';
import { createJob, failing, getRun, jobs, runNow, task, taskStates } from './runCalls';
import { at, workspaceUnderTest, type Call } from './workspaceUnderTest';

describe('time', () => {
	const clock = new ManualClock();
	const pace = { runQueueMs: 1000, taskStartMs: 1000, runTerminateMs: 1000 };
	const opened = workspaceUnderTest({ clock, pace });
	afterAll(async () => (await opened).server.close());

	const states = async (call: Call, runId: string) => {
		const run = await getRun(call, runId);
		return [at(run, 'state', 'life_cycle_state'), at(run, 'status', 'state'), ...taskStates(run)];
	};

	test('states follow the clock', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a'), task('b', ['a'])] });
		const runId = await runNow(call, jobId);
		const seen = [await states(call, runId)];
		for (const ms of [1000, 1000, 1000]) {
			await clock.advance(ms);
			seen.push(await states(call, runId));
		}
		expect(seen).toEqual([
			['PENDING', 'PENDING', 'a#0 PENDING', 'b#0 BLOCKED'],
			['RUNNING', 'RUNNING', 'a#0 PENDING', 'b#0 BLOCKED'],
			['RUNNING', 'RUNNING', 'a#0 TERMINATED SUCCESS', 'b#0 PENDING'],
			['TERMINATED', 'TERMINATED', 'a#0 TERMINATED SUCCESS', 'b#0 TERMINATED SUCCESS'],
		]);
	});

	test('cancelling takes time; what has ended stays', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a'), task('b', ['a'])] });
		const runId = await runNow(call, jobId);
		await clock.advance(2500);
		const cancelled = await call('POST', `${jobs}/runs/cancel`, { run_id: BigInt(runId) });
		expect(cancelled).toMatchObject({ status: 200, body: {} });
		expect((await states(call, runId)).slice(0, 2)).toEqual(['TERMINATING', 'TERMINATING']);
		await clock.advance(1000);
		const run = await getRun(call, runId);
		expect(taskStates(run)).toEqual(['a#0 TERMINATED SUCCESS', 'b#0 TERMINATED CANCELED']);
		expect(at(run, 'state')).toEqual({
			life_cycle_state: 'TERMINATED',
			result_state: 'CANCELED',
			state_message: 'Run cancelled.',
			user_cancelled_or_timedout: true,
		});
		await call('POST', `${jobs}/runs/cancel`, { run_id: BigInt(runId) });
		expect((await states(call, runId))[0]).toBe('TERMINATED');
	});

	test('a retry waits its interval', async () => {
		const { call } = await opened;
		const tasks = [failing('a', [], { max_retries: 1, min_retry_interval_millis: 60_000 })];
		const runId = await runNow(call, await createJob(call, { tasks }));
		await clock.advance(3000);
		expect(taskStates(await getRun(call, runId))).toEqual([
			'a#0 TERMINATED FAILED',
			'a#1 WAITING_FOR_RETRY',
		]);
		expect(at(await getRun(call, runId), 'tasks', 1, 'status', 'state')).toBe('WAITING');
		await clock.advance(61_000);
		expect(taskStates(await getRun(call, runId))).toEqual([
			'a#0 TERMINATED FAILED',
			'a#1 TERMINATED FAILED',
		]);
	});

	test('a second run waits in the queue, or is skipped without one', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a')] });
		const first = await runNow(call, jobId);
		const queued = await runNow(call, jobId);
		const skipped = await runNow(call, jobId, { queue: { enabled: false } });
		expect(at(await getRun(call, queued), 'status')).toEqual({
			state: 'QUEUED',
			queue_details: {
				code: 'MAX_CONCURRENT_RUNS_REACHED',
				message: 'Queued due to reaching maximum concurrent runs of 1.',
			},
		});
		expect(at(await getRun(call, skipped), 'state')).toMatchObject({
			life_cycle_state: 'SKIPPED',
			result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
			state_message:
				'Skipping this run because the limit of 1 maximum concurrent runs has been reached.',
		});
		await clock.advance(2000);
		expect((await states(call, first))[0]).toBe('TERMINATED');
		expect((await states(call, queued))[0]).toBe('PENDING');
		await clock.advance(2000);
		const run = await getRun(call, queued);
		expect([at(run, 'state', 'result_state'), at(run, 'queue_duration')]).toEqual([
			'SUCCESS',
			2000,
		]);
	});

	test('cancel-all ends the active and the queued runs of a job', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a')] });
		const ids = [await runNow(call, jobId), await runNow(call, jobId)];
		expect((await call('POST', `${jobs}/runs/cancel-all`, { job_id: jobId })).status).toBe(200);
		await clock.advance(2000);
		const results = await Promise.all(
			ids.map(async (id) => at(await getRun(call, id), 'state', 'result_state')),
		);
		expect(results).toEqual(['CANCELED', 'CANCELED']);
	});
});

test('runs are listed most recent first, filtered and in pages', async () => {
	const clock = new ManualClock(1_000_000);
	const { call, server } = await workspaceUnderTest({ clock, pace: { taskStartMs: 10_000 } });
	const list = async (query: string) => {
		const { body } = await call('GET', `${jobs}/runs/list?${query}`);
		const runs = at(body, 'runs');
		const ids = Array.isArray(runs) ? runs.map((run) => String(at(run, 'run_id'))) : undefined;
		return { ids, token: at(body, 'next_page_token') };
	};
	expect((await call('GET', `${jobs}/runs/list`)).body).toEqual({ has_more: false });
	const [one, two] = [
		await createJob(call, { tasks: [task('a')], max_concurrent_runs: 5 }),
		await createJob(call, { tasks: [task('a')] }),
	];
	const ids = [];
	for (const job of [one, one, two]) {
		ids.push(await runNow(call, job));
		await clock.advance(4000);
	}
	const [first = '', second = '', third = ''] = ids;
	await clock.advance(0);
	expect((await list('')).ids).toEqual([third, second, first]);
	expect((await list(`job_id=${String(one)}`)).ids).toEqual([second, first]);
	expect((await list('active_only=true')).ids).toEqual([third, second]);
	expect((await list('completed_only=true')).ids).toEqual([first]);
	expect((await list('start_time_from=1004000&start_time_to=1004000')).ids).toEqual([second]);
	expect((await list('run_type=SUBMIT_RUN')).ids).toBeUndefined();
	const page = await list('limit=2');
	expect(page.ids).toEqual([third, second]);
	expect((await list(`limit=2&page_token=${String(page.token)}`)).ids).toEqual([first]);
	expect((await call('GET', `${jobs}/runs/list?limit=26`)).status).toBe(400);
	expect((await call('GET', `${jobs}/runs/list?active_only=true&completed_only=true`)).status).toBe(
		400,
	);
	await server.close();
});
