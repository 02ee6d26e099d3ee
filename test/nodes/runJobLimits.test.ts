import type { Execution } from '../../tooling/engine/execution';
import { ManualClock } from '../../workspace/clock';
import { compare, job, run, runsOf } from './jobsUnderTest';
import { whileTimePasses } from './passingTime';
import { Workbench } from './workbench';

/** What a user sees of the limits of a workspace, here one that has room for a single task run. */
const hourMs = 3_600_000;
const clock = new ManualClock();
const mayNotWait = { options: { queue: 'skip' } };

let bench: Workbench;
let first = '';
beforeEach(async () => {
	const pace = { taskStartMs: 100 * hourMs };
	bench = await Workbench.open({ clock, pace, limits: { activeTaskRuns: 1 } });
	first = await job(bench, 'first', [compare('only')]);
	await bench.items(run(first, { wait: false }));
});
afterEach(async () => {
	await bench.close();
});

function startsHit(): number {
	return bench.workspace.faults.list()[0]?.hits ?? 0;
}

test('a start that finds no room is repeated until there is some, and makes one run', async () => {
	const id = await job(bench, 'second', [compare('only')]);
	const starts = { method: 'POST', path: '/api/2.2/jobs/run-now', delayMs: 0, times: 0 };
	bench.workspace.faults.add(starts);
	let isOver = false;
	const running = bench.items(run(id, mayNotWait)).finally(() => (isOver = true));
	while (!isOver && startsHit() < 2) await clock.advance(0);
	expect(await runsOf(bench, id)).toEqual([]);
	await clock.advance(101 * hourMs);
	while (!isOver && (await runsOf(bench, id)).length === 0) await clock.advance(0);
	await clock.advance(101 * hourMs);
	expect(await running).toMatchObject([{ result_state: 'SUCCESS', start: 'started', attempt: 1 }]);
	expect(await runsOf(bench, id)).toHaveLength(1);
});

test('a start that finds no room for minutes fails with what Databricks says, and starts nothing', async () => {
	const id = await job(bench, 'third', [compare('only')]);
	const start = async () => await bench.run(run(id, mayNotWait));
	const { error }: Execution = await whileTimePasses(start, () => true, 1_000);
	expect(error).toMatchObject({
		message: 'There are already 1 active runs (limit: 1).',
		httpCode: '429',
		context: expect.objectContaining({ error_code: 'REQUEST_LIMIT_EXCEEDED' }),
	});
	expect(await runsOf(bench, id)).toEqual([]);
});

test.each([
	['its job', 'first', 'MAXIMUM_CONCURRENT_RUNS_REACHED', /^Other runs of the job are active\./],
	['the workspace', 'other', 'WORKSPACE_RUN_LIMIT_EXCEEDED', /^The workspace has as many active/],
])(
	'a run that waits in the queue for a place in %s is told as skipped after 48 hours',
	async (_where, which, code, hint) => {
		const id = which === 'first' ? first : await job(bench, which, [compare('only')]);
		const before = (await runsOf(bench, id)).length;
		const running = bench.run(run(id));
		while ((await runsOf(bench, id)).length === before) await clock.advance(0);
		await clock.advance(48 * hourMs);
		const { error } = await running;
		expect(error?.message.replace(/\d{10,}/, 'N')).toMatch(
			new RegExp(`^Run N was skipped \\(${code}\\): Skipping this run because the limit of 1 `),
		);
		expect(error?.description).toMatch(hint);
	},
);
