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

test('a run of twenty hours is followed by looks an hour apart to its end, and started once', async () => {
	const text = await bench.text('POST', '/api/2.2/jobs/create', {
		name: 'takes a day',
		tasks: [compare('only')],
		parameters: [{ name: 'month', default: '' }],
	});
	const id = /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
	let looks = 0;
	let advancing = Promise.resolve();
	const follow = async () =>
		await bench.engine.execute(workflow('takes a day'), {
			startNode: 'Start',
			credentials: bench.credentials,
			hooks: {
				nodeStarted: (name) => {
					if (name !== 'Pause') return;
					looks++;
					advancing = advancing.then(async () => await clock.advance(hourMs));
				},
			},
		});
	const execution = await follow();
	await advancing;
	expect(execution.error).toBeUndefined();
	expect(execution.items('Go On Here').map(({ json }) => json)).toEqual([
		expect.objectContaining({ ended: true, outcome: 'succeeded', job_id: id }),
	]);
	expect(looks).toBeGreaterThanOrEqual(20);
	const again = await follow();
	expect(again.items('Start the Run')[0]?.json.start).toBe('found');
	expect(await runsOf(bench, id)).toHaveLength(1);
}, 60_000);
