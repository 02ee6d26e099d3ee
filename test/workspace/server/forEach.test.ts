import { ManualClock } from '../../../workspace/clock';
import { createJob, endOf, getRun, jobs, runNow, task } from './runCalls';
import { at, type Call, workspaceUnderTest } from './workspaceUnderTest';

const opened = workspaceUnderTest();
afterAll(async () => (await opened).server.close());

/** A loop over `inputs` that compares each with 5 and fails for what is no number. */
const loop = (inputs: string, more = {}, nested = {}) => ({
	task_key: 'loop',
	for_each_task: {
		inputs,
		task: {
			task_key: 'check',
			condition_task: { op: 'GREATER_THAN', left: '{{input}}', right: '5' },
			...nested,
		},
		...more,
	},
});

/** The page of a for-each task: its own run, as runs/get gives it. */
async function iterationsOf(call: Call, run: unknown, attempt = 0) {
	const tasks = at(run, 'tasks');
	const found = Array.isArray(tasks)
		? tasks.find(
				(each) => at(each, 'task_key') === 'loop' && at(each, 'attempt_number') === attempt,
			)
		: undefined;
	const page = await getRun(call, String(at(found, 'run_id')));
	const list = at(page, 'iterations');
	return { loop: found, page, iterations: Array.isArray(list) ? list : [] };
}

const states = (iterations: readonly unknown[]) =>
	iterations.map((each) => [
		at(each, 'task_key'),
		at(each, 'attempt_number'),
		at(each, 'state', 'result_state') ?? at(each, 'state', 'life_cycle_state'),
	]);

async function run(settings: object, more = {}) {
	const { call } = await opened;
	const runId = await runNow(call, await createJob(call, settings), more);
	return { runId, ended: await endOf(await opened, runId) };
}

test('each input has its iteration, with its own output and result', async () => {
	const { call } = await opened;
	const { ended } = await run({ tasks: [loop('[3, 7, 9007199254740993]'), task('end', ['loop'])] });
	const { loop: seen, page, iterations } = await iterationsOf(call, ended);
	expect(at(ended, 'state', 'result_state')).toBe('SUCCESS');
	expect(iterations.map((each) => at(each, 'condition_task', 'outcome'))).toEqual([
		'false',
		'true',
		'true',
	]);
	expect(at(seen, 'for_each_task', 'stats')).toEqual({
		task_run_stats: {
			total_iterations: 3,
			scheduled_iterations: 3,
			active_iterations: 0,
			completed_iterations: 3,
			succeeded_iterations: 3,
			failed_iterations: 0,
		},
		error_message_stats: [],
	});
	expect(at(page, 'tasks', 0, 'task_key')).toBe('loop');
	const output = `${jobs}/runs/get-output?run_id=${String(at(iterations[1], 'run_id'))}`;
	expect((await call('GET', output)).status).toBe(200);
});

test('an iteration that fails fails the task, and the others still run', async () => {
	const { call } = await opened;
	const { ended } = await run({ tasks: [loop('["x", 7, "x"]', {}, { max_retries: 1 })] });
	const { loop: seen, iterations } = await iterationsOf(call, ended);
	expect(at(ended, 'state', 'result_state')).toBe('FAILED');
	expect(states(iterations)).toEqual([
		['check', 0, 'FAILED'],
		['check', 0, 'SUCCESS'],
		['check', 0, 'FAILED'],
	]);
	expect(at(seen, 'for_each_task', 'stats', 'error_message_stats')).toEqual([
		{ error_message: "Cannot compare 'x': it is not a number.", count: 2 },
	]);
	const output = `${jobs}/runs/get-output?run_id=${String(at(seen, 'run_id'))}`;
	expect(at((await call('GET', output)).body, 'error')).toBe('2 of 3 iterations did not succeed.');
});

test('a repair runs the iterations again that failed, and keeps the others', async () => {
	const { call } = await opened;
	const parameters = [{ name: 'last', default: 'x' }];
	const { runId, ended } = await run({
		parameters,
		tasks: [loop('["7", "{{job.parameters.last}}"]')],
	});
	await call('POST', `${jobs}/runs/repair`, {
		run_id: BigInt(runId),
		rerun_all_failed_tasks: true,
		job_parameters: { last: '2' },
	});
	const before = (await iterationsOf(call, ended)).iterations;
	const { iterations } = await iterationsOf(call, await endOf(await opened, runId), 1);
	const ids = (list: readonly unknown[]) => list.map((each) => at(each, 'run_id'));
	expect(states(before).map(([, , result]) => result)).toEqual(['SUCCESS', 'FAILED']);
	expect(ids(iterations)).toEqual([ids(before)[0], expect.any(BigInt)]);
	expect(ids(iterations)[1]).not.toBe(ids(before)[1]);
	expect(iterations.map((each) => at(each, 'condition_task', 'outcome'))).toEqual([
		'true',
		'false',
	]);
});

test('members of an input can be used', async () => {
	const { call } = await opened;
	const condition_task = { op: 'EQUAL_TO', left: '{{input.month}}', right: '{{input.of.month}}' };
	const inputs =
		'[{"month": "2026-10", "of": {"month": "2026-10"}}, {"month": 1, "of": {"month": 2}}]';
	const { ended } = await run({ tasks: [loop(inputs, {}, { condition_task })] });
	const { iterations } = await iterationsOf(call, ended);
	expect(iterations.map((each) => at(each, 'condition_task', 'outcome'))).toEqual([
		'true',
		'false',
	]);
});

test.each([
	['a job parameter', '{{job.parameters.months}}', 2],
	['an empty list', '[]', 0],
])('the inputs can be %s', async (_what, inputs, count) => {
	const { call } = await opened;
	const parameters = [{ name: 'months', default: '["2026-09", "2026-10"]' }];
	const nested = { condition_task: { op: 'EQUAL_TO', left: '{{input}}', right: '2026-10' } };
	const { ended } = await run({ parameters, tasks: [loop(inputs, {}, nested)] });
	expect((await iterationsOf(call, ended)).iterations).toHaveLength(count);
	expect(at(ended, 'state', 'result_state')).toBe('SUCCESS');
});

test.each([
	['no JSON', '[1,', /are not JSON: \[1,$/],
	['no array', '{"a": 1}', /are no array/],
])('inputs that are %s fail the task', async (_what, inputs, message) => {
	const { call } = await opened;
	const { ended } = await run({ tasks: [loop(inputs)] });
	const output = `${jobs}/runs/get-output?run_id=${String(at(ended, 'tasks', 0, 'run_id'))}`;
	expect(at((await call('GET', output)).body, 'error')).toMatch(message);
});

test('a loop in a loop is refused', async () => {
	const { call } = await opened;
	const nested = { condition_task: undefined, for_each_task: loop('[1]').for_each_task };
	const answer = await call('POST', `${jobs}/create`, { tasks: [loop('[1]', {}, nested)] });
	expect([answer.status, at(answer.body, 'message')]).toEqual([
		400,
		'Task check of a for_each_task cannot be one itself.',
	]);
});

test('more than 100 iterations come in pages', async () => {
	const { call } = await opened;
	const inputs = JSON.stringify(Array.from({ length: 130 }, (_, index) => index));
	const { ended } = await run({ tasks: [loop(inputs, { concurrency: 100 })] });
	const { page, iterations } = await iterationsOf(call, ended);
	const token = String(at(page, 'next_page_token'));
	const id = String(at(ended, 'tasks', 0, 'run_id'));
	const next = await getRun(call, id, `&page_token=${token}`);
	expect([
		iterations.length,
		at(next, 'iterations', 'length'),
		at(next, 'next_page_token'),
	]).toEqual([100, 30, undefined]);
});

describe('in time', () => {
	const clock = new ManualClock();
	const slow = workspaceUnderTest({ clock, pace: { taskStartMs: 1_000 } });
	afterAll(async () => (await slow).server.close());

	const start = async (task: object, settings = {}) => {
		const { call } = await slow;
		return await runNow(call, await createJob(call, { ...settings, tasks: [task] }));
	};

	test('as many iterations run at a time as `concurrency` says', async () => {
		const { call } = await slow;
		const runId = await start(loop('[1, 2, 3]', { concurrency: 2 }));
		await clock.advance(1_500);
		const seen = await iterationsOf(call, await getRun(call, runId));
		expect(states(seen.iterations).map(([, , state]) => state)).toEqual([
			'PENDING',
			'PENDING',
			'BLOCKED',
		]);
		expect(at(seen.loop, 'for_each_task', 'stats', 'task_run_stats')).toMatchObject({
			total_iterations: 3,
			scheduled_iterations: 2,
			active_iterations: 2,
		});
		await clock.advance(2_000);
		expect(at(await getRun(call, runId), 'state', 'result_state')).toBe('SUCCESS');
	});

	test.each([
		['a cancelled run', {}, { code: 'USER_CANCELED', state: 'CANCELED' }],
		['a timeout of the task', { timeout_seconds: 2 }, { code: 'CANCELED', state: 'TIMEDOUT' }],
	])('%s ends its iterations', async (_what, more, { code, state }) => {
		const { call } = await slow;
		const runId = await start({ ...loop('[1, 2, 3, 4, 5]'), ...more });
		await clock.advance(2_500);
		if (state === 'CANCELED') {
			await call('POST', `${jobs}/runs/cancel`, { run_id: BigInt(runId) });
		}
		await clock.advance(2_000);
		const { loop: seen, iterations } = await iterationsOf(call, await getRun(call, runId));
		expect(at(seen, 'state', 'result_state')).toBe(state);
		expect(states(iterations).map(([, , result]) => result)).toEqual([
			'SUCCESS',
			...Array<string>(4).fill('CANCELED'),
		]);
		expect(at(iterations[4], 'status', 'termination_details', 'code')).toBe(code);
	});
});
