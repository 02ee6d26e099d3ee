import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../workspace/clock';
import { StateFolderError } from '../../../workspace/localWorkspace';
import { createServer } from '../../../workspace/server';
import { at, workspaceUnderTest } from './workspaceUnderTest';

describe('a state folder', () => {
	const folder = mkdtemp(join(tmpdir(), 'state-'));
	afterAll(async () => rm(await folder, { recursive: true }));

	test('keeps who may enter, tables, files, jobs, runs and tokens of runs', async () => {
		const state = join(await folder, 'kept');
		const first = await workspaceUnderTest({}, state);
		const warehouse_id = first.workspace.warehouseId;
		const sql = (call: typeof first.call, statement: string) =>
			call('POST', '/api/2.0/sql/statements', { statement, warehouse_id });
		for (const statement of [
			'CREATE CATALOG gold',
			'CREATE SCHEMA gold.bir',
			'CREATE TABLE gold.bir.totals (agency STRING, amount DECIMAL(18,2))',
			"INSERT INTO gold.bir.totals VALUES ('RIM', 12.50)",
			'CREATE TABLE gold.bir.copy SHALLOW CLONE gold.bir.totals',
			'CREATE FUNCTION gold.bir.total_of(agency STRING) RETURN (SELECT sum(t.amount) FROM gold.bir.totals AS t WHERE t.agency = total_of.agency)',
		]) {
			expect(at((await sql(first.call, statement)).body, 'status')).toEqual({ state: 'SUCCEEDED' });
		}
		const file = { path: '/Workspace/Shared/a.sql', format: 'AUTO', content: 'eA==' };
		await first.call('POST', '/api/2.0/workspace/import', file);
		const job = {
			name: 'close',
			tasks: [{ task_key: 'a', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }],
		};
		const jobId = at((await first.call('POST', '/api/2.2/jobs/create', job)).body, 'job_id');
		const start = { job_id: jobId, idempotency_token: 'close-2026-10' };
		const runId = at((await first.call('POST', '/api/2.2/jobs/run-now', start)).body, 'run_id');
		await first.server.close();

		const second = await workspaceUnderTest({}, state);
		expect(second.workspace.token).toBe(first.workspace.token);
		expect(
			at((await sql(second.call, 'SELECT * FROM gold.bir.totals')).body, 'result', 'data_array'),
		).toEqual([['RIM', '12.50']]);
		expect(
			at((await sql(second.call, "SELECT gold.bir.total_of('RIM')")).body, 'result', 'data_array'),
		).toEqual([['12.50']]);
		const copy = (await second.call('GET', '/api/2.1/unity-catalog/tables/gold.bir.copy')).body;
		expect([at(copy, 'table_type'), at(copy, 'data_source_format')]).toEqual([
			'MANAGED_SHALLOW_CLONE',
			'DELTA',
		]);
		expect(
			(await second.call('GET', '/api/2.0/workspace/export?path=/Workspace/Shared/a.sql')).body,
		).toEqual({ content: 'eA==' });
		expect(
			at((await second.call('GET', `/api/2.2/jobs/get?job_id=${String(jobId)}`)).body, 'settings'),
		).toEqual(job);
		expect(at((await second.call('POST', '/api/2.2/jobs/run-now', start)).body, 'run_id')).toBe(
			runId,
		);
		const next = at((await second.call('POST', '/api/2.2/jobs/create', job)).body, 'job_id');
		expect(BigInt(String(next)) > BigInt(String(runId))).toBe(true);
		await second.server.close();
	});

	test('a run that was active is over after a restart, and says why', async () => {
		const state = join(await folder, 'interrupted');
		const first = await workspaceUnderTest(
			{ clock: new ManualClock(), pace: { taskStartMs: 1000 } },
			state,
		);
		const job = {
			name: 'long',
			tasks: [{ task_key: 'a', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }],
		};
		const jobId = at((await first.call('POST', '/api/2.2/jobs/create', job)).body, 'job_id');
		const runId = at(
			(await first.call('POST', '/api/2.2/jobs/run-now', { job_id: jobId })).body,
			'run_id',
		);
		await first.server.close();

		const second = await workspaceUnderTest({ clock: new ManualClock() }, state);
		const path = `/api/2.2/jobs/runs/get?run_id=${String(runId)}`;
		const { body } = await second.call('GET', path);
		const message = 'The local workspace stopped while this run was active.';
		expect(at(body, 'state')).toEqual({
			life_cycle_state: 'INTERNAL_ERROR',
			result_state: 'FAILED',
			state_message: message,
			user_cancelled_or_timedout: false,
		});
		expect(at(body, 'status')).toEqual({
			state: 'TERMINATED',
			termination_details: { code: 'INTERNAL_ERROR', type: 'INTERNAL_ERROR', message },
		});
		expect(at(body, 'tasks', 0, 'state', 'life_cycle_state')).toBe('INTERNAL_ERROR');
		await second.server.close();
	});

	test('that is a file is refused in one sentence', async () => {
		const file = join(await folder, 'file');
		await writeFile(file, 'x');
		const opening = createServer().addWorkspace({ stateFolder: file });
		await expect(opening).rejects.toThrow(StateFolderError);
		await expect(opening).rejects.toThrow(
			`The state folder ${file} is a file: name a folder with --state.`,
		);
	});

	test('of a workspace in memory is gone when it closes', async () => {
		const { server, workspace } = await workspaceUnderTest();
		const { volumesRoot } = workspace;
		expect((await stat(volumesRoot)).isDirectory()).toBe(true);
		await server.close();
		await expect(stat(volumesRoot)).rejects.toMatchObject({ code: 'ENOENT' });
	});
});
