import { DeltaBench } from './deltaBench';

/** Four hours of polls, one a minute, on a table that changes twice; minutes that the warehouse ran. */
let delta: DeltaBench;
beforeAll(async () => {
	delta = await DeltaBench.open();
});
afterAll(() => delta.close());

const minutes = 4 * 60;
const changes = [60, 150];

async function polled(warehouseUse: string): Promise<{ running: number; delivered: unknown[] }> {
	const { workspace } = delta.bench;
	const address = `/api/2.0/sql/warehouses/${workspace.warehouseId}`;
	const table = await delta.freshTable();
	await delta.bench.call('POST', `${address}/stop`, {});
	const trigger = delta.poller(table, { warehouseUse });
	await trigger.poll('activate');
	await delta.bench.call('POST', `${address}/stop`, {});
	let running = 0;
	const delivered: unknown[] = [];
	for (let minute = 1; minute <= minutes; minute++) {
		await delta.clock.advance(60_000);
		if (changes.includes(minute)) {
			await delta.sql(`INSERT INTO ${table} VALUES (${minute}, 1)`);
			// Who writes has a warehouse that runs.
			await delta.bench.call('POST', `${address}/start`, {});
		}
		delivered.push(...(await trigger.poll()).map(({ id }) => id));
		const { state } = JSON.parse(await delta.bench.text('GET', address));
		if (state === 'RUNNING') running += 1;
	}
	return { running, delivered };
}

test('a sleeping warehouse stays asleep, and the changes come when their writer wakes it', async () => {
	const gentle = await polled('asleepStays');
	expect(gentle.delivered).toEqual(changes);
	// Twice the writer's start, the poll that found the change and the one after it, and ten idle minutes.
	expect(gentle.running).toBeLessThanOrEqual(2 * 12);
}, 120_000);
