import { compare, job, month, resultStateOf, run, runsOf, withKey } from './jobsUnderTest';
import { Workbench } from './workbench';

let slow: Workbench;
beforeAll(async () => {
	slow = await Workbench.open({ pace: { taskStartMs: 3_600_000 } });
});
afterAll(async () => {
	await slow.close();
});
beforeEach(() => {
	slow.workspace.faults.clear();
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
		expect(await resultStateOf(slow, activeId)).toBeUndefined();
	});

	test('Cancel It First ends it and starts', async () => {
		const { id, activeId } = await withActive('cancel');
		const [item] = await slow.items(run(id, { ifRunning: 'cancel', wait: false, ...other }));
		expect(await resultStateOf(slow, activeId)).toBe('CANCELED');
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
		await slow.until(async () => (await resultStateOf(slow, String(added))) === 'CANCELED');
	});
});
