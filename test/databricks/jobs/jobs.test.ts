import { outcomeOf, resultOf } from '../../../nodes/databricks/jobs/jobRunState';
import { waitForRun } from '../../../nodes/databricks/jobs/jobRunFollowing';
import { cancelRun, getRun, listRuns } from '../../../nodes/databricks/jobs/jobRuns';
import { runNow } from '../../../nodes/databricks/jobs/jobRunStart';
import { findJobByName, getJob } from '../../../nodes/databricks/jobs/jobs';
import { collect } from '../../../nodes/databricks/paging';
import { cancelWhenGivenUp } from '../../../nodes/databricks/waiting';
import type { Handler } from '../inProcessDispatcher';
import {
	bodyOf,
	brokenConnection,
	errorOf,
	inTurn,
	json,
	workspaceUnderTest,
} from '../workspaceUnderTest';

const bigId = '7012345678901234567';
const pageUrl = 'https://adb-1.2.azuredatabricks.net/?o=1#job/1/run/7012345678901234567';

describe('finding a job', () => {
	const job = (job_id: number, name: string) => ({ job_id, settings: { name } });

	it.each([
		['the one of this name', [job(1, 'Close'), job(2, 'Other')], 'job 1'],
		['in another case', [job(1, 'CLOSE')], 'job 1'],
		['the exact one before others', [job(1, 'close'), job(2, 'Close')], 'job 2'],
		['none', [], 'There is no job named "Close".'],
		['two', [job(1, 'Close'), job(2, 'Close')], 'There are 2 jobs named "Close".'],
	])('%s', async (_what, jobs, expected) => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({ jobs }));
		const found = await findJobByName(workspace, 'Close').then(
			(it) => `job ${it.job_id}`,
			(error: Error) => error.message,
		);
		expect(found).toBe(expected);
		expect(dispatcher.seen[0]?.path).toBe('/api/2.2/jobs/list?limit=100&name=Close');
	});

	it('reads all pages of a job with many tasks', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(
			inTurn(
				() =>
					json({
						job_id: 1,
						settings: { name: 'x', tasks: [{ task_key: 'a' }], parameters: [{ name: 'month' }] },
						next_page_token: 'p2',
					}),
				() => json({ job_id: 1, settings: { tasks: [{ task_key: 'b' }] } }),
			),
		);
		expect((await getJob(workspace, '1')).settings).toEqual({
			name: 'x',
			tasks: [{ task_key: 'a' }, { task_key: 'b' }],
			parameters: [{ name: 'month' }],
		});
		expect(dispatcher.seen.map(({ path }) => path)).toEqual([
			'/api/2.2/jobs/get?job_id=1',
			'/api/2.2/jobs/get?job_id=1&page_token=p2',
		]);
	});
});

describe('starting a run', () => {
	const request = {
		jobId: bigId,
		idempotencyToken: 'k-1',
		parameters: { family: 'job', values: { month: '2026-10' } },
	} as const;

	it('sends the token always, and exact ids', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json(`{"run_id":${bigId}}`));
		expect(await runNow(workspace, request)).toBe(bigId);
		expect(dispatcher.seen[0]?.body).toBe(
			`{"job_id":${bigId},"idempotency_token":"k-1","job_parameters":{"month":"2026-10"}}`,
		);
	});

	it('asks again after a lost answer, and gets the run that was started', async () => {
		const runs = new Map<unknown, string>();
		let lost = 0;
		const { workspace, dispatcher } = workspaceUnderTest(async (http) => {
			const body = await bodyOf(http);
			const token =
				typeof body === 'object' && body !== null && 'idempotency_token' in body
					? body.idempotency_token
					: '';
			if (!runs.has(token)) runs.set(token, String(BigInt(bigId) + BigInt(runs.size)));
			if (lost++ < 2) throw brokenConnection('ECONNRESET');
			return json(`{"run_id":${runs.get(token)}}`);
		});
		expect([await runNow(workspace, request), runs.size, dispatcher.seen.length]).toEqual([
			bigId,
			1,
			3,
		]);
	});

	it.each([[''], ['x'.repeat(65)]])('refuses the token "%s"', async (idempotencyToken) => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}));
		const error = await errorOf(() => runNow(workspace, { ...request, idempotencyToken }));
		expect([error.kind, dispatcher.seen]).toEqual(['badRequest', []]);
	});
});

describe('reading a run', () => {
	it('joins the pages of its tasks and keeps the newest attempt of each', async () => {
		const task = (task_key: string, attempt_number: number, run_id: number) => ({
			task_key,
			attempt_number,
			run_id,
		});
		const { workspace } = workspaceUnderTest(
			inTurn(
				() =>
					json({ run_id: 1, tasks: [task('a', 0, 11), task('b', 0, 12)], next_page_token: 'p2' }),
				() => json({ run_id: 1, tasks: [task('a', 2, 14), task('a', 1, 13), task('c', 0, 15)] }),
			),
		);
		const { tasks } = await getRun(workspace, '1');
		expect(tasks.map(({ task_key, run_id }) => [task_key, run_id])).toEqual([
			['a', '14'],
			['b', '12'],
			['c', '15'],
		]);
	});

	it('lists runs with their filters', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(
			inTurn(
				() => json({ next_page_token: 'p2' }),
				() => json({ runs: [{ run_id: 1 }] }),
			),
		);
		expect(
			(await collect(listRuns(workspace, { jobId: '5', activeOnly: true }))).map(
				(run) => run.run_id,
			),
		).toEqual(['1']);
		expect(dispatcher.seen[1]?.path).toBe(
			'/api/2.2/jobs/runs/list?job_id=5&active_only=true&limit=24&page_token=p2',
		);
	});
});

describe('waiting for a run', () => {
	const running = { run_id: 1, state: { life_cycle_state: 'RUNNING' }, run_page_url: pageUrl };
	const done = { run_id: 1, state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' } };

	it('survives a network that is away for ten minutes', async () => {
		let awayUntilMs = 0;
		const { workspace, clock, dispatcher } = workspaceUnderTest(() => {
			if (dispatcher.seen.length === 1) awayUntilMs = clock.now() + 600_000;
			if (dispatcher.seen.length === 1) return json(running);
			if (clock.now() < awayUntilMs) throw brokenConnection('ECONNREFUSED');
			return json(done);
		});
		const run = await waitForRun(workspace, '1', { deadlineMs: clock.now() + 3_600_000 });
		expect(outcomeOf(run)).toBe('succeeded');
	});

	it('tells each change of the run and of its tasks once', async () => {
		const states: string[] = [];
		const withTask = (state: object) => ({
			...running,
			tasks: [{ run_id: 2, task_key: 'a', state }],
		});
		const { workspace, clock } = workspaceUnderTest(
			inTurn(
				() => json(withTask({ life_cycle_state: 'PENDING' })),
				() => json(withTask({ life_cycle_state: 'PENDING' })),
				() => json(withTask({ life_cycle_state: 'RUNNING' })),
				() => json(done),
			),
		);
		await waitForRun(workspace, '1', {
			deadlineMs: clock.now() + 60_000,
			onChange: (run) => states.push([run, ...run.tasks].map(resultOf).join('/')),
		});
		expect(states).toEqual(['RUNNING/PENDING', 'RUNNING/RUNNING', 'SUCCESS']);
	});

	it('cancels in Databricks when the time is over, although a Stop came, too', async () => {
		const controller = new AbortController();
		const handler: Handler = (request) => {
			if (request.url.includes('/cancel')) return json({});
			controller.abort();
			return json(running);
		};
		const { workspace, dispatcher, clock } = workspaceUnderTest(handler, {
			signal: controller.signal,
		});
		const error = await errorOf(() =>
			cancelWhenGivenUp(
				async () => await waitForRun(workspace, '1', { deadlineMs: clock.now() + 60_000 }),
				async () => await cancelRun(workspace.forSignal(undefined), '1'),
			),
		);
		expect([error.kind, dispatcher.seen.map(({ path, body }) => `${path} ${body}`)]).toEqual([
			'aborted',
			[
				'/api/2.2/jobs/runs/get?run_id=1&include_history=true ',
				'/api/2.2/jobs/runs/cancel {"run_id":1}',
			],
		]);
	});

	it('says how long it waited for what', async () => {
		const { workspace, clock } = workspaceUnderTest(() => json(running));
		const error = await errorOf(() =>
			waitForRun(workspace, '1', { deadlineMs: clock.now() + 1_800_000 }),
		);
		expect([error.kind, error.message, error.ids]).toEqual([
			'timeout',
			'Run 1 was still RUNNING after 30 minutes.',
			{ runId: '1', jobId: undefined, pageUrl },
		]);
	});
});
