import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManualClock } from '../../../workspace/clock';
import { pipelineUnderTest } from './pipelineUnderTest';

type UnderTest = Awaited<ReturnType<typeof pipelineUnderTest>>;
const opened: UnderTest[] = [];
async function open(...args: Parameters<typeof pipelineUnderTest>): Promise<UnderTest> {
	const underTest = await pipelineUnderTest(...args);
	opened.push(underTest);
	return underTest;
}
afterEach(async () => {
	for (const { server } of opened.splice(0)) await server.close();
});

const landing = '/Volumes/c/s/landing';
const stream = `CREATE STREAMING TABLE raw (CONSTRAINT even EXPECT (x % 2 = 0) ON VIOLATION DROP ROW)
	AS SELECT x FROM STREAM read_files('${landing}', format => 'json', schema => 'x INT', maxFilesPerTrigger => 2)`;

async function land(underTest: UnderTest, files: number): Promise<void> {
	await underTest.sql('CREATE VOLUME IF NOT EXISTS c.s.landing');
	const folder = join(underTest.workspace.volumesRoot, 'c', 's', 'landing');
	await mkdir(folder, { recursive: true });
	for (let file = 0; file < files; file++) {
		await writeFile(join(folder, `${file}.json`), [1, 2, 4].map((x) => `{"x": ${x}}`).join('\n'));
	}
}

it('a stream reads new files batch by batch, each with its numbers', async () => {
	const underTest = await open(stream);
	await land(underTest, 5);
	const { updateId, state } = await underTest.update();
	const progress = underTest.pipelines
		.getUpdate(underTest.pipelineId, updateId)
		.events.flatMap(({ details }) => details.flow_progress ?? [])
		.filter((flow) => JSON.stringify(flow).includes('metrics'));
	const batch = (status: string, files: number) => ({
		status,
		metrics: { num_output_rows: 2 * files, num_upserted_rows: 0, num_deleted_rows: 0 },
		data_quality: {
			dropped_records: files,
			expectations: [
				{ name: 'even', dataset: 'c.s.raw', passed_records: 2 * files, failed_records: files },
			],
		},
	});
	expect([state, progress]).toEqual([
		'COMPLETED',
		[batch('RUNNING', 2), batch('RUNNING', 2), batch('COMPLETED', 1)],
	]);
	expect(await underTest.sql('SELECT count(*) FROM c.s.raw')).toEqual([['10']]);
});

it('a continuous pipeline goes on with what is new until it is stopped', async () => {
	const clock = new ManualClock();
	const underTest = await open(stream, { clock });
	const { pipelines, pipelineId, call, root, sql } = underTest;
	await land(underTest, 1);
	const { spec } = pipelines.get(pipelineId);
	await pipelines.edit(pipelineId, { ...spec, continuous: true });
	const updateId = await pipelines.startUpdate(pipelineId);
	const rows = async () => (await sql('SELECT count(*) FROM c.s.raw'))[0]?.[0];
	while (clock.sleeping === 0) await clock.advance(0);
	expect([pipelines.getUpdate(pipelineId, updateId).state, await rows()]).toEqual(['RUNNING', '2']);
	await land(underTest, 3);
	await clock.advance(5_000);
	while (clock.sleeping === 0) await clock.advance(0);
	expect(await rows()).toBe('6');
	await call('POST', `${root}/stop`, {});
	const { state, events } = await pipelines.whenEnded(pipelineId, updateId);
	expect(state).toBe('CANCELED');
	expect(events.find(({ event_type }) => event_type === 'user_action')?.details).toEqual({
		user_action: { action: 'STOP', user_name: underTest.workspace.user.userName },
	});
});

it('parameters of an update go before the configuration of the pipeline', async () => {
	const { update, sql } = await open("CREATE MATERIALIZED VIEW v AS SELECT '${month}' AS month");
	await update({ parameters: { month: '2026-10' } });
	expect(await sql('SELECT month FROM c.s.v')).toEqual([['2026-10']]);
	const { state, errors } = await update();
	expect([state, errors]).toEqual(['FAILED', [expect.stringContaining('${month}')]]);
});

it('a flow may read only what the user of the pipeline may read', async () => {
	const { update, pipelines, pipelineId, workspace, sql } = await open(
		'CREATE MATERIALIZED VIEW v AS SELECT x FROM c.s.theirs',
	);
	await sql('CREATE TABLE c.s.theirs (x INT)');
	const { spec } = pipelines.get(pipelineId);
	const principal = workspace.servicePrincipal.userName;
	await pipelines.edit(pipelineId, {
		...spec,
		run_as: { service_principal_name: principal },
	});
	const denied = await update();
	expect([denied.state, denied.errors]).toEqual([
		'FAILED',
		[
			"[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have SELECT on Table 'c.s.theirs'. SQLSTATE: 42501",
		],
	]);
	await workspace.lakehouse.grants.change('schema', 'c.s', [
		{ principal, add: ['SELECT'], remove: [] },
	]);
	expect(await update()).toMatchObject({ state: 'COMPLETED' });
});

it('compute that does not come up fails the update', async () => {
	const { update, workspace } = await open('CREATE MATERIALIZED VIEW v AS SELECT 1 AS x');
	workspace.faults.add({
		method: 'START',
		path: '/api/2.0/pipelines/*/cluster',
		body: { message: 'CLOUD_PROVIDER_RESOURCE_STOCKOUT: no such nodes are left.' },
	});
	expect(await update()).toMatchObject({
		state: 'FAILED',
		errors: [
			'Failed to launch pipeline cluster.',
			'CLOUD_PROVIDER_RESOURCE_STOCKOUT: no such nodes are left.',
		],
	});
	expect(await update()).toMatchObject({ state: 'COMPLETED' });
});
