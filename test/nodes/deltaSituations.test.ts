import type { IDataObject } from 'n8n-workflow';
import { checkpointTable, DeltaBench } from './deltaBench';

/**
 * What may happen to a table while nobody looks, and what the trigger makes of it under each choice
 * of 'If Changes Are Lost'. The trigger has handed over version 1 (rows 1 and 2) before it happens.
 */
const day = 86_400_000;
let delta: DeltaBench;
beforeAll(async () => {
	delta = await DeltaBench.open();
});
afterAll(() => delta.close());

type Choice = 'fail' | 'fromNow' | 'everything';
const choices: Choice[] = ['fail', 'fromNow', 'everything'];

const mapped = 'delta.enableChangeDataFeed = true, delta.columnMapping.mode = name';
const create = (table: string) =>
	`CREATE TABLE ${table} (id INT, amount DECIMAL(18,2)) TBLPROPERTIES (${mapped})`;

/** A poll as `type id` of each item, or the message of its error. */
async function outcome(poll: () => Promise<IDataObject[]>): Promise<string[] | string> {
	try {
		const items = await poll();
		return items.map((item) =>
			[item._change_type, item.id].filter((part) => part !== undefined).join(' '),
		);
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

async function started(choice: Choice) {
	const table = delta.freshName();
	await delta.sql(create(table));
	const trigger = delta.poller(table, { options: { ifInterrupted: choice } });
	await trigger.poll('activate');
	await delta.sql(`INSERT INTO ${table} VALUES (1, 1), (2, 2)`);
	expect((await trigger.poll()).length).toBe(2);
	return { table, trigger };
}

interface Interruption {
	name: string;
	/** What happens; leaves at least one change behind that can no longer be read. */
	happens: (table: string) => Promise<void>;
	/** The error when the choice is to fail. */
	error: RegExp;
	/** Ids in the table afterwards. */
	left: number[];
}

const interruptions: Interruption[] = [
	{
		name: 'dropped and made anew',
		happens: async (table) => {
			await delta.sql(`DROP TABLE ${table}; ${create(table)}`);
			await delta.sql(`INSERT INTO ${table} VALUES (7, 7); INSERT INTO ${table} VALUES (8, 8)`);
		},
		error: /was dropped and made anew, so its versions began again/,
		left: [7, 8],
	},
	{
		name: 'made anew with as many versions as before',
		happens: async (table) => {
			await delta.sql(`DROP TABLE ${table}; ${create(table)}`);
			await delta.sql(`INSERT INTO ${table} VALUES (7, 7)`);
		},
		error: /was dropped and made anew/,
		left: [7],
	},
	{
		name: 'feed switched off and on again',
		happens: async (table) => {
			await delta.sql(
				`ALTER TABLE ${table} SET TBLPROPERTIES (delta.enableChangeDataFeed = false)`,
			);
			await delta.sql(`INSERT INTO ${table} VALUES (3, 3)`);
			await delta.sql(`ALTER TABLE ${table} SET TBLPROPERTIES (delta.enableChangeDataFeed = true)`);
		},
		error: /from version 2 on can no longer be read: .*change data was not/s,
		left: [1, 2, 3],
	},
	{
		name: 'versions vacuumed while n8n was off for weeks',
		happens: async (table) => {
			await delta.sql(`INSERT INTO ${table} VALUES (3, 3); DELETE FROM ${table} WHERE id = 3`);
			await delta.clock.advance(20 * day);
			await delta.sql(`VACUUM ${table}`);
		},
		error: /from version 2 on can no longer be read: .*File does not exist/s,
		left: [1, 2],
	},
	{
		name: 'log cleaned up while n8n was off for weeks',
		happens: async (table) => {
			for (let id = 3; id <= 12; id++) await delta.sql(`INSERT INTO ${table} VALUES (${id}, 0)`);
			await delta.clock.advance(40 * day);
			for (let id = 13; id <= 21; id++) await delta.sql(`INSERT INTO ${table} VALUES (${id}, 0)`);
		},
		error: /from version 2 on can no longer be read/,
		left: Array.from({ length: 21 }, (_, index) => index + 1),
	},
];

describe.each(interruptions)('$name', ({ happens, error, left }) => {
	test.each(choices)('%s', async (choice) => {
		const { table, trigger } = await started(choice);
		await happens(table);
		const first = await outcome(trigger.poll);
		if (choice === 'fail') {
			expect(first).toMatch(error);
			// Also at the next poll, and after a restart of n8n.
			expect(await outcome(trigger.poll)).toMatch(error);
			const saved = trigger.savedStaticData();
			const restarted = delta.poller(table, { options: { ifInterrupted: choice } }, saved);
			expect(await outcome(() => restarted.poll('init'))).toMatch(error);
			return;
		}
		expect(first).toEqual(['gap']);
		const next = choice === 'everything' ? left.map((id) => `snapshot ${id}`).sort() : [];
		expect([...(await outcome(trigger.poll))].sort()).toEqual(next);
		await delta.sql(`DELETE FROM ${table} WHERE id = ${left[0]}`);
		expect(await outcome(trigger.poll)).toEqual([`delete ${left[0]}`]);
		expect(await outcome(trigger.poll)).toEqual([]);
	});
});

/** Nothing is lost here, so the choice makes no difference. */
const survived: [string, (table: string) => Promise<void>, string[][]][] = [
	[
		'restored',
		async (table) => {
			await delta.sql(
				`DELETE FROM ${table} WHERE id = 1; RESTORE TABLE ${table} TO VERSION AS OF 1`,
			);
		},
		[['delete 1', 'insert 1']],
	],
	[
		'truncated',
		async (table) => await delta.sql(`TRUNCATE TABLE ${table}`),
		[['delete 1', 'delete 2']],
	],
	[
		'overwritten',
		async (table) => await delta.sql(`INSERT OVERWRITE ${table} VALUES (5, 5)`),
		[['delete 1', 'delete 2', 'insert 5']],
	],
	[
		'replaced by a query',
		async (table) =>
			await delta.sql(
				`CREATE OR REPLACE TABLE ${table} TBLPROPERTIES (${mapped}) AS SELECT 9 AS id, CAST(9 AS DECIMAL(18,2)) AS amount`,
			),
		[['delete 1', 'delete 2', 'insert 9']],
	],
	[
		'a column added',
		async (table) =>
			await delta.sql(
				`INSERT INTO ${table} VALUES (3, 3); ALTER TABLE ${table} ADD COLUMN note STRING; INSERT INTO ${table} VALUES (4, 4, 'x')`,
			),
		[['insert 3', 'insert 4']],
	],
	[
		'a column renamed in between',
		async (table) =>
			await delta.sql(
				`INSERT INTO ${table} VALUES (3, 3); ALTER TABLE ${table} RENAME COLUMN amount TO total; INSERT INTO ${table} VALUES (4, 4)`,
			),
		[['insert 3'], ['insert 4']],
	],
	[
		'a column dropped in between',
		async (table) =>
			await delta.sql(
				`INSERT INTO ${table} VALUES (3, 3); ALTER TABLE ${table} DROP COLUMN amount; INSERT INTO ${table} VALUES (4)`,
			),
		[['insert 3'], ['insert 4']],
	],
	[
		'maintained',
		async (table) =>
			await delta.sql(
				`INSERT INTO ${table} VALUES (3, 3); OPTIMIZE ${table}; VACUUM ${table}; COMMENT ON TABLE ${table} IS 'x'`,
			),
		[['insert 3']],
	],
];

describe.each(survived)('%s', (_name, happens, polls) => {
	test.each(choices)('%s makes no difference', async (choice) => {
		const { table, trigger } = await started(choice);
		await happens(table);
		const seen: unknown[] = [];
		for (let round = 0; round < 4 && seen.flat().length < polls.flat().length; round++) {
			const found = await outcome(trigger.poll);
			if (found.length > 0) seen.push(found);
		}
		expect(seen.map((found) => (Array.isArray(found) ? [...found].sort() : found))).toEqual(polls);
		expect(await outcome(trigger.poll)).toEqual([]);
	});
});

describe.each(choices)('with %s, the trigger fails and loses nothing', (choice) => {
	test('when the table is dropped', async () => {
		const { table, trigger } = await started(choice);
		await delta.sql(`DROP TABLE ${table}`);
		await expect(trigger.poll()).rejects.toMatchObject({
			description: expect.stringContaining('dropped or renamed'),
		});
	});

	test('when the table is renamed, and goes on under its new name', async () => {
		const { table, trigger } = await started(choice);
		await delta.sql(
			`INSERT INTO ${table} VALUES (3, 3); ALTER TABLE ${table} RENAME TO ${table}_new`,
		);
		await expect(trigger.poll()).rejects.toMatchObject({
			description: expect.stringContaining('Under its new name'),
		});
		const saved = trigger.savedStaticData();
		const moved = delta.poller(`${table}_new`, { options: { ifInterrupted: choice } }, saved);
		expect(await outcome(() => moved.poll('update'))).toEqual(['insert 3']);
	});

	test('when the permission is lost', async () => {
		const { table, trigger } = await started(choice);
		await delta.sql(`INSERT INTO ${table} VALUES (3, 3)`);
		const path = `/api/2.1/unity-catalog/tables/${table}`;
		delta.bench.workspace.faults.add({ method: 'GET', path, status: 403 });
		await expect(trigger.poll()).rejects.toMatchObject({ httpCode: '403' });
		expect(await outcome(trigger.poll)).toEqual(['insert 3']);
	});

	test('when the warehouse is deleted', async () => {
		const { table, trigger } = await started(choice);
		await delta.sql(`INSERT INTO ${table} VALUES (3, 3)`);
		const gone = { __rl: true, mode: 'id', value: 'f00dfeed00000000' };
		const more = { warehouse: gone, options: { ifInterrupted: choice } };
		const saved = trigger.savedStaticData();
		for (const warehouseUse of ['asleepStays', 'always']) {
			const without = delta.poller(table, { ...more, warehouseUse }, saved);
			expect(await outcome(() => without.poll('init'))).toMatch(/warehouse/);
		}
		expect(await outcome(trigger.poll)).toEqual(['insert 3']);
	});
});

describe('before it begins', () => {
	test('a feed that is switched on late: the error says how, and it begins there', async () => {
		const table = await delta.freshTable('id INT', "a = 'b'");
		await delta.sql(`INSERT INTO ${table} VALUES (1)`);
		const trigger = delta.poller(table);
		await expect(trigger.poll('activate')).rejects.toMatchObject({
			message: `The table ${table} does not record its changes.`,
		});
		await delta.sql(`ALTER TABLE ${table} SET TBLPROPERTIES (delta.enableChangeDataFeed = true)`);
		expect(await outcome(() => trigger.poll('activate'))).toEqual([]);
		await delta.sql(`INSERT INTO ${table} VALUES (2)`);
		expect(await outcome(trigger.poll)).toEqual(['insert 2']);
	});

	test.each([
		['at a version', { startAt: 'version', startVersion: 2 }, ['insert 2', 'insert 3']],
		['at the next version', { startAt: 'version', startVersion: 4 }, []],
		['at a moment', { startAt: 'moment', startMoment: 'second' }, ['insert 2', 'insert 3']],
		['at a moment to come', { startAt: 'moment', startMoment: '2100-01-01T00:00:00Z' }, []],
		['with everything', { startAt: 'everything' }, ['snapshot 1', 'snapshot 2', 'snapshot 3']],
		['from now on', { startAt: 'now' }, []],
	])('start %s', async (_name, start, expected) => {
		const table = await delta.freshTable('id INT');
		let second = '';
		for (const id of [1, 2, 3]) {
			await delta.clock.advance(60_000);
			if (id === 2) second = new Date(delta.clock.now()).toISOString();
			await delta.sql(`INSERT INTO ${table} VALUES (${id})`);
		}
		const moment = 'startMoment' in start && start.startMoment === 'second' ? second : undefined;
		const trigger = delta.poller(table, { ...start, ...(moment ? { startMoment: moment } : {}) });
		expect([...(await outcome(() => trigger.poll('activate')))].sort()).toEqual(expected);
		await delta.sql(`INSERT INTO ${table} VALUES (4)`);
		expect(await outcome(trigger.poll)).toEqual(['insert 4']);
	});

	test('a version that is far ahead is refused', async () => {
		const table = await delta.freshTable();
		const trigger = delta.poller(table, { startAt: 'version', startVersion: 9 });
		expect(await outcome(() => trigger.poll('activate'))).toBe(
			`'Version' is 9, but the newest version of ${table} is 0.`,
		);
	});
});

describe('on acknowledgement', () => {
	test.each(choices)('a table made anew, %s: the gap is leased like changes', async (choice) => {
		const table = delta.freshName();
		await delta.sql(create(table));
		const consumer = `${table} ${choice}`;
		const trigger = delta.poller(table, {
			delivery: 'acknowledgement',
			consumer,
			checkpointTable,
			options: { ifInterrupted: choice },
		});
		await trigger.poll('activate');
		await delta.sql(`DROP TABLE ${table}; ${create(table)}; INSERT INTO ${table} VALUES (7, 7)`);
		if (choice === 'fail') {
			expect(await outcome(trigger.poll)).toMatch(/was dropped and made anew/);
			return;
		}
		const gap = await trigger.poll();
		expect(gap).toMatchObject([{ _change_type: 'gap', _attempt: 1 }]);
		await delta.clock.advance(60 * 60_000);
		const again = await trigger.poll();
		expect(again).toMatchObject([
			{ _change_type: 'gap', _attempt: 2, _event_id: gap[0]?._event_id },
		]);
		await delta.checkpoint(consumer, {}, again);
		expect(await outcome(trigger.poll)).toEqual(choice === 'everything' ? ['snapshot 7'] : []);
	});
});
