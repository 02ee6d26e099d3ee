import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
let slow: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	slow = await Workbench.open({ pace: { updateStartMs: 3_600_000 } });
	for (const { workspace } of [bench, slow]) {
		await workspace.lakehouse.runScript(
			'CREATE CATALOG silver; CREATE SCHEMA silver.scout; CREATE VOLUME silver.scout.landing',
			{ user: 'test' },
		);
	}
});
afterAll(async () => {
	await bench.close();
	await slow.close();
});

const source = `CREATE OR REFRESH STREAMING TABLE raw AS
SELECT * FROM STREAM read_files('/Volumes/silver/scout/landing', format => 'json', schema => 'id STRING, amount STRING');

CREATE OR REFRESH STREAMING TABLE transactions (
	CONSTRAINT valid_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
	CONSTRAINT positive_amount EXPECT (amount > 0) ON VIOLATION DROP ROW
) AS SELECT id, CAST(amount AS DECIMAL(18,2)) AS amount FROM STREAM(raw);

CREATE OR REFRESH MATERIALIZED VIEW totals AS
SELECT count(*) AS transactions, sum(amount) AS amount FROM transactions;`;

let pipelines = 0;
async function pipeline(on: Workbench, text: string): Promise<{ id: string; name: string }> {
	const name = `etl ${++pipelines}`;
	const path = `/Shared/${name}.sql`;
	const content = Buffer.from(text).toString('base64');
	await on.call('POST', '/api/2.0/workspace/import', { path, format: 'RAW', content });
	const created = await on.text('POST', '/api/2.0/pipelines', {
		name,
		catalog: 'silver',
		schema: 'scout',
		serverless: true,
		libraries: [{ file: { path: `/Workspace${path}` } }],
	});
	return { id: /"pipeline_id":\s*"([^"]+)"/.exec(created)?.[1] ?? '', name };
}

async function land(name: string, rows: { id: string | null; amount: string }[]): Promise<void> {
	const folder = join(bench.workspace.volumesRoot, 'silver', 'scout', 'landing');
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, name), rows.map((row) => JSON.stringify(row)).join('\n'));
}

const update = (id: string, more: Record<string, unknown> = {}): NodeUnderTest => ({
	type: 'databricksPipelineUpdate',
	parameters: {
		authentication: 'accessToken',
		pipeline: { __rl: true, mode: 'id', value: id },
		...more,
	},
});

const updatesOf = async (on: Workbench, id: string) => {
	const text = await on.text('GET', `/api/2.0/pipelines/${id}/updates`);
	return [...text.matchAll(/"update_id":\s*"([^"]+)"[\s\S]*?"state":\s*"(\w+)"/g)].map(
		([, updateId, state]) => ({ updateId, state }),
	);
};

test('an update gives rows, drops and expectations of each table', async () => {
	const { id, name } = await pipeline(bench, source);
	await land('a.json', [
		{ id: 'TXN1', amount: '10.00' },
		{ id: 'TXN2', amount: '2.50' },
		{ id: null, amount: '1.00' },
		{ id: 'TXN4', amount: '-1.00' },
	]);
	const [item] = await bench.items(update(id));
	const [{ updateId } = {}] = await updatesOf(bench, id);
	const rows = (table: string, count: number) => ({
		table: `silver.scout.${table}`,
		output_rows: count,
		upserted_rows: expect.any(Number),
		deleted_rows: 0,
		dropped_records: 0,
		passed_records: 0,
		failed_records: 0,
		passRate: null,
		expectations: [],
	});
	expect(item).toEqual({
		pipeline_id: id,
		pipeline_name: name,
		update_id: updateId,
		state: 'COMPLETED',
		cause: 'API_CALL',
		joined: false,
		full_refresh: false,
		creation_time: expect.stringMatching(/^\d{4}-/),
		update_page_url: `${bench.url}/pipelines/${id}/updates/${updateId}`,
		passed_records: 6,
		failed_records: 2,
		passRate: 0.75,
		dropped_records: 2,
		output_rows: expect.any(Number),
		tables: [
			rows('raw', 4),
			rows('totals', 1),
			{
				...rows('transactions', 2),
				dropped_records: 2,
				passed_records: 6,
				failed_records: 2,
				passRate: 0.75,
				expectations: [
					{ name: 'valid_id', passed_records: 3, failed_records: 1, passRate: 0.75 },
					{ name: 'positive_amount', passed_records: 3, failed_records: 1, passRate: 0.75 },
				],
			},
		],
	});

	const [again] = await bench.items(update(id));
	expect(again).toMatchObject({ dropped_records: 0, passRate: null });

	const [full] = await bench.items(update(id, { refresh: 'full' }));
	expect(full).toMatchObject({ full_refresh: true, dropped_records: 2, passRate: 0.75 });

	const [some] = await bench.items(update(id, { refresh: 'tables', tables: 'totals' }));
	expect(some?.tables).toMatchObject([{ table: 'silver.scout.totals' }]);
});

test('a failed update tells the cause from its events', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW broken AS SELECT * FROM silver.scout.nowhere',
	);
	const { error } = await bench.run(update(id));
	const [{ updateId } = {}] = await updatesOf(bench, id);
	expect(error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(/TABLE_OR_VIEW_NOT_FOUND/),
		context: {
			pipeline_id: id,
			update_id: updateId,
			error_code: expect.stringMatching(/^TABLE_OR_VIEW_NOT_FOUND/),
			page_url: `${bench.url}/pipelines/${id}/updates/${updateId}`,
		},
	});
});

test('an answer that is lost after the update was started makes one update', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS one',
	);
	const path = `/api/2.0/pipelines/${id}/updates`;
	bench.workspace.faults.add({ method: 'POST', path, when: 'after', reset: true });
	const [item] = await bench.items(update(id));
	expect(await updatesOf(bench, id)).toEqual([{ updateId: item?.update_id, state: 'COMPLETED' }]);
});

test('the pipeline is found by name and by the address of its page, and listed', async () => {
	const { id, name } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW two AS SELECT 2 AS two',
	);
	for (const [mode, value] of [
		['name', name],
		['url', `https://adb-1.2.azuredatabricks.net/pipelines/${id}?o=1`],
	]) {
		const pipelineField = { __rl: true, mode, value };
		const [item] = await bench.items(update(id, { pipeline: pipelineField, wait: false }));
		expect(item).toMatchObject({ pipeline_id: id, pipeline_name: name });
		await bench.until(async () =>
			(await updatesOf(bench, id)).every(({ state }) => state === 'COMPLETED'),
		);
	}
	expect(await bench.search('databricksPipelineUpdate', 'searchPipelines', name)).toEqual([
		{ name, value: id, url: `${bench.url}/pipelines/${id}` },
	]);
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
		expect((await updatesOf(slow, id)).length).toBe(1);
		expect((await updatesOf(slow, id))[0]?.state).not.toBe('CANCELED');
	});
});

test('selected tables need a name', async () => {
	const { error } = await bench.run(
		update('01234567-89ab-cdef-0123-456789abcdef', { refresh: 'tables' }),
	);
	expect(error?.message).toBe("'Tables' and 'Tables From Scratch' are both empty.");
});
