import { WorkspaceClient } from '@databricks/sdk-experimental';
import { createServer } from '../../../workspace/server';

/** Databricks' own client, which nobody here wrote, over a real socket. */
describe("Databricks' JavaScript SDK", () => {
	// Its numbers are doubles: it changes every id above 2^53.
	const server = createServer({ shortIds: true });
	const opened = (async () => {
		const workspace = await server.addWorkspace({ userName: 'ana@example.com' });
		const { url } = await server.listen();
		const byToken = new WorkspaceClient({ host: url, token: workspace.token, authType: 'pat' });
		const byClient = new WorkspaceClient({
			host: url,
			clientId: workspace.clientId,
			clientSecret: workspace.clientSecret,
			authType: 'oauth-m2m',
		});
		return { workspace, byToken, byClient };
	})();
	afterAll(async () => {
		await opened;
		await server.close();
	});

	test('knows who it is, by token and as the service principal', async () => {
		const { byToken, byClient, workspace } = await opened;
		expect((await byToken.currentUser.me()).userName).toBe('ana@example.com');
		expect((await byClient.currentUser.me()).userName).toBe(workspace.clientId);
	});

	test('executes a statement', async () => {
		const { byClient, workspace } = await opened;
		const { status, result, manifest } = await byClient.statementExecution.executeStatement({
			statement: 'SELECT :n + 1 AS next',
			parameters: [{ name: 'n', value: '41', type: 'INT' }],
			warehouse_id: workspace.warehouseId,
			wait_timeout: '30s',
		});
		expect([status?.state, result?.data_array, manifest?.schema?.columns?.[0]?.name]).toEqual([
			'SUCCEEDED',
			[['42']],
			'next',
		]);
	});

	test('makes catalog, schema, volume and file, and lists the folder', async () => {
		const { byToken } = await opened;
		await byToken.catalogs.create({ name: 'bronze' });
		await byToken.schemas.create({ catalog_name: 'bronze', name: 'scout' });
		await byToken.volumes.create({
			catalog_name: 'bronze',
			schema_name: 'scout',
			name: 'landing',
			volume_type: 'MANAGED',
		});
		const path = '/Volumes/bronze/scout/landing/RIM/2026-10.jsonl';
		// Version 0.17.0 sends no body with an upload, whatever `contents` says.
		await byToken.files.upload({ file_path: path, overwrite: true });
		const listed = [];
		const folder = '/Volumes/bronze/scout/landing/RIM';
		for await (const entry of byToken.files.listDirectoryContents({ directory_path: folder })) {
			listed.push([entry.name, entry.file_size]);
		}
		expect(listed).toEqual([['2026-10.jsonl', 0]]);
	});

	test('runs a job and reads its run', async () => {
		const { byToken } = await opened;
		const { job_id = 0 } = await byToken.jobs.create({
			name: 'close',
			tasks: [{ task_key: 'a', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }],
		});
		const waiter = await byToken.jobs.runNow({ job_id, idempotency_token: 'close-2026-10' });
		const run = await waiter.wait();
		expect([run.state?.life_cycle_state, run.state?.result_state]).toEqual([
			'TERMINATED',
			'SUCCESS',
		]);
		const read = await byToken.jobs.getRun({ run_id: run.run_id ?? 0 });
		expect([read.run_id, read.tasks?.[0]?.task_key]).toEqual([run.run_id, 'a']);
		const names = [];
		for await (const job of byToken.jobs.list({ name: 'CLOSE' })) names.push(job.settings?.name);
		expect(names).toEqual(['close']);
	});

	test('reads an error of the service', async () => {
		const { byToken } = await opened;
		await expect(byToken.jobs.get({ job_id: 42 })).rejects.toMatchObject({
			errorCode: 'INVALID_PARAMETER_VALUE',
			message: 'Job 42 does not exist.',
		});
	});
});
