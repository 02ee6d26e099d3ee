import { compare, failingJob, importSql, job, month, ofRun, run, runsOf } from './jobsUnderTest';
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

describe('Repair Run', () => {
	test('runs what failed again, with the parameters of the run, and waits for the repair', async () => {
		const id = await failingJob(bench, 'repair me');
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
