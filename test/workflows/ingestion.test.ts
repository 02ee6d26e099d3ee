import { readdir } from 'node:fs/promises';
import { uploadFile } from './volumeUpload';
import type { Execution } from '../../tooling/engine/execution';
import { Demo } from '../../tooling/start/demo';
import { query } from '../../tooling/start/figures';
import { agencies } from '../../workspace/sample/agencies';
import type { ScoutExport } from '../../workspace/sample/exports';

const noon = '2026-11-01T04:00:00Z';

let demo: Demo;
let published: ScoutExport[];
let first: Execution;

beforeAll(async () => {
	demo = await Demo.open();
	await demo.deploy();
	published = ['2026-09', '2026-10-30', '2026-10-31'].flatMap((day, at) =>
		agencies.map(({ name }) => exportOf(`${name}-${day}`, 120, at === 0 ? 1 : 0)),
	);
	publish(...published);
	first = await demo.run('ingestion');
}, 120_000);
afterAll(async () => {
	await demo?.close();
});
afterEach(() => {
	demo.workspace.faults.clear();
	demo.neighbours.mattermost.posts.length = 0;
});

function messages(): string[] {
	return demo.neighbours.mattermost.posts.map(({ message }) => message);
}

async function rowsIn(table: string): Promise<number> {
	const [[count] = []] = await query(demo, `SELECT count(*) FROM ${table}`);
	return Number(count);
}

let lastId = 9_000_000_000;
/** An export of its own, with so many good rows and so many without a date. */
function exportOf(exportId: string, good: number, bad = 0): ScoutExport {
	const agency = exportId.split('-')[0] ?? '';
	const lines = Array.from({ length: good + bad }, (_, at) =>
		JSON.stringify({
			transaction_id: `TXN${++lastId}`,
			agency,
			...(at < good ? { transaction_date: '2026-11-01' } : {}),
			amount: '100.10',
			category: 'VAT',
			vendor_id: 'V1',
			exported_at: noon,
		}),
	);
	return { exportId, agency, lines };
}

function publish(...exports: ScoutExport[]): void {
	demo.neighbours.scout.publish(exports, demo.workspace.clock.now());
}

const lineCount = (exports: readonly ScoutExport[]): number =>
	exports.reduce((sum, { lines }) => sum + lines.length, 0);

test('the first run lands every export under agency and id, and loses no row', async () => {
	expect(first.error).toBeUndefined();
	expect(messages()).toEqual([]);
	expect(first.items('Ingested')[0]?.json).toEqual({
		exports: published.length,
		passRate: 1 - 8 / (4 * lineCount(published)),
		droppedRecords: 8,
		outputRows: expect.any(Number),
		updatePageUrl: expect.stringContaining(`${demo.workspace.host}/pipelines/`),
	});
	expect(await rowsIn('bronze.scout.transactions')).toBe(lineCount(published));
	const files = await readdir(demo.workspace.volumesRoot, { recursive: true });
	const landed = files.filter((file) => file.endsWith('.jsonl'));
	expect(
		landed.map((file) => file.replaceAll('\\', '/').split('/').slice(-2).join('/')).sort(),
	).toEqual(published.map(({ agency, exportId }) => `${agency}/${exportId}.jsonl`).sort());
});

test('a run without anything new fetches nothing and starts no update', async () => {
	const fetched = demo.neighbours.scout.fetched.length;
	const execution = await demo.run('ingestion');
	expect(execution.error).toBeUndefined();
	expect(execution.executedNodes).toContain('Nothing to Do');
	expect(execution.executedNodes).not.toContain('Update Pipeline');
	expect(demo.neighbours.scout.fetched).toHaveLength(fetched);
});

test('the webhook starts the same; only what is new is fetched; an upload that is repeated adds no row', async () => {
	const before = await rowsIn('bronze.scout.transactions');
	const [repeated] = published;
	await uploadFile(demo, repeated);
	publish(exportOf('RIM-2026-11-01', 5));
	const execution = await demo.run('ingestion', {
		startNode: 'Scout Published',
		input: [{ json: { body: { export_id: 'RIM-2026-11-01' } } }],
	});
	expect(execution.error).toBeUndefined();
	expect(demo.neighbours.scout.fetched.at(-1)).toBe('RIM-2026-11-01');
	expect(execution.items('Fetch Export')).toHaveLength(1);
	expect(await rowsIn('bronze.scout.transactions')).toBe(before + 5);
});

test('a quality gate under 98 % is told with its numbers, its checks and a link', async () => {
	publish(exportOf('BOM-2026-11-01', 8, 2));
	const execution = await demo.run('ingestion');
	expect(execution.run.status).toBe('error');
	expect(messages()).toHaveLength(1);
	const [text = ''] = messages();
	expect(text).toContain('**Scout ingestion stopped at "Quality Alarm"**');
	expect(text).toContain(
		'The quality gate is closed: 95.00 % of the checks passed, more than 98 % must. 2 rows were dropped. Failed checks: silver.scout.transactions.valid_date 2.',
	);
	expect(text).toContain(`[Open in Databricks](${demo.workspace.host}/pipelines/`);
});

test('an update that failed is started again by the next run, though nothing new has come', async () => {
	const update = '/api/2.0/pipelines/*/updates';
	const message = 'n8n does not have CAN_RUN on the pipeline.';
	const body = { error_code: 'PERMISSION_DENIED', message };
	demo.workspace.faults.add({ method: 'POST', path: update, status: 403, body, times: 0 });
	publish(exportOf('LAS-2026-11-01', 3));
	const before = await rowsIn('bronze.scout.transactions');
	const failed = await demo.run('ingestion');
	expect(failed.run.status).toBe('error');
	expect(messages()[0]).toContain('stopped at "Update Pipeline"');
	expect(messages()[0]).toContain(message);
	expect(await rowsIn('bronze.scout.transactions')).toBe(before);
	demo.workspace.faults.clear();
	expect((await demo.run('ingestion')).error).toBeUndefined();
	expect(await rowsIn('bronze.scout.transactions')).toBe(before + 3);
});

test('503 twice at the volume and at the pipeline is only slower', async () => {
	const body = { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Try again.' };
	for (const [method, path] of [
		['PUT', '/api/2.0/fs/files/*'],
		['POST', '/api/2.0/pipelines/*/updates'],
	]) {
		demo.workspace.faults.add({
			method,
			path: path ?? '',
			status: 503,
			retryAfter: 0,
			times: 2,
			body,
		});
	}
	publish(exportOf('JAP-2026-11-01', 4));
	const before = await rowsIn('bronze.scout.transactions');
	const execution = await demo.run('ingestion');
	expect(execution.error).toBeUndefined();
	expect(demo.workspace.faults.list().map(({ hits }) => hits)).toEqual([2, 2]);
	expect(await rowsIn('bronze.scout.transactions')).toBe(before + 4);
});

test.each([
	[
		'Scout, with a wrong key',
		'List Exports',
		{ type: 'httpBearerAuth', name: 'Scout API', data: { token: 'wrong' } },
	],
	[
		'Databricks, with a wrong token',
		'Landed Files',
		{ type: 'databricksLakehouseTokenApi', name: 'Databricks Lakehouse', data: { token: 'wrong' } },
	],
])('asked of %s, it ends in a message', async (_who, node, credential) => {
	const data = { host: demo.workspace.host, ...credential.data };
	const execution = await demo.run('ingestion', { credentials: [{ ...credential, data }] });
	expect(execution.run.status).toBe('error');
	expect(messages()).toHaveLength(1);
	expect(messages()[0]).toContain(`stopped at "${node}"`);
	expect(messages()[0]).toMatch(
		/\[Open the execution in n8n\]\(http\S+\/workflow\/[^/]+\/executions\/[^/]+\)$/,
	);
});

test('when Mattermost does not answer either, the execution still says what failed first', async () => {
	const wrong = { type: 'httpBearerAuth', name: 'Scout API', data: { token: 'wrong' } };
	const mute = {
		type: 'mattermostApi',
		name: 'Mattermost',
		data: { accessToken: 'wrong', baseUrl: demo.neighbours.mattermost.url },
	};
	const execution = await demo.run('ingestion', { credentials: [wrong, mute] });
	expect(messages()).toEqual([]);
	expect(execution.executedNodes.at(-1)).toBe('Stop With Cause');
	expect(execution.error?.message).toContain('stopped at "List Exports"');
});
