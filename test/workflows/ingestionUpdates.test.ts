import {
	findPipelineByName,
	listUpdates,
	postUpdate,
	waitForUpdate,
} from '../../nodes/databricks/pipelines/pipelines';
import { Demo } from '../../tooling/start/demo';
import { query } from '../../tooling/start/figures';
import { ManualClock } from '../../workspace/clock';
import type { ScoutExport } from '../../workspace/sample/exports';
import { uploadFile } from './volumeUpload';

const pipelineName = 'scout_etl';
const updates = '/api/2.0/pipelines/*/updates';
const hourMs = 3_600_000;

let demo: Demo;
afterEach(async () => {
	await demo?.close();
});

async function open(...options: Parameters<typeof Demo.open>): Promise<string> {
	demo = await Demo.open(...options);
	await demo.deploy();
	return (await findPipelineByName(demo.client, pipelineName)).pipeline_id;
}

/** An export with one good row. */
function exportOf(exportId: string): ScoutExport {
	const line = JSON.stringify({
		transaction_id: `TXN${exportId.replace(/\D/g, '').padStart(10, '9')}`,
		agency: 'RIM',
		transaction_date: '2026-10-31',
		amount: '100.10',
		category: 'VAT',
		vendor_id: 'V1',
		exported_at: '2026-11-01T04:00:00Z',
	});
	return { exportId, agency: 'RIM', lines: [line] };
}

function publish(exportId: string): void {
	demo.neighbours.scout.publish([exportOf(exportId)], demo.workspace.clock.now());
}

async function rowsInSilver(): Promise<number> {
	const [[count] = []] = await query(demo, 'SELECT count(*) FROM silver.scout.transactions');
	return Number(count);
}

/** The updates of the pipeline, oldest first. */
async function updatesOf(pipelineId: string) {
	const found = [];
	for await (const { update_id: id, state } of listUpdates(demo.client, pipelineId)) {
		found.unshift({ id, state });
	}
	return found;
}

test('where nothing was published, nothing is started', async () => {
	const pipelineId = await open();
	const execution = await demo.run('ingestion');
	expect(execution.error).toBeUndefined();
	expect(await updatesOf(pipelineId)).toEqual([]);
	expect(demo.neighbours.mattermost.posts).toEqual([]);
});

test('files that no update has read yet are read by the next run, whatever became of the updates since', async () => {
	const pipelineId = await open();
	const landOnly = async (exportId: string) => {
		const body = { error_code: 'PERMISSION_DENIED', message: 'No CAN_RUN on the pipeline.' };
		demo.workspace.faults.add({ method: 'POST', path: updates, status: 403, body, times: 0 });
		publish(exportId);
		expect((await demo.run('ingestion')).run.status).toBe('error');
		demo.workspace.faults.clear();
	};

	await landOnly('RIM-2026-10-29');
	const first = await demo.run('ingestion');
	expect(first.error).toBeUndefined();
	expect(first.items('Last Update')[0]?.json).toMatchObject({ update_id: null, state: null });
	expect(await rowsInSilver()).toBe(1);

	// Neither a validation nor an update of one table reads files into all of them.
	const others = [{ validateOnly: true }, { refreshSelection: ['gold.bir.monthly_totals'] }];
	for (const [at, request] of others.entries()) {
		await landOnly(`RIM-2026-10-3${at}`);
		const updateId = await postUpdate(demo.client, { pipelineId, ...request });
		const deadlineMs = Date.now() + 60_000;
		const ended = await waitForUpdate(demo.client, pipelineId, updateId, { deadlineMs });
		expect(ended.state).toBe('COMPLETED');
		expect(await rowsInSilver()).toBe(1 + at);
		expect((await demo.run('ingestion')).error).toBeUndefined();
		expect(await rowsInSilver()).toBe(2 + at);
	}

	expect((await demo.run('ingestion')).executedNodes).toContain('Nothing to Do');
	await uploadFile(demo, exportOf('RIM-2026-10-28'));
	expect((await demo.run('ingestion')).error).toBeUndefined();
	expect(await rowsInSilver()).toBe(4);
}, 60_000);

test('an update that is under way may have missed the files: it is waited for, and one more is started', async () => {
	const clock = new ManualClock();
	const pipelineId = await open({ clock, pace: { updateStartMs: hourMs } });
	publish('RIM-2026-10-31');
	const underWay = await postUpdate(demo.client, { pipelineId });
	const looks = { method: 'GET', path: `${updates}/*`, delayMs: 0, times: 0 };
	demo.workspace.faults.add(looks);
	let isOver = false;
	const running = demo.run('ingestion').finally(() => (isOver = true));
	const states = async () => (await updatesOf(pipelineId)).map(({ state }) => state).join();
	const passUntil = async (wanted: RegExp, ms: number) => {
		while (!isOver && !wanted.test(await states())) await clock.advance(ms);
	};

	// The start was refused, and the node looks how the other one is doing.
	while (!isOver && demo.workspace.faults.list()[0]?.hits === 0) await clock.advance(0);
	expect(await updatesOf(pipelineId)).toEqual([{ id: underWay, state: expect.any(String) }]);
	await passUntil(/^COMPLETED$/, hourMs);
	await passUntil(/,/, 0);
	await passUntil(/^COMPLETED,COMPLETED$/, hourMs);

	const execution = await running;
	expect(execution.error).toBeUndefined();
	const [ran] = execution.items('Update Pipeline').map(({ json }) => json);
	expect(ran).toMatchObject({ joined: false, skipped: false, state: 'COMPLETED' });
	expect(await updatesOf(pipelineId)).toEqual([
		{ id: underWay, state: 'COMPLETED' },
		{ id: ran?.update_id, state: 'COMPLETED' },
	]);
	expect(execution.executedNodes).toContain('Ingested');
	expect(demo.neighbours.mattermost.posts).toEqual([]);
}, 60_000);
