import { ManualClock } from '../../../workspace/clock';
import { createJob, getRun, jobs, runNow, task } from './runCalls';
import { at, type Call, workspaceUnderTest } from './workspaceUnderTest';

const hourMs = 3_600_000;
const noQueue = { queue: { enabled: false } };
const refusal = (most: number) => ({
	status: 429,
	body: {
		error_code: 'REQUEST_LIMIT_EXCEEDED',
		message: `There are already ${most} active runs (limit: ${most}).`,
		details: [
			{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', request_id: expect.any(String) },
		],
	},
});

/** A workspace with room for two active task runs, each of which takes ten hours. */
async function crowded() {
	const clock = new ManualClock();
	const opened = await workspaceUnderTest({
		clock,
		pace: { taskStartMs: 10 * hourMs },
		limits: { activeTaskRuns: 2 },
	});
	const job = async (more = {}) =>
		await createJob(opened.call, { tasks: [task('only')], max_concurrent_runs: 9, ...more });
	return { ...opened, clock, job };
}

async function listed(call: Call): Promise<number> {
	const runs = at((await call('GET', `${jobs}/runs/list`)).body, 'runs');
	return Array.isArray(runs) ? runs.length : 0;
}

test('a start that may not wait is refused when the workspace has no room, and leaves no run', async () => {
	const { call, clock, job, server } = await crowded();
	const [one, other] = [await job(), await job()];
	await runNow(call, one);
	await runNow(call, one);
	const start = { job_id: other, idempotency_token: 'one', ...noQueue };
	expect(await call('POST', `${jobs}/run-now`, start)).toMatchObject(refusal(2));
	const once = { run_name: 'once', tasks: [task('only')] };
	expect(await call('POST', `${jobs}/runs/submit`, once)).toMatchObject(refusal(2));
	expect(await listed(call)).toBe(2);
	await clock.advance(11 * hourMs);
	expect((await call('POST', `${jobs}/run-now`, start)).status).toBe(200);
	expect(await listed(call)).toBe(3);
	await server.close();
});

test('every task that runs takes a place', async () => {
	const { call, clock, job, server } = await crowded();
	await runNow(call, await job({ tasks: [task('a'), task('b')] }));
	await clock.advance(1);
	const start = { job_id: await job(), ...noQueue };
	expect((await call('POST', `${jobs}/run-now`, start)).status).toBe(429);
	await server.close();
});

test('a start that may wait is let in when there is room, whichever job it is of', async () => {
	const { call, clock, job, server } = await crowded();
	await runNow(call, await job());
	await clock.advance(hourMs);
	await runNow(call, await job());
	const queued = await runNow(call, await job());
	expect(at(await getRun(call, queued), 'status')).toEqual({
		state: 'QUEUED',
		queue_details: {
			code: 'ACTIVE_RUNS_LIMIT_REACHED',
			message: 'Queued due to reaching the limit of 2 active runs of the workspace.',
		},
	});
	await clock.advance(9 * hourMs);
	const run = await getRun(call, queued);
	expect([at(run, 'status', 'state'), at(run, 'queue_duration')]).toEqual(['RUNNING', 9 * hourMs]);
	await server.close();
});

test.each([
	['its job', 1, 'MAXIMUM_CONCURRENT_RUNS_REACHED', 'MAX_CONCURRENT_RUNS_EXCEEDED'],
	['the workspace', 9, undefined, 'WORKSPACE_RUN_LIMIT_EXCEEDED'],
])('a run waits 48 hours for a place in %s, and no longer', async (_where, most, result, code) => {
	const clock = new ManualClock();
	const { call, server } = await workspaceUnderTest({
		clock,
		pace: { taskStartMs: 100 * hourMs },
		limits: { activeTaskRuns: 1 },
	});
	const job = await createJob(call, { tasks: [task('only')], max_concurrent_runs: most });
	const first = await runNow(call, job);
	const queued = await runNow(call, job);
	await clock.advance(48 * hourMs - 1);
	expect(at(await getRun(call, queued), 'status', 'state')).toBe('QUEUED');
	await clock.advance(1);
	const run = await getRun(call, queued);
	expect(at(run, 'state')).toMatchObject({
		life_cycle_state: 'SKIPPED',
		...(result === undefined ? {} : { result_state: result }),
	});
	expect(at(run, 'status', 'termination_details', 'code')).toBe(code);
	expect(at(run, 'run_duration')).toBe(48 * hourMs);
	expect(at(await getRun(call, first), 'status', 'state')).toBe('RUNNING');
	await server.close();
});
