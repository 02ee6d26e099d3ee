import { z } from 'zod/v4';
import { compare, importSql, job, run, runsOf } from './jobsUnderTest';
import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await bench.workspace.lakehouse.runScript('CREATE CATALOG silver; CREATE SCHEMA silver.scout', {
		user: 'test',
	});
});
afterAll(async () => {
	await bench.close();
});

/** A job that updates a pipeline, and what its updates were asked to refresh, the newest first. */
async function pipelineJob(
	name: string,
	source = 'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS a',
) {
	await importSql(bench, name, source);
	const created = await bench.text('POST', '/api/2.0/pipelines', {
		name,
		catalog: 'silver',
		schema: 'scout',
		serverless: true,
		libraries: [{ file: { path: `/Workspace/Shared/${name}.sql` } }],
	});
	const pipeline_id = /"pipeline_id":\s*"([^"]+)"/.exec(created)?.[1] ?? '';
	const id = await job(bench, name, [{ task_key: 'etl', pipeline_task: { pipeline_id } }]);
	const updates = async () => {
		const text = await bench.text('GET', `/api/2.0/pipelines/${pipeline_id}/updates`);
		const { updates: list } = updatesSchema.parse(JSON.parse(text));
		return list.map((update) => ({
			full: update.full_refresh ?? false,
			selection: update.refresh_selection,
			fullSelection: update.full_refresh_selection,
		}));
	};
	return { id, updates };
}

const updatesSchema = z.object({
	updates: z.array(
		z.object({
			full_refresh: z.boolean().optional(),
			refresh_selection: z.array(z.string()).optional(),
			full_refresh_selection: z.array(z.string()).optional(),
		}),
	),
});

describe('parameters', () => {
	test.each([
		['notebook', { namedParametersJson: '{"a": 1}' }, { notebook_params: { a: '1' } }],
		['sql', { namedParametersJson: '{"a": "x"}' }, { sql_params: { a: 'x' } }],
		['pythonNamed', { namedParametersJson: '{"a": [1]}' }, { python_named_params: { a: '[1]' } }],
		['jar', { listedParametersJson: '["é"]' }, { jar_params: ['é'] }],
		['python', { listedParametersJson: '["--x", 1]' }, { python_params: ['--x', '1'] }],
		['sparkSubmit', { listedParametersJson: '["x"]' }, { spark_submit_params: ['x'] }],
		['dbt', { listedParametersJson: '["dbt run"]' }, { dbt_commands: ['dbt run'] }],
	])('%s', async (parameterMode, given, overriding) => {
		const id = await job(bench, `family ${parameterMode}`, [compare('only')]);
		const [item] = await bench.items(run(id, { parameterMode, ...given }));
		expect(item).toMatchObject({ overriding_parameters: overriding });
	});

	test('pipeline', async () => {
		const { id, updates } = await pipelineJob('refreshed');
		const parameters = { parameterMode: 'pipeline', pipelineFullRefresh: true };
		const [item] = await bench.items(run(id, parameters));
		await bench.items(run(id, { parameterMode: 'pipeline', pipelineRefreshSelection: 'one' }));
		await bench.items(run(id, { parameterMode: 'json' }));
		const repair = { operation: 'repairRun', repairTasks: 'chosen', repairTaskKeys: 'etl' };
		const ofRun = { run: { __rl: true, mode: 'id', value: item?.run_id } };
		const again = { parameterMode: 'pipeline', pipelineFullRefreshSelection: 'one' };
		await bench.items(run(id, { ...repair, ...ofRun, ...again }));
		expect(await updates()).toEqual([
			{ full: false, selection: undefined, fullSelection: ['one'] },
			{ full: false, selection: undefined, fullSelection: undefined },
			{ full: false, selection: ['one'], fullSelection: undefined },
			{ full: true, selection: undefined, fullSelection: undefined },
		]);
	});

	test('pipeline, flows to refresh and checkpoints to reset', async () => {
		const query = async (statement: string) =>
			(await bench.workspace.lakehouse.run(statement, { user: 'test' })).rows;
		await query('CREATE TABLE silver.scout.source AS SELECT 1 AS x');
		const { id, updates } = await pipelineJob(
			'flows',
			`CREATE OR REFRESH STREAMING TABLE again AS SELECT x FROM STREAM(silver.scout.source);
			CREATE OR REFRESH STREAMING TABLE still AS SELECT x FROM STREAM(silver.scout.source)`,
		);
		await bench.items(run(id));
		await query('INSERT INTO silver.scout.source VALUES (2)');
		const flows = { pipelineRefreshFlows: 'again', pipelineResetCheckpoints: 'again' };
		await bench.items(run(id, { parameterMode: 'pipeline', ...flows }));
		expect(await updates()).toMatchObject([{ selection: ['again'] }, { selection: undefined }]);
		expect(
			await query(
				'SELECT (SELECT count(*) FROM silver.scout.again), (SELECT count(*) FROM silver.scout.still)',
			),
		).toEqual([['3', '1']]);
	});

	test.each([
		[
			'a name that the job does not declare',
			{ parameterMode: 'json', jobParametersJson: '{"mont": "x"}' },
			'The job "refused a name that the job does not declare" declares no parameter "mont".',
		],
		[
			'too many bytes',
			{ parameterMode: 'json', jobParametersJson: `{"month": "${'x'.repeat(10_000)}"}` },
			/job parameters have 10012 bytes as JSON; Databricks takes 10000 at most/,
		],
		[
			'characters beyond ASCII',
			{ parameterMode: 'python', listedParametersJson: '["é"]' },
			/have the character "é"/,
		],
	])('%s is refused before it is sent', async (what, parameters, message) => {
		const id = await job(bench, `refused ${what}`, [compare('only')]);
		const { error } = await bench.run(run(id, parameters));
		expect(error?.message).toMatch(message);
		expect(await runsOf(bench, id)).toEqual([]);
	});
});
