import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { ManualClock } from '../../workspace/clock';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { compare, runsOf } from '../nodes/jobsUnderTest';
import { Workbench } from '../nodes/workbench';

const hourMs = 3_600_000;
const fileSchema = z.looseObject({
	nodes: z.array(z.looseObject({ name: z.string(), parameters: z.looseObject({}) })),
});

let bench: Workbench;
const clock = new ManualClock();
beforeAll(async () => {
	bench = await Workbench.open({ clock, pace: { taskStartMs: 20 * hourMs } });
});
afterAll(async () => {
	await bench.close();
});

/** The workflow as it is shipped, with a pause of milliseconds. */
function workflow(job: string) {
	const path = join(repositoryRoot(__dirname), 'workflows', 'run-job-durable.json');
	const file = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
	const settings = file.nodes.find(({ name }) => name === 'Settings');
	const values = { job, month: '2026-10', pauseMinutes: 0.000_2 };
	const assignments = Object.entries(values).map(([name, value]) => ({
		id: name,
		name,
		type: typeof value,
		value,
	}));
	Object.assign(settings?.parameters ?? {}, { assignments: { assignments } });
	return file;
}

async function create(name: string): Promise<string> {
	const text = await bench.text('POST', '/api/2.2/jobs/create', {
		name,
		tasks: [compare('only')],
		parameters: [{ name: 'month', default: '' }],
	});
	return /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
}

/** Runs the workflow; each pause of it lasts so many hours. */
async function follow(
	job: string,
	hours: number,
	onPause?: (pauses: number) => void,
	signal?: AbortSignal,
) {
	let pauses = 0;
	let advancing = Promise.resolve();
	const execution = await bench.engine.execute(workflow(job), {
		startNode: 'Start',
		credentials: bench.credentials,
		signal,
		hooks: {
			nodeStarted: (name) => {
				if (name !== 'Pause') return;
				pauses++;
				advancing = advancing.then(async () => await clock.advance(hours * hourMs));
				onPause?.(pauses);
			},
		},
	});
	await advancing;
	return { execution, pauses };
}

const found = { ended: true, outcome: 'succeeded' };

test('a run of twenty hours is followed by looks an hour apart to its end, and started once', async () => {
	const id = await create('takes a day');
	const { execution, pauses } = await follow('takes a day', 1);
	expect(execution.error).toBeUndefined();
	expect(execution.items('Go On Here').map(({ json }) => json)).toEqual([
		expect.objectContaining({ ...found, job_id: id }),
	]);
	expect(pauses).toBeGreaterThanOrEqual(20);
	const again = await follow('takes a day', 1);
	expect(again.execution.items('Start the Run')[0]?.json.start).toBe('found');
	expect(await runsOf(bench, id)).toHaveLength(1);
}, 60_000);

test('an n8n that is killed while it waits leaves the run alone, and the next start joins it', async () => {
	const id = await create('outlives n8n');
	const kill = new AbortController();
	const killed = await follow(
		'outlives n8n',
		5,
		(pauses) => pauses === 2 && kill.abort(),
		kill.signal,
	);
	expect(killed.execution.run.status).toBe('canceled');
	const [runId = ''] = await runsOf(bench, id);
	const text = await bench.text('GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
	expect(text).toContain('"life_cycle_state":"RUNNING"');
	const { execution } = await follow('outlives n8n', 5);
	expect(execution.items('Start the Run')[0]?.json).toMatchObject({
		run_id: runId,
		start: 'joined',
	});
	expect(execution.items('Go On Here').map(({ json }) => json)).toEqual([
		expect.objectContaining({ ...found, run_id: runId }),
	]);
	expect(await runsOf(bench, id)).toEqual([runId]);
}, 60_000);
