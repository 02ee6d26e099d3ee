import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { Workspace } from '../../nodes/databricks/workspace';
import { stopUpdate } from '../../nodes/PipelineUpdate/watchUpdate';
import { pipeline, prepareCatalog, update, updatesOf } from './pipelineBench';
import { Workbench } from './workbench';

/** Updates that do not end by themselves: what a Stop does, and what becomes of one in the way. */
let slow: Workbench;
beforeAll(async () => {
	slow = await Workbench.open({ pace: { updateStartMs: 3_600_000 } });
	await prepareCatalog(slow);
});
afterAll(async () => {
	await slow.close();
});

describe('giving up', () => {
	const view = (name: string) => `CREATE OR REFRESH MATERIALIZED VIEW ${name} AS SELECT 1 AS one`;

	test('Stop stops the update in Databricks', async () => {
		const { id } = await pipeline(slow, view('stopped'));
		const stop = new AbortController();
		const execution = slow.run(update(id), { signal: stop.signal });
		await slow.until(async () => (await updatesOf(slow, id)).length === 1);
		stop.abort();
		await execution;
		await slow.until(async () => (await updatesOf(slow, id))[0]?.state === 'CANCELED');
	});

	test.each([
		['joined', { options: { ifRunning: 'join' } }],
		['waited for', { operation: 'wait' }],
		['to be followed by one of its own', { options: { ifRunning: 'after' } }],
		['its own, but told to leave it', undefined],
	])('Stop leaves an update alone that is %s', async (_how, more) => {
		const { id } = await pipeline(slow, view('others'));
		const isOwn = more === undefined;
		if (!isOwn) await slow.items(update(id, { wait: false }));
		const reads = {
			method: 'GET',
			path: `/api/2.0/pipelines/${id}/updates/*`,
			delayMs: 0,
			times: 0,
		};
		slow.workspace.faults.clear();
		slow.workspace.faults.add(reads);
		const stop = new AbortController();
		const node = update(id, more ?? { options: { cancelWhenGivenUp: false } });
		const execution = slow.run(node, { signal: stop.signal });
		await slow.until(async () => (slow.workspace.faults.list()[0]?.hits ?? 0) > 0);
		slow.workspace.faults.add({ method: 'POST', path: '*/stop', delayMs: 0, times: 0 });
		stop.abort();
		await execution;
		expect(slow.workspace.faults.list()[1]?.hits).toBe(0);
		expect(await updatesOf(slow, id)).toEqual([
			{ updateId: expect.any(String), state: expect.stringMatching(/QUEUED|WAITING/) },
		]);
	});

	test('Stop does not end what another started when its own update had ended', async () => {
		const { id } = await pipeline(slow, view('later'));
		const [first] = await slow.items(update(id, { wait: false }));
		await slow.items(update(id, { operation: 'stop' }));
		await slow.items(update(id, { wait: false }));
		const workspace = new Workspace({ host: slow.url, tokens: staticToken(slow.workspace.token) });
		await stopUpdate(workspace, id, String(first?.update_id));
		expect((await updatesOf(slow, id)).map(({ state }) => state)).toEqual([
			expect.stringMatching(/QUEUED|WAITING/),
			'CANCELED',
		]);
	});

	test('Stop while the start is under way stops the update that came of it', async () => {
		const { id } = await pipeline(slow, view('started'));
		const path = `/api/2.0/pipelines/${id}/updates`;
		slow.workspace.faults.clear();
		slow.workspace.faults.add({ method: 'POST', path, when: 'after', reset: true });
		const stop = new AbortController();
		const execution = slow.run(update(id), { signal: stop.signal });
		await slow.until(async () => slow.workspace.faults.list()[0]?.hits === 1);
		stop.abort();
		await execution;
		await slow.until(async () => (await updatesOf(slow, id))[0]?.state === 'CANCELED');
		expect((await updatesOf(slow, id)).length).toBe(1);
	});

	test('a timeout stops the update', async () => {
		const { id } = await pipeline(slow, view('late'));
		const execution = await slow.run(update(id, { timeoutMinutes: 0.005 }));
		expect(execution.run.status).toBe('error');
		expect(execution.error?.message).toMatch(/^Update \S+ was still \w+ after \d seconds\.$/);
		await slow.until(async () => (await updatesOf(slow, id))[0]?.state === 'CANCELED');
	});

	test('an update that is running is named, or joined and left alone', async () => {
		const { id } = await pipeline(slow, view('busy'));
		const [first] = await slow.items(update(id, { wait: false }));
		const refused = await slow.run(update(id));
		expect(refused.error?.description).toContain(String(first?.update_id));
		const [joined] = await slow.items(update(id, { wait: false, options: { ifRunning: 'join' } }));
		expect(joined).toMatchObject({ update_id: first?.update_id, joined: true });
		const late = await slow.run(
			update(id, { timeoutMinutes: 0.005, options: { ifRunning: 'join' } }),
		);
		expect(late.error?.description).toContain('goes on in Databricks');
		const [skipped] = await slow.items(update(id, { options: { ifRunning: 'skip' } }));
		expect(skipped).toMatchObject({ update_id: first?.update_id, joined: false, skipped: true });
		expect((await updatesOf(slow, id)).length).toBe(1);
		expect((await updatesOf(slow, id))[0]?.state).not.toBe('CANCELED');
	});

	test('an update that is running is stopped before another is started', async () => {
		const { id } = await pipeline(slow, view('replaced'));
		const [first] = await slow.items(update(id, { wait: false }));
		const [second] = await slow.items(update(id, { wait: false, options: { ifRunning: 'stop' } }));
		expect((await updatesOf(slow, id)).map(({ updateId, state }) => [updateId, state])).toEqual([
			[second?.update_id, expect.stringMatching(/QUEUED|WAITING/)],
			[first?.update_id, 'CANCELED'],
		]);
		const replaced = await slow.run(update(id, { operation: 'wait', updateId: first?.update_id }));
		expect(replaced.error?.message).toBe(
			`Update ${String(first?.update_id)} was replaced: it was cancelled, and update ${String(second?.update_id)} was started in its place (API_CALL).`,
		);
	});

	test('another update is started when the one that is running has ended', async () => {
		const { id } = await pipeline(slow, view('queued'));
		const [first] = await slow.items(update(id, { wait: false }));
		const after = slow.items(update(id, { wait: false, options: { ifRunning: 'after' } }));
		await slow.items(update(id, { operation: 'stop' }));
		const [second] = await after;
		expect((await updatesOf(slow, id)).map(({ updateId }) => updateId)).toEqual([
			second?.update_id,
			first?.update_id,
		]);
	});
});
