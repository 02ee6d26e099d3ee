import { compare, job, month, run, withKey } from './jobsUnderTest';
import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
});
afterAll(async () => {
	await bench.close();
});

const jobs = '/api/2.2/jobs';
const counted = {
	lookups: `${jobs}/list`,
	declarations: `${jobs}/get`,
	starts: `${jobs}/run-now`,
	reads: `${jobs}/runs/get`,
	pages: `${jobs}/runs/list`,
	outputs: `${jobs}/runs/get-output`,
};

/** How many requests of each kind so many items make. */
async function requestsOf(items: number, name: string, more: Record<string, unknown>) {
	bench.workspace.faults.clear();
	// A delay of nothing harms no request and is counted.
	for (const path of Object.values(counted)) {
		bench.workspace.faults.add({ path, delayMs: 0, times: 0 });
	}
	const input = Array.from({ length: items }, (_, index) => ({ json: { index } }));
	const node = run('', { job: { __rl: true, mode: 'name', value: name }, ...more });
	expect(await bench.items(node, { input })).toHaveLength(items);
	const hits = bench.workspace.faults.list().map(({ hits: count }) => count);
	return Object.fromEntries(Object.keys(counted).map((kind, index) => [kind, hits[index]]));
}

test('beside its start, an item costs no request of its own', async () => {
	const settings = { name: 'counted', tasks: [compare('only')], max_concurrent_runs: 100 };
	const parameters = [{ name: 'month', default: '' }];
	await bench.call('POST', `${jobs}/create`, { ...settings, parameters });
	const one = await requestsOf(1, 'counted', month('2026-10'));
	expect(one).toMatchObject({ lookups: 1, declarations: 1, starts: 1, outputs: 0 });
	const many = await requestsOf(60, 'counted', month('2026-10'));
	const { starts, ...beside } = many;
	const total = (counts: Record<string, number | undefined>) =>
		Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
	expect(starts).toBe(60);
	expect(beside).toMatchObject({ lookups: 1, declarations: 1, outputs: 0 });
	// Looks grow with the time that the starts take on this machine; see jobRunFollowing.test.ts.
	expect(total(beside)).toBeLessThan(30);
});

test('a key costs two more: what was there before, and what the start led to', async () => {
	await job(bench, 'counted keys', [compare('only')]);
	const key = withKey('={{ $json.index }}');
	const counts = await requestsOf(10, 'counted keys', { parameterMode: 'json', ...key });
	expect(counts).toMatchObject({ lookups: 1, starts: 10, outputs: 0 });
	expect(counts.pages).toBeGreaterThanOrEqual(10);
	expect(counts.pages).toBeLessThanOrEqual(13);
});
