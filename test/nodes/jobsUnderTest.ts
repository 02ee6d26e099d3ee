import type { NodeUnderTest, Workbench } from './workbench';

export const compare = (key: string, more: Record<string, unknown> = {}) => ({
	task_key: key,
	condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.month}}', right: '2026-10' },
	...more,
});

/** A job whose only task runs a SQL file. */
export async function sqlJob(bench: Workbench, name: string, text: string): Promise<string> {
	await importSql(bench, name, text);
	return await job(bench, name, [
		{
			task_key: 'check',
			sql_task: {
				warehouse_id: bench.workspace.warehouseId,
				file: { path: `/Shared/${name}.sql`, source: 'WORKSPACE' },
			},
		},
	]);
}

export async function job(on: Workbench, name: string, tasks: unknown[]): Promise<string> {
	const settings = { name, tasks, parameters: [{ name: 'month', default: '2026-09' }] };
	const text = await on.text('POST', '/api/2.2/jobs/create', settings);
	return /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
}

export const run = (jobId: string, more: Record<string, unknown> = {}): NodeUnderTest => ({
	type: 'databricksRunJob',
	parameters: {
		authentication: 'accessToken',
		job: { __rl: true, mode: 'id', value: jobId },
		...more,
	},
});

export const withKey = (key: string) => ({ options: { idempotencyKey: key } });
export const month = (value: string) => ({
	parameterMode: 'fields',
	jobParameters: { values: [{ name: 'month', value }] },
});

export async function runsOf(on: Workbench, jobId: string): Promise<string[]> {
	const text = await on.text('GET', `/api/2.2/jobs/runs/list?job_id=${jobId}`);
	return [...text.matchAll(/"run_id":\s*(\d+)/g)].map((match) => match[1] ?? '');
}

/** Puts a SQL file into the workspace, in the place of the one that a job runs. */
export async function importSql(bench: Workbench, name: string, text: string): Promise<void> {
	await bench.call('POST', '/api/2.0/workspace/import', {
		path: `/Shared/${name}.sql`,
		format: 'RAW',
		content: Buffer.from(text).toString('base64'),
		overwrite: true,
	});
}

/** A job of two tasks, of which the second fails until its file is mended. */
export async function failingJob(bench: Workbench, name: string): Promise<string> {
	await importSql(bench, name, 'SELECT * FROM gold.nowhere.totals');
	const sql_task = {
		warehouse_id: bench.workspace.warehouseId,
		file: { path: `/Shared/${name}.sql`, source: 'WORKSPACE' },
	};
	return await job(bench, name, [
		compare('first'),
		{ task_key: 'second', depends_on: [{ task_key: 'first' }], sql_task },
		compare('third', { depends_on: [{ task_key: 'second' }] }),
	]);
}

/** The node, set to an operation other than Run. */
export const operation = (name: string, parameters: Record<string, unknown>): NodeUnderTest => ({
	type: 'databricksRunJob',
	parameters: { authentication: 'accessToken', operation: name, ...parameters },
});

/** An operation that is about a run. */
export const ofRun = (
	name: string,
	runId: unknown,
	more: Record<string, unknown> = {},
): NodeUnderTest => operation(name, { run: { __rl: true, mode: 'id', value: runId }, ...more });

export async function resultStateOf(on: Workbench, runId: string): Promise<string | undefined> {
	const text = await on.text('GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
	return /"result_state":"(\w+)"/.exec(text)?.[1];
}
