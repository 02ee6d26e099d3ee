import type { IDataObject } from 'n8n-workflow';
import { meets } from '../../nodes/DeltaTrigger/condition';
import { DeltaBench } from './deltaBench';

/** The events that need no change feed. */
let delta: DeltaBench;
beforeAll(async () => {
	delta = await DeltaBench.open();
});
afterAll(() => delta.close());

const idsOf = (items: IDataObject[]) => items.map((item) => item.id);

describe.each(['newRows', 'newOrUpdatedRows'])('%s', (event) => {
	const more = (options: Record<string, unknown> = {}) => ({
		event,
		watermarkColumn: 'changed_at',
		keyColumns: 'id',
		overlap: 10,
		...options,
	});
	const at = (minutes: number) =>
		`TIMESTAMP'2026-10-31T10:${String(minutes).padStart(2, '0')}:00Z'`;

	async function made(): Promise<{ table: string; view: string }> {
		const table = await delta.freshTable('id INT, changed_at TIMESTAMP', "a = 'b'");
		await delta.sql(`CREATE VIEW ${table}_view AS SELECT * FROM ${table}`);
		return { table, view: `${table}_view` };
	}

	test('rows come once, also from a view, with those that are late', async () => {
		const { table, view } = await made();
		await delta.sql(`INSERT INTO ${table} VALUES (1, ${at(0)}), (2, ${at(5)})`);
		const trigger = delta.poller(view, more());
		expect(await trigger.poll('activate')).toEqual([]);
		expect(await trigger.poll()).toEqual([]);
		await delta.sql(`INSERT INTO ${table} VALUES (3, ${at(5)}), (4, ${at(8)}), (5, NULL)`);
		const first = await trigger.poll();
		expect(idsOf(first)).toEqual([3, 4]);
		expect(first[0]?._event_id).toMatch(/^[0-9a-f]{24}$/);
		await delta.sql(`INSERT INTO ${table} VALUES (6, ${at(1)})`);
		expect(idsOf(await trigger.poll())).toEqual([6]);
		expect(await trigger.poll()).toEqual([]);
	});

	test('a row that is changed comes again, or not', async () => {
		const { table } = await made();
		const trigger = delta.poller(table, more());
		await trigger.poll('activate');
		await delta.sql(`INSERT INTO ${table} VALUES (1, ${at(0)})`);
		expect(idsOf(await trigger.poll())).toEqual([1]);
		await delta.sql(`UPDATE ${table} SET changed_at = ${at(3)}`);
		expect(idsOf(await trigger.poll())).toEqual(event === 'newRows' ? [] : [1]);
	});

	test('everything, in portions, in the order of watermark and key', async () => {
		const { table } = await made();
		await delta.sql(
			`INSERT INTO ${table} VALUES (3, ${at(1)}), (1, ${at(1)}), (2, ${at(0)}), (4, ${at(1)}), (5, ${at(40)})`,
		);
		for (const overlap of [0, 10]) {
			const options = { rowsPerPoll: 2 };
			const trigger = delta.poller(table, more({ overlap, watermarkStart: 'everything', options }));
			const portions: unknown[] = [];
			for (let round = 0; round < 4; round++) {
				portions.push(idsOf(await trigger.poll(round === 0 ? 'activate' : undefined)));
			}
			expect([overlap, ...portions]).toEqual([overlap, [2, 1], [3, 4], [5], []]);
		}
	});

	test('a column that is not there is named', async () => {
		const { table } = await made();
		const trigger = delta.poller(table, more({ watermarkColumn: 'nowhere' }));
		await expect(trigger.poll('activate')).rejects.toMatchObject({
			message: `${table} has no column "nowhere".`,
			description: 'Columns: id, changed_at.',
		});
	});
});

test('a number can be the watermark', async () => {
	const table = await delta.freshTable('id BIGINT, agency STRING');
	const trigger = delta.poller(table, {
		event: 'newRows',
		watermarkColumn: 'id',
		keyColumns: 'agency, id',
		overlap: 2,
	});
	await trigger.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 'RIM'), (2, 'BOM')`);
	expect(idsOf(await trigger.poll())).toEqual([1, 2]);
	await delta.sql(`INSERT INTO ${table} VALUES (3, 'LAS')`);
	expect(idsOf(await trigger.poll())).toEqual([3]);
});

describe('New Table Version', () => {
	const operations = (items: IDataObject[]) =>
		items.map(({ version, operation }) => [version, operation]);

	test('one item a commit, without maintenance', async () => {
		const table = await delta.freshTable();
		const trigger = delta.poller(table, { event: 'newVersion' });
		const all = delta.poller(table, { event: 'newVersion', options: { includeMaintenance: true } });
		await trigger.poll('activate');
		await all.poll('activate');
		await delta.sql(
			`INSERT INTO ${table} VALUES (1, 1); INSERT INTO ${table} VALUES (2, 2); OPTIMIZE ${table}; DELETE FROM ${table} WHERE id = 1; VACUUM ${table}`,
		);
		const items = await trigger.poll();
		expect(operations(items)).toEqual([
			[1, 'WRITE'],
			[2, 'WRITE'],
			[4, 'DELETE'],
		]);
		expect(items[2]).toMatchObject({
			userName: 'test',
			operationMetrics: { numDeletedRows: '1' },
			_event_id: expect.stringMatching(/:4$/),
		});
		expect(operations(await all.poll()).map(([version]) => version)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(await trigger.poll()).toEqual([]);
	});

	test('a table made anew is told, or all its versions are new', async () => {
		const table = await delta.freshTable();
		const trigger = delta.poller(table, { event: 'newVersion' });
		await trigger.poll('activate');
		await delta.sql(
			`DROP TABLE ${table}; CREATE TABLE ${table} (id INT); INSERT INTO ${table} VALUES (1)`,
		);
		await expect(trigger.poll()).rejects.toMatchObject({
			message: expect.stringContaining('was dropped and made anew'),
		});
		const saved = trigger.savedStaticData();
		const resumed = (ifInterrupted: string) =>
			delta.poller(table, { event: 'newVersion', options: { ifInterrupted } }, saved);
		const [gap, ...rest] = await resumed('everything').poll('init');
		expect(gap).toMatchObject({
			_change_type: 'gap',
			_event_id: expect.stringMatching(/:-1:gap$/),
		});
		expect(operations(rest)).toEqual([
			[0, 'CREATE TABLE'],
			[1, 'WRITE'],
		]);
		const fromNow = resumed('fromNow');
		expect(await fromNow.poll('init')).toMatchObject([{ _change_type: 'gap', _commit_version: 1 }]);
		await delta.sql(`INSERT INTO ${table} VALUES (2)`);
		expect(operations(await fromNow.poll())).toEqual([[2, 'WRITE']]);
	});

	test.each([
		['fail', undefined],
		['fromNow', []],
		['everything', Array.from({ length: 11 }, (_, index) => index + 10)],
	])(
		'a history that was cleaned up meanwhile is no silent gap: %s',
		async (ifInterrupted, told) => {
			const table = await delta.freshTable('id INT');
			const trigger = delta.poller(table, { event: 'newVersion', options: { ifInterrupted } });
			await trigger.poll('activate');
			for (let id = 1; id <= 10; id++) await delta.sql(`INSERT INTO ${table} VALUES (${id})`);
			await delta.clock.advance(40 * 86_400_000);
			for (let id = 11; id <= 20; id++) await delta.sql(`INSERT INTO ${table} VALUES (${id})`);
			const polled = trigger.poll();
			if (told === undefined) {
				await expect(polled).rejects.toMatchObject({
					message: `The versions of ${table} after 0 are no longer all in its history.`,
				});
				return;
			}
			const [gap, ...rest] = await polled;
			expect(gap).toMatchObject({ _change_type: 'gap', goes_on_with: 'changes' });
			expect(operations(rest).map(([version]) => version)).toEqual(told);
			expect(await trigger.poll()).toEqual([]);
		},
	);
});

describe('Query Condition', () => {
	const more = (table: string, options: Record<string, unknown>) => ({
		event: 'condition',
		query: `SELECT sum(amount) AS total FROM ${table}`,
		conditionType: 'threshold',
		comparison: 'above',
		threshold: '100',
		...options,
	});

	test.each([
		['once', [0, 1, 0, 0, 1]],
		['always', [0, 1, 1, 0, 1]],
	])('fires %s', async (fire, counts) => {
		const table = await delta.freshTable();
		const trigger = delta.poller(table, more(table, { fire }));
		const steps = ['(1, 100)', '(2, 0.01)', '(3, 0)', '(4, -50)', '(5, 60)'];
		const seen: number[] = [];
		for (const row of steps) {
			await delta.sql(`INSERT INTO ${table} VALUES ${row}`);
			seen.push((await trigger.poll(seen.length === 0 ? 'activate' : undefined)).length);
		}
		expect(seen).toEqual(counts);
	});

	test('rows of a query become items', async () => {
		const table = await delta.freshTable();
		const query = `SELECT id FROM ${table} WHERE amount < 0 ORDER BY id`;
		const trigger = delta.poller(table, { event: 'condition', query, conditionType: 'rows' });
		expect(await trigger.poll('activate')).toEqual([]);
		await delta.sql(`INSERT INTO ${table} VALUES (1, -1), (2, -2)`);
		expect(await trigger.poll()).toEqual([{ id: 1 }, { id: 2 }]);
		expect(await trigger.poll()).toEqual([]);
	});

	test('a query that writes is refused', async () => {
		const table = await delta.freshTable();
		const trigger = delta.poller(table, { event: 'condition', query: `DELETE FROM ${table}` });
		await expect(trigger.poll('activate')).rejects.toMatchObject({
			message: "'Query' is not a query that only reads.",
		});
	});

	test.each([
		['12345678901234567890.01', 'above', '12345678901234567890.00', true],
		['0.10', 'equal', '0.1', true],
		['-1', 'below', '-0.5', true],
		['-1', 'atLeast', '-0.5', false],
		[null, 'different', '0', false],
		[2, 'atMost', '2.0', true],
	] as const)('%s is %s %s: %s', (value, comparison, threshold, expected) => {
		const condition = { threshold: { comparison, value: threshold } };
		expect(meets([{ value }], condition)).toBe(expected);
	});
});

describe('a warehouse that sleeps', () => {
	const states = async () => {
		const { warehouseId } = delta.bench.workspace;
		const answer = await delta.bench.call('GET', `/api/2.0/sql/warehouses/${warehouseId}`);
		return (answer as { state: string }).state;
	};

	test('is not woken, and not kept awake; changes come when somebody wakes it', async () => {
		const { warehouseId } = delta.bench.workspace;
		const table = await delta.freshTable();
		const trigger = delta.poller(table, { warehouseUse: 'asleepStays' });
		await trigger.poll('activate');
		await delta.sql(`INSERT INTO ${table} VALUES (1, 1)`);
		const seen: string[] = [];
		for (let minute = 0; minute < 30; minute++) {
			await delta.clock.advance(60_000);
			const items = await trigger.poll();
			seen.push(`${await states()}${items.length > 0 ? ' changes' : ''}`);
		}
		// Ten minutes after its last statement it stops, although every minute there was a poll.
		expect(seen.filter((state) => state === 'RUNNING').length).toBeLessThanOrEqual(10);
		expect(seen.at(-1)).toBe('STOPPED');
		await delta.bench.call('POST', `/api/2.0/sql/warehouses/${warehouseId}/start`, {});
		expect(idsOf(await trigger.poll())).toEqual([1]);
	});
});
