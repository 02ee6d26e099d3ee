import type { Execution } from '../../tooling/engine/execution';
import { compare, job, month, run, runsOf, withKey } from './jobsUnderTest';
import { Workbench } from './workbench';

/** How a node ends with its run, in the engine, against the workspace. */
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

const notebook = { task_key: 'a', notebook_task: { notebook_path: '/x' } };
const inPart = [notebook, compare('b', { depends_on: [{ task_key: 'a' }], run_if: 'ALL_DONE' })];
const going = { onError: 'continueRegularOutput' };
const message = ({ error }: Execution) => error?.message.replace(/\d{10,}/g, 'N');
const resultOf = async (on: Workbench, runId: string) => {
	const text = await on.text('GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
	return /"result_state":"(\w+)"/.exec(text)?.[1];
};

test('a success in part is one unless the user says otherwise', async () => {
	const id = await job(bench, 'in part', inPart);
	const [item] = await bench.items(run(id));
	expect(item).toMatchObject({
		outcome: 'succeededWithFailures',
		result_state: 'SUCCESS_WITH_FAILURES',
		tasks: {
			a: { outcome: 'failed', error: expect.stringContaining('cannot run a notebook_task') },
			b: { outcome: 'succeeded' },
		},
	});
	const strict = run(id, { options: { acceptPartialSuccess: false } });
	const refused = await bench.run(strict);
	expect(message(refused)).toMatch(/^Task "a" of run N failed: .*cannot run a notebook_task/);
	expect(await bench.items({ ...strict, settings: going })).toEqual([
		expect.objectContaining({ outcome: 'succeededWithFailures', task_key: 'a' }),
	]);
});

test('a run that exceeds the timeout of its job is told as such', async () => {
	const text = await slow.text('POST', '/api/2.2/jobs/create', {
		name: 'too slow',
		tasks: [compare('only')],
		parameters: [{ name: 'month', default: '' }],
		timeout_seconds: 1,
	});
	const id = /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
	const execution = await slow.run(run(id));
	expect(message(execution)).toBe(
		'Run N exceeded its time limit (TIMEDOUT): The run took longer than its timeout of 1 seconds.',
	);
	expect(execution.error?.description).toMatch(/^The timeout of the job or of the task is over\./);
});

test('a run that Databricks skips is told as such', async () => {
	const id = await job(slow, 'one at a time', [compare('only')]);
	await slow.items(run(id, { wait: false }));
	const skipped = run(id, { options: { queue: 'skip' }, ...month('2026-10') });
	expect(message(await slow.run(skipped))).toMatch(
		/^Run N was skipped \(MAXIMUM_CONCURRENT_RUNS_REACHED\): Skipping this run because/,
	);
	expect(await slow.items({ ...skipped, settings: going })).toEqual([
		expect.objectContaining({
			outcome: 'skipped',
			result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
			error_code: 'MAX_CONCURRENT_RUNS_EXCEEDED',
			failed_tasks: [],
		}),
	]);
});

test('a run that somebody cancels in Databricks fails the node, and n8n does not take it for a Stop', async () => {
	const id = await job(slow, 'cancelled by hand', [compare('only')]);
	const running = slow.run(run(id));
	await slow.until(async () => (await runsOf(slow, id)).length === 1);
	const [runId] = await runsOf(slow, id);
	await slow.text('POST', '/api/2.2/jobs/runs/cancel', { run_id: runId });
	const execution = await running;
	expect([execution.run.status, message(execution)]).toEqual([
		'error',
		'Run N was cancelled in Databricks: Run cancelled.',
	]);
});

test('an ending that nobody knows fails, with its own words', async () => {
	const id = await job(bench, 'unknown', [compare('only')]);
	const state = { life_cycle_state: 'TERMINATED', result_state: 'EVICTED', state_message: '' };
	const body = { run_id: 7, job_id: 1, state, tasks: [] };
	bench.workspace.faults.add({ path: '/api/2.2/jobs/runs/get', status: 200, body, times: 9 });
	expect(message(await bench.run(run(id)))).toBe(
		'Run 7 ended in a state that this node does not know (EVICTED).',
	);
});

test('a loop that fails names the iteration, and counts them', async () => {
	const condition_task = { op: 'LESS_THAN', left: '{{input}}', right: '9' };
	const loop = {
		task_key: 'loop',
		for_each_task: { inputs: '[1, "x"]', task: { task_key: 'each', condition_task } },
	};
	const id = await job(bench, 'loop', [loop]);
	const [item] = await bench.items({ ...run(id), settings: going });
	expect(item).toMatchObject({
		message: expect.stringMatching(
			/^Task "loop" of run \d+ failed: each: Cannot compare 'x': it is not a number\.$/,
		),
	});
	const get = {
		...run(id),
		parameters: {
			authentication: 'accessToken',
			operation: 'getRun',
			run: { __rl: true, mode: 'id', value: item?.run_id },
		},
	};
	expect(await bench.items(get)).toEqual([
		expect.objectContaining({
			tasks: {
				loop: expect.objectContaining({
					total_iterations: 2,
					succeeded_iterations: 1,
					failed_iterations: 1,
				}),
			},
		}),
	]);
});

describe('when the timeout is over', () => {
	test.each([
		['cancel', 'CANCELED', 'The run was cancelled.'],
		['fail', undefined, 'The run goes on in Databricks.'],
	])('%s', async (whenOver, result, hint) => {
		const id = await job(slow, `over ${whenOver}`, [compare('only')]);
		const { error } = await slow.run(run(id, { whenOver, timeoutMinutes: 0.005 }));
		const [runId = ''] = await runsOf(slow, id);
		expect(error?.message).toMatch(new RegExp(`^Run ${runId} was still RUNNING after`));
		expect(error?.description).toContain(hint);
		await slow.until(async () => (await resultOf(slow, runId)) === result);
	});

	test('hand on', async () => {
		const id = await job(slow, 'over handOn', [compare('only')]);
		const [item] = await slow.items(run(id, { whenOver: 'handOn', timeoutMinutes: 0.005 }));
		const [runId = ''] = await runsOf(slow, id);
		expect(item).toMatchObject({
			run_id: runId,
			ended: false,
			outcome: 'pending',
			start: 'started',
		});
		expect(await resultOf(slow, runId)).toBeUndefined();
	});
});

describe('Stop', () => {
	test('cancels what this execution started, and nothing that it joined', async () => {
		const text = await slow.text('POST', '/api/2.2/jobs/create', {
			name: 'stopped',
			tasks: [compare('only')],
			parameters: [{ name: 'month', default: '' }],
			max_concurrent_runs: 5,
		});
		const id = /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
		const [theirs] = await slow.items(run(id, { wait: false, ...withKey('2026-08') }));
		const stop = new AbortController();
		const input = ['2026-08', '2026-09', '2026-10'].map((key) => ({ json: { key } }));
		const node = run(id, { options: { idempotencyKey: '={{ $json.key }}' } });
		const execution = slow.run(node, { input, signal: stop.signal });
		await slow.until(async () => (await runsOf(slow, id)).length === 3);
		stop.abort();
		await execution;
		for (const runId of await runsOf(slow, id)) {
			const result = runId === theirs?.run_id ? undefined : 'CANCELED';
			await slow.until(async () => (await resultOf(slow, runId)) === result);
		}
		expect(await resultOf(slow, String(theirs?.run_id))).toBeUndefined();
	});

	test('leaves the run when the user says so', async () => {
		const id = await job(slow, 'left alone', [compare('only')]);
		const stop = new AbortController();
		const node = run(id, { options: { cancelOnStop: false } });
		const execution = slow.run(node, { signal: stop.signal });
		await slow.until(async () => (await runsOf(slow, id)).length === 1);
		stop.abort();
		await execution;
		const [runId = ''] = await runsOf(slow, id);
		expect(await resultOf(slow, runId)).toBeUndefined();
	});
});
