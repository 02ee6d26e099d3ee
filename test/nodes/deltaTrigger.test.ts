import type { IDataObject } from 'n8n-workflow';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
let made = 0;
let table = '';

beforeAll(async () => {
	bench = await Workbench.open();
	await sql('CREATE CATALOG gold; CREATE SCHEMA gold.bir');
});
afterAll(() => bench.close());
beforeEach(async () => {
	bench.workspace.faults.clear();
	table = `gold.bir.changes_${++made}`;
	await create();
});

async function sql(text: string): Promise<void> {
	await bench.workspace.lakehouse.runScript(text, { user: 'test' });
}

async function create(): Promise<void> {
	await sql(
		`CREATE TABLE ${table} (id INT, amount DECIMAL(18,2)) TBLPROPERTIES (delta.enableChangeDataFeed = true)`,
	);
}

const trigger = (more: Record<string, unknown> = {}): NodeUnderTest => ({
	type: 'databricksDeltaTrigger',
	parameters: {
		authentication: 'accessToken',
		pollTimes: { item: [{ mode: 'everyMinute' }] },
		warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
		table: { __rl: true, mode: 'name', value: table },
		catalog: { __rl: true, mode: 'name', value: 'gold' },
		schema: { __rl: true, mode: 'name', value: 'bir' },
		warehouseUse: 'always',
		changes: ['insert', 'update', 'delete'],
		...more,
	},
});

/** A trigger as an active workflow drives it; `staticData` is what a database gives back. */
function poller(more: Record<string, unknown> = {}, staticData?: IDataObject) {
	return bench.engine.poller(bench.workflow(trigger(more)), {
		node: 'Node',
		credentials: bench.credentials,
		staticData,
	});
}

const change = (type: string, version: number, row: IDataObject) => ({
	...row,
	_change_type: type,
	_commit_version: version,
	_commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
	_event_id: expect.stringMatching(new RegExp(`^[0-9a-f-]{36}:${version}:[0-9a-f]{32}:0$`)),
});

async function poll(on: ReturnType<typeof poller>, activation?: 'activate' | 'init') {
	const items = await on.tick(activation);
	return items === null ? null : items.map(({ json }) => json);
}

test('changes come from the version at activation on, each once', async () => {
	await sql(`INSERT INTO ${table} VALUES (1, 0.10)`);
	const active = poller();
	expect(await poll(active, 'activate')).toBeNull();
	expect(await poll(active)).toBeNull();

	await sql(`INSERT INTO ${table} VALUES (2, 10.00), (3, 20.50)`);
	await sql(`UPDATE ${table} SET amount = 11.00 WHERE id = 2`);
	await sql(`DELETE FROM ${table} WHERE id = 3`);
	expect(await poll(active)).toEqual([
		expect.objectContaining({ _change_type: 'insert', _commit_version: 2 }),
		expect.objectContaining({ _change_type: 'insert', _commit_version: 2 }),
		change('update_postimage', 3, { id: 2, amount: '11.00' }),
		change('delete', 4, { id: 3, amount: '20.50' }),
	]);
	expect(await poll(active)).toBeNull();
});

test('what is handed over and what is remembered are saved together', async () => {
	const active = poller();
	await poll(active, 'activate');
	const first = { table, tableId: expect.any(String), start: 'now', position: { version: 0 } };
	expect(active.savedStaticData()).toMatchObject({ 'node:Node': { cursor: first } });
	await sql(`INSERT INTO ${table} VALUES (1, 1.00)`);
	await poll(active);
	const saved = active.savedStaticData();
	const cursor = { ...first, position: { version: 1 } };
	expect(saved).toMatchObject({ 'node:Node': { cursor } });

	// Nothing to hand over: what the database holds stays, and a restart reads the same range again.
	await sql(`ALTER TABLE ${table} SET TBLPROPERTIES (a = 'b')`);
	expect(await poll(active)).toBeNull();
	expect(active.savedStaticData()).toEqual(saved);

	await sql(`INSERT INTO ${table} VALUES (2, 2.00)`);
	const restarted = poller({}, saved);
	expect(await poll(restarted, 'init')).toEqual([change('insert', 3, { id: 2, amount: '2.00' })]);
	expect(await poll(restarted)).toBeNull();
});

test.each([
	['only inserts', { changes: ['insert'] }, ['insert']],
	['only deletes', { changes: ['delete'] }, ['delete']],
	['updates as they are now', { changes: ['update'] }, ['update_postimage']],
	[
		'updates with the rows before them',
		{ changes: ['update'], options: { includePreimages: true } },
		['update_preimage', 'update_postimage'],
	],
])('%s', async (_case, parameters, types) => {
	const active = poller(parameters);
	await poll(active, 'activate');
	await sql(`INSERT INTO ${table} VALUES (1, 1.00)`);
	await sql(`UPDATE ${table} SET amount = 2.00`);
	await sql(`DELETE FROM ${table}`);
	expect((await poll(active))?.map((item) => item._change_type)).toEqual(types);
});

test('a backlog comes in portions, also inside a commit, without losing the order', async () => {
	const active = poller({ options: { rowsPerPoll: 2 } });
	await poll(active, 'activate');
	await sql(`INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3), (1, 1), (1, 1)`);
	await sql(`INSERT INTO ${table} VALUES (5, 5)`);
	const whole = poller({ startAt: 'version', startVersion: 1 });
	const all = await poll(whole, 'activate');
	expect(all?.map((item) => item._commit_version)).toEqual([1, 1, 1, 1, 1, 2]);
	expect(new Set(all?.map((item) => item._event_id)).size).toBe(6);
	const portions: unknown[] = [];
	for (let round = 0; round < 3; round++) portions.push(await poll(active));
	expect(portions).toEqual([all?.slice(0, 2), all?.slice(2, 4), all?.slice(4)]);
	expect(await poll(active)).toBeNull();
});

test('two polls at once hand a change over once', async () => {
	const active = poller();
	await poll(active, 'activate');
	await sql(`INSERT INTO ${table} VALUES (1, 1.00)`);
	const both = await Promise.all([active.tick(), active.tick()]);
	expect(both.flatMap((items) => items ?? []).map(({ json }) => json)).toEqual([
		change('insert', 1, { id: 1, amount: '1.00' }),
	]);
});

test('a poll that fails loses nothing', async () => {
	const active = poller();
	await poll(active, 'activate');
	await sql(`INSERT INTO ${table} VALUES (1, 1.00)`);
	bench.workspace.faults.add({
		method: 'POST',
		path: '/api/2.0/sql/statements',
		status: 400,
		skip: 1,
	});
	await expect(poll(active)).rejects.toThrow();
	expect((await poll(active))?.length).toBe(1);
});

test('a table without a change feed cannot be activated, and the error says how to turn it on', async () => {
	await sql(`CREATE TABLE gold.bir.silent_${made} (id INT)`);
	const silent = { table: { __rl: true, mode: 'name', value: `gold.bir.silent_${made}` } };
	await expect(poll(poller(silent), 'activate')).rejects.toMatchObject({
		message: `The table gold.bir.silent_${made} does not record its changes.`,
		description: expect.stringContaining('delta.enableChangeDataFeed = true'),
	});
});

test('a table that is not there cannot be activated', async () => {
	const missing = { table: { __rl: true, mode: 'name', value: 'gold.bir.nowhere' } };
	await expect(poll(poller(missing), 'activate')).rejects.toMatchObject({
		message: expect.stringContaining('nowhere'),
	});
});

test('a test in the editor shows the newest changes and remembers nothing', async () => {
	for (const id of [1, 2, 3]) await sql(`INSERT INTO ${table} VALUES (${id}, ${id}.00)`);
	const execution = await bench.engine.execute(bench.workflow(trigger()), {
		mode: 'manual',
		startNode: 'Node',
		credentials: bench.credentials,
	});
	expect(execution.items('Node').map(({ json }) => json)).toEqual([
		change('insert', 3, { id: 3, amount: '3.00' }),
		change('insert', 2, { id: 2, amount: '2.00' }),
		change('insert', 1, { id: 1, amount: '1.00' }),
	]);
});

test('a table is chosen by the address of its page, too', async () => {
	const value = `https://adb-1.7.azuredatabricks.net/explore/data/${table.split('.').join('/')}?o=1`;
	const active = poller({ table: { __rl: true, mode: 'url', value } });
	await poll(active, 'activate');
	await sql(`INSERT INTO ${table} VALUES (1, 1.00)`);
	expect((await poll(active))?.length).toBe(1);
});

test('catalogs, schemas, tables and warehouses are listed', async () => {
	const name = table.split('.')[2] ?? '';
	const search = async (method: string, filter: string) =>
		(await bench.search('databricksDeltaTrigger', method, filter, trigger().parameters)).map(
			(entry) => entry.name,
		);
	expect(await search('searchCatalogs', 'gol')).toEqual(['gold']);
	expect(await search('searchSchemas', 'bir')).toEqual(['bir']);
	expect(await search('searchTables', name)).toContain(name);
	expect((await search('searchWarehouses', '')).length).toBeGreaterThan(0);
});
