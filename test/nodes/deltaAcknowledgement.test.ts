import type { IDataObject } from 'n8n-workflow';
import { checkpointTable, DeltaBench } from './deltaBench';

let delta: DeltaBench;
let table = '';
let consumer = '';
const minute = 60_000;

beforeAll(async () => {
	delta = await DeltaBench.open();
});
afterAll(() => delta.close());
beforeEach(async () => {
	delta.bench.workspace.faults.clear();
	table = await delta.freshTable();
	consumer = `reader of ${table}`;
});

const underLease = (more: Record<string, unknown> = {}) => ({
	delivery: 'acknowledgement',
	consumer,
	checkpointTable,
	leaseMinutes: 10,
	mostAttempts: 3,
	...more,
});
const poller = (more: Record<string, unknown> = {}) => delta.poller(table, underLease(more));
const idsOf = (items: IDataObject[]) => items.map((item) => item.id);
const eventsOf = (items: IDataObject[]) => items.map((item) => item._event_id);
const acknowledge = (items: IDataObject[]) => delta.checkpoint(consumer, {}, items);

test('changes come once, and the next ones when they are acknowledged', async () => {
	const trigger = poller();
	expect(await trigger.poll('activate')).toEqual([]);
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1), (2, 2)`);
	const first = await trigger.poll();
	expect(idsOf(first).sort()).toEqual([1, 2]);
	expect(first[0]).toMatchObject({ _consumer: consumer, _attempt: 1 });
	await delta.sql(`DELETE FROM ${table} WHERE id = 1`);
	expect(await trigger.poll()).toEqual([]);

	expect(await acknowledge(first)).toEqual([
		{
			acknowledged: true,
			consumer,
			lease_id: first[0]?._lease_id,
			acknowledged_version: 1,
		},
	]);
	const second = await trigger.poll();
	expect(second.map((item) => [item.id, item._change_type])).toEqual([[1, 'delete']]);
	await acknowledge(second);
	expect(await trigger.poll()).toEqual([]);
});

test('a test in the editor shows items as live ones are, and acknowledging them does nothing', async () => {
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1)`);
	const execution = await delta.bench.engine.execute(
		delta.bench.workflow(delta.trigger(table, underLease())),
		{ mode: 'manual', startNode: 'Node', credentials: delta.bench.credentials },
	);
	const shown = execution.items('Node').map(({ json }) => json);
	const trigger = poller({ startAt: 'everything' });
	await trigger.poll('activate');
	const live = await trigger.poll();
	expect(shown.map((item) => Object.keys(item))).toEqual(live.map((item) => Object.keys(item)));
	expect(await acknowledge(shown)).toEqual([
		{ acknowledged: false, consumer, lease_id: 'test-in-the-editor', acknowledged_version: null },
	]);
	expect((await acknowledge(live))[0]).toMatchObject({ acknowledged: true });
});

test('what is not acknowledged in time comes again, with the same event IDs', async () => {
	const trigger = poller({ options: { rowsPerPoll: 2 } });
	await trigger.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3), (3, 3), (3, 3)`);
	const first = await trigger.poll();
	await delta.clock.advance(9 * minute);
	expect(await trigger.poll()).toEqual([]);
	await delta.clock.advance(minute);
	const again = await trigger.poll();
	expect(eventsOf(again)).toEqual(eventsOf(first));
	expect(again[0]?._attempt).toBe(2);
	expect(again[0]?._lease_id).not.toBe(first[0]?._lease_id);

	await expect(acknowledge(first)).rejects.toMatchObject({
		message: expect.stringContaining('The lease is over'),
	});
	expect(
		await delta.checkpoint(consumer, { options: { ifOver: 'continue' } }, first),
	).toMatchObject([{ acknowledged: false }]);
	await acknowledge(again);
	const rest: IDataObject[] = [];
	for (let items = await trigger.poll(); items.length > 0; items = await trigger.poll()) {
		rest.push(...items);
		await acknowledge(items);
	}
	expect(idsOf([...first, ...rest]).sort()).toEqual([1, 2, 3, 3, 3]);
	expect(new Set(eventsOf([...first, ...rest])).size).toBe(5);
});

test('a lease that is over still counts while nobody else got the changes', async () => {
	const trigger = poller();
	await trigger.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1)`);
	const items = await trigger.poll();
	await delta.clock.advance(60 * minute);
	expect(await acknowledge(items)).toMatchObject([{ acknowledged: true }]);
	expect(await acknowledge(items)).toMatchObject([{ acknowledged: true }]);
	expect(await trigger.poll()).toEqual([]);
});

test('the place outlives n8n: another installation goes on, and a lease is held for both', async () => {
	const one = poller();
	await one.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1)`);
	const other = poller();
	const both = await Promise.all([one.poll(), other.poll('activate')]);
	const handedOver = both.flat();
	expect(idsOf(handedOver)).toEqual([1]);
	await acknowledge(handedOver);
	await delta.sql(`INSERT INTO ${table} VALUES (2, 2)`);
	expect(idsOf(await other.poll())).toEqual([2]);
	expect(await one.poll()).toEqual([]);
});

test('a range that nobody acknowledges stops the trigger with the cause, until it is reset', async () => {
	const trigger = poller();
	await trigger.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1)`);
	for (let attempt = 1; attempt <= 3; attempt++) {
		expect(await trigger.poll()).toMatchObject([{ id: 1, _attempt: attempt }]);
		await delta.clock.advance(10 * minute);
	}
	await expect(trigger.poll()).rejects.toMatchObject({
		message: `The changes of ${table} after version 0 up to version 1 were handed over 3 times and never acknowledged.`,
		description: expect.stringContaining(`reset the consumer "${consumer}"`),
	});
	await delta.checkpoint(consumer, { operation: 'reset', resetTo: 'version', resetVersion: 1 });
	expect(await trigger.poll()).toMatchObject([{ id: 1, _attempt: 1 }]);
});

test('or goes to the second output once, and the next ones follow', async () => {
	const trigger = poller({ mostAttempts: 1, afterLastAttempt: 'secondOutput' });
	await trigger.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1)`);
	const [first] = await trigger.pollOutputs();
	await delta.clock.advance(10 * minute);
	await delta.sql(`INSERT INTO ${table} VALUES (2, 2)`);
	const [changes, givenUp] = await trigger.pollOutputs();
	expect(changes).toEqual([]);
	expect(eventsOf(givenUp ?? [])).toEqual(eventsOf(first ?? []));
	expect(idsOf(await trigger.poll())).toEqual([2]);
	expect(await delta.checkpoint(consumer, { operation: 'get' })).toEqual([
		{
			table,
			acknowledged_version: 1,
			place: 'version 1',
			handed_over: {
				lease_id: expect.any(String),
				up_to: 'version 2',
				attempts: 1,
				lease_ends_at: expect.stringMatching(/^20/),
				is_over: false,
			},
			given_up: [
				{ after: 'version 0', up_to: 'version 1', attempts: 1, at: expect.stringMatching(/^20/) },
			],
		},
	]);
});

test.each([
	['a version', { resetTo: 'version', resetVersion: 2 }, [2, 3]],
	['a moment', { resetTo: 'moment' }, [3]],
	['now', { resetTo: 'now' }, []],
])('reset to %s', async (_case, parameters, ids) => {
	const trigger = poller();
	await trigger.poll('activate');
	let third = '';
	for (const id of [1, 2, 3]) {
		await delta.clock.advance(minute);
		third = new Date(delta.clock.now()).toISOString();
		await delta.sql(`INSERT INTO ${table} VALUES (${id}, ${id})`);
	}
	await acknowledge(await trigger.poll());
	await delta.checkpoint(consumer, { operation: 'reset', ...parameters, resetMoment: third });
	expect(idsOf(await trigger.poll())).toEqual(ids);
});

test('everything there is, and then changes, in portions and in one order', async () => {
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3)`);
	const trigger = poller({ startAt: 'everything', options: { rowsPerPoll: 2 } });
	await trigger.poll('activate');
	await delta.sql(`DELETE FROM ${table} WHERE id = 2`);
	const seen: unknown[] = [];
	for (let round = 0; round < 5; round++) {
		const items = await trigger.poll();
		seen.push(items.map((item) => [item._change_type, item._commit_version]));
		if (items.length > 0) await acknowledge(items);
	}
	const snapshot = ['snapshot', 1];
	expect(seen).toEqual([[snapshot, snapshot], [snapshot], [['delete', 2]], [], []]);
});

test('versions that change no row need no acknowledgement', async () => {
	const trigger = poller();
	await trigger.poll('activate');
	await delta.sql(`ALTER TABLE ${table} SET TBLPROPERTIES (a = 'b')`);
	expect(await trigger.poll()).toEqual([]);
	expect(await delta.checkpoint(consumer, { operation: 'get' })).toMatchObject([
		{ acknowledged_version: 1, handed_over: null },
	]);
});

test('one consumer reads one table', async () => {
	await poller().poll('activate');
	const other = await delta.freshTable();
	await expect(delta.poller(other, underLease()).poll('activate')).rejects.toMatchObject({
		message: `The consumer "${consumer}" reads ${table}, not ${other}.`,
	});
});

test('a consumer that is not there is named', async () => {
	await expect(delta.checkpoint('nobody', { operation: 'get' })).rejects.toMatchObject({
		message: `There is no consumer "nobody" in ${checkpointTable}.`,
	});
});
