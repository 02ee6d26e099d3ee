import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { land, pipeline, prepareCatalog, update, updatesOf } from './pipelineBench';
import { Workbench } from './workbench';

let bench: Workbench;
let slow: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	slow = await Workbench.open({ pace: { updateStartMs: 3_600_000 } });
	await prepareCatalog(bench);
	await prepareCatalog(slow);
	await bench.workspace.lakehouse.run('CREATE TABLE silver.scout.theirs (x INT)', { user: 'test' });
	await land(bench, 'broken/a.parquet', 'this is no Parquet file');
});
afterAll(async () => {
	await bench.close();
	await slow.close();
});

const page = readFileSync(resolve(__dirname, '../../nodes/PipelineUpdate/README.md'), 'utf8');
const view = (query: string) => `CREATE OR REFRESH MATERIALIZED VIEW v AS ${query}`;

/** What the page says of a failure, in its table of the ways in which a pipeline fails. */
function written(way: string): string {
	const row = page.split('\n').find((line) => line.startsWith(`| ${way} `));
	return row?.split('|')[2]?.trim() ?? `The page has no row "${way}".`;
}

/** A message with what differs from run to run left out, its first line. */
function message(text: string | undefined): string {
	return (text ?? '').split('\n')[0]?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…') ?? '';
}

test.each([
	['syntax', 'CREATE OR REFRESH MATERIALISED VIEW v AS SELECT 1 AS x'],
	['missing table', view('SELECT * FROM silver.scout.nowhere')],
	['cast', view("SELECT CAST(x AS INT) AS y FROM VALUES ('12a') AS t(x)")],
	[
		'expectation FAIL UPDATE',
		'CREATE OR REFRESH MATERIALIZED VIEW v (CONSTRAINT positive EXPECT (x > 0) ON VIOLATION FAIL UPDATE) AS SELECT -1 AS x',
	],
	[
		'source file malformed',
		view("SELECT * FROM read_files('/Volumes/silver/scout/landing/broken', format => 'parquet')"),
	],
	[
		'dependency cycle',
		`${view('SELECT * FROM w')}; CREATE OR REFRESH MATERIALIZED VIEW w AS SELECT * FROM v`,
	],
])('%s', async (way, source) => {
	const { id } = await pipeline(bench, source);
	const { error } = await bench.run(update(id));
	expect(message(error?.message)).toBe(written(way));
});

test('permission', async () => {
	const { id } = await pipeline(bench, view('SELECT x FROM silver.scout.theirs'), {
		run_as: { service_principal_name: bench.workspace.servicePrincipal.userName },
	});
	const { error } = await bench.run(update(id));
	expect(message(error?.message)).toBe(written('permission'));
});

test('cluster start', async () => {
	const { id } = await pipeline(bench, view('SELECT 1 AS x'));
	bench.workspace.faults.add({
		method: 'START',
		path: `/api/2.0/pipelines/${id}/cluster`,
		body: { message: 'CLOUD_PROVIDER_RESOURCE_STOCKOUT: the cloud has no such machines left.' },
	});
	const { error } = await bench.run(update(id));
	expect(message(error?.message)).toBe(written('cluster start'));
});

test('cancelled', async () => {
	const { id } = await pipeline(slow, view('SELECT 1 AS x'));
	const execution = slow.run(update(id));
	await slow.until(async () => (await updatesOf(slow, id)).length === 1);
	await slow.call('POST', `/api/2.0/pipelines/${id}/stop`, {});
	const { error } = await execution;
	const user = slow.workspace.user.userName;
	expect(message(error?.message)).toBe(written('cancelled').replace('ann@example.com', user));
});

test('replaced', async () => {
	const { id } = await pipeline(slow, view('SELECT 1 AS x'));
	const [first] = await slow.items(update(id, { wait: false }));
	await slow.items(update(id, { wait: false, options: { ifRunning: 'stop' } }));
	const { error } = await slow.run(update(id, { operation: 'wait', updateId: first?.update_id }));
	expect(message(error?.message)).toBe(written('replaced'));
});
