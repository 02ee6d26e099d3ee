import { runsOf } from '../../../workspace/jobs/runs';
import { at, workspaceUnderTest, type Call } from './workspaceUnderTest';

const jobs = '/api/2.2/jobs';
const files = '/Workspace/Shared';

const opened = workspaceUnderTest();
afterAll(async () => (await opened).server.close());

async function writeFile(call: Call, name: string, content: string): Promise<void> {
	const path = `/api/2.0/workspace-files/import-file${files}/${name}?overwrite=true`;
	expect((await call('POST', path, content)).status).toBe(200);
}

async function query(statement: string): Promise<unknown> {
	const { call, workspace } = await opened;
	const { body } = await call('POST', '/api/2.0/sql/statements', {
		statement,
		warehouse_id: workspace.warehouseId,
		wait_timeout: '50s',
	});
	return at(body, 'result', 'data_array') ?? body;
}

/** Runs one task to its end and answers with its state and output. */
async function runTask(task: object, settings: object = {}, more: object = {}) {
	const { call, workspace } = await opened;
	const job = { name: 'one', ...settings, tasks: [{ task_key: 'task', ...task }] };
	const jobId = at((await call('POST', `${jobs}/create`, job)).body, 'job_id');
	const started = await call('POST', `${jobs}/run-now`, { job_id: jobId, ...more });
	const runId = String(at(started.body, 'run_id'));
	await runsOf(workspace).whenEnded(runId);
	const run = (await call('GET', `${jobs}/runs/get?run_id=${runId}`)).body;
	const taskRunId = String(at(run, 'tasks', 0, 'run_id'));
	const output = await call('GET', `${jobs}/runs/get-output?run_id=${taskRunId}`);
	return { run, result: at(run, 'tasks', 0, 'state', 'result_state'), output: output.body };
}

describe('sql_task', () => {
	const sqlTask = async (file: string, parameters: object = {}) => ({
		sql_task: {
			warehouse_id: (await opened).workspace.warehouseId,
			file: { path: `${files}/${file}`, source: 'WORKSPACE' },
			parameters,
		},
	});

	test('runs all statements of its file, with parameters of the job', async () => {
		const { call, workspace } = await opened;
		await writeFile(
			call,
			'totals.sql',
			`CREATE CATALOG IF NOT EXISTS close;
-- a comment; with a semicolon
CREATE SCHEMA IF NOT EXISTS close.bir;
CREATE OR REPLACE TABLE close.bir.totals AS
SELECT :month AS month, CAST(:run AS STRING) AS run, 'a;b' AS text;`,
		);
		const task = await sqlTask('totals.sql', {
			month: '{{job.parameters.month}}',
			run: '{{job.run_id}}',
		});
		const settings = { parameters: [{ name: 'month', default: '2026-09' }] };
		const { run, result, output } = await runTask(task, settings, {
			job_parameters: { month: "2026-10'" },
		});
		expect(result).toBe('SUCCESS');
		expect(await query('SELECT * FROM close.bir.totals')).toEqual([
			["2026-10'", String(at(run, 'run_id')), 'a;b'],
		]);
		expect(at(output, 'sql_output', 'query_output')).toMatchObject({
			warehouse_id: workspace.warehouseId,
			sql_statements: [
				{ lookup_key: expect.any(String) },
				{ lookup_key: expect.any(String) },
				{ lookup_key: expect.any(String) },
			],
		});
	});

	test.each([
		['divide.sql', 'SELECT 1/0', '[DIVIDE_BY_ZERO]'],
		['missing.sql', 'SELECT * FROM nowhere.x.y', '[TABLE_OR_VIEW_NOT_FOUND]'],
		['unbound.sql', 'SELECT :other', '[UNBOUND_SQL_PARAMETER]'],
		['raise.sql', "SELECT raise_error('RIM has no rows')", 'RIM has no rows'],
	])('%s fails with its own cause in the output', async (name, text, cause) => {
		const { call } = await opened;
		await writeFile(call, name, text);
		const { run, result, output } = await runTask(await sqlTask(name));
		expect(result).toBe('FAILED');
		expect(at(output, 'error')).toContain(cause);
		expect(at(run, 'state')).toMatchObject({
			life_cycle_state: 'INTERNAL_ERROR',
			result_state: 'FAILED',
			state_message: 'Task task failed with message: Workload failed, see run output for details.',
		});
	});

	test('a file that is not there', async () => {
		const { output } = await runTask(await sqlTask('none.sql'));
		expect(at(output, 'error')).toBe(`Path (${files}/none.sql) doesn't exist.`);
	});

	test('a reference without a value fails the task rather than reach the SQL', async () => {
		const { call } = await opened;
		await writeFile(call, 'plain.sql', 'SELECT :x');
		const { output } = await runTask(await sqlTask('plain.sql', { x: '{{job.parameters.none}}' }));
		expect(at(output, 'error')).toBe(
			'The reference {{job.parameters.none}} has no value in the local workspace.',
		);
	});
});

describe('spark_python_task', () => {
	test.each([
		[
			'own.py',
			'print(1)',
			'The local workspace has no Python and no counterpart of own.py. It has those of train_forecaster.py, forecast.py.',
		],
		['nb.py', '# Databricks notebook source\n', `Path (${files}/nb.py) doesn't exist.`],
	])('%s cannot run here', async (name, content, error) => {
		const { call } = await opened;
		await writeFile(call, name, content);
		const { result, output } = await runTask({
			spark_python_task: { python_file: `${files}/${name}` },
		});
		expect([result, at(output, 'error')]).toEqual(['FAILED', error]);
	});
});

describe('pipeline_task', () => {
	async function pipeline(name: string, text: string): Promise<unknown> {
		const { call } = await opened;
		await query('CREATE CATALOG IF NOT EXISTS close');
		await query('CREATE SCHEMA IF NOT EXISTS close.bir');
		await writeFile(call, `${name}.sql`, text);
		const { body } = await call('POST', '/api/2.0/pipelines', {
			name,
			catalog: 'close',
			schema: 'bir',
			serverless: true,
			libraries: [{ file: { path: `${files}/${name}.sql` } }],
		});
		return at(body, 'pipeline_id');
	}

	test('updates the pipeline', async () => {
		const { call } = await opened;
		const id = await pipeline('good', 'CREATE MATERIALIZED VIEW answer AS SELECT 42 AS n');
		const { result, output } = await runTask({ pipeline_task: { pipeline_id: id } });
		expect([result, at(output, 'error')]).toEqual(['SUCCESS', undefined]);
		expect(await query('SELECT n FROM close.bir.answer')).toEqual([['42']]);
		const updates = await call('GET', `/api/2.0/pipelines/${String(id)}/updates`);
		expect(at(updates.body, 'updates', 0, 'cause')).toBe('JOB_TASK');
	});

	test('fails with the cause of the update', async () => {
		const id = await pipeline('bad', 'CREATE MATERIALIZED VIEW wrong AS SELECT 1/0 AS n');
		const { result, output } = await runTask({ pipeline_task: { pipeline_id: id } });
		expect(result).toBe('FAILED');
		expect(at(output, 'error')).toMatch(/^Update \S+ is FAILED: .*\[DIVIDE_BY_ZERO\]/);
	});

	test('fails when there is no such pipeline', async () => {
		const { output } = await runTask({ pipeline_task: { pipeline_id: 'none' } });
		expect(at(output, 'error')).toBe('The specified pipeline none was not found.');
	});
});
