import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { findJobByName } from '../../nodes/databricks/jobs/jobs';
import { findPipelineByName } from '../../nodes/databricks/pipelines/pipelines';
import { deploy, type DeployStep } from '../../tooling/deploy/deploy';
import { readWorkspaceFile } from '../../tooling/deploy/upload';
import { bundleFolder, LocalDeployment } from './localDeployment';

let workspace: LocalDeployment;
beforeEach(async () => {
	workspace = await LocalDeployment.start();
});
afterEach(() => workspace.close());

const anything = z.looseObject({});
const get = async (path: string) => await workspace.client.json({ method: 'GET', path }, anything);

it('deploys everything, reports each step, and changes nothing the second time', async () => {
	const steps: DeployStep[] = [];
	const first = await deploy({
		bundleFolder,
		target: 'dev',
		workspace: workspace.client,
		onStep: (step) => steps.push(step),
	});
	expect(Object.values(first.resources).map(({ action }) => action)).toEqual(
		Array.from({ length: 15 }, () => 'created'),
	);
	expect(first.changes).toBe(steps.length);
	expect(steps.every(({ action }) => action === 'created')).toBe(true);
	expect(steps.map(({ done }) => done)).toEqual(steps.map((_, i) => i + 1));
	expect(steps.every(({ total }) => total === steps.length)).toBe(true);
	expect(steps.map(({ name }) => name)).toEqual(
		expect.arrayContaining(['src/pipeline/gold.sql', 'catalogs.bronze', 'jobs.bir_month_end']),
	);
	expect(steps.some(({ name }) => name === 'README.md')).toBe(false);

	const second = await workspace.deploy();
	expect(second.changes).toBe(0);
	expect(second.leftOver).toEqual([]);
	expect(Object.entries(second.resources)).toEqual(
		Object.entries(first.resources).map(([key, { id }]) => [key, { id, action: 'unchanged' }]),
	);
});

it('leaves the workspace as the bundle says', async () => {
	const { resources } = await workspace.deploy();
	const user = workspace.local.user.userName;
	const root = `/Workspace/Users/${user}/.bundle/bir_lakehouse/dev`;

	expect(await get('/api/2.1/unity-catalog/volumes/bronze.scout.landing')).toMatchObject({
		catalog_name: 'bronze',
		schema_name: 'scout',
		volume_type: 'MANAGED',
	});
	expect(await get('/api/2.1/unity-catalog/permissions/schema/platinum.bir')).toEqual({
		privilege_assignments: expect.arrayContaining([
			{ principal: 'finance', privileges: ['SELECT', 'USE_SCHEMA'] },
			{
				principal: 'lakehouse-automation',
				privileges: ['CREATE_TABLE', 'EXECUTE', 'MODIFY', 'SELECT', 'USE_SCHEMA'],
			},
		]),
	});

	const pipeline = await findPipelineByName(workspace.client, 'scout_etl');
	expect(pipeline.pipeline_id).toBe(resources['pipelines.scout_etl']?.id);
	expect(await get(`/api/2.0/pipelines/${pipeline.pipeline_id}`)).toMatchObject({
		spec: {
			catalog: 'silver',
			schema: 'scout',
			development: true,
			root_path: `${root}/files/src/pipeline`,
			libraries: [{ glob: { include: `${root}/files/src/pipeline/**` } }],
			configuration: { landing: '/Volumes/bronze/scout/landing' },
			notifications: [{ email_recipients: [] }],
			tags: { environment: 'dev', system: 'bir' },
		},
	});

	const job = await findJobByName(workspace.client, 'bir_month_end');
	expect(job.job_id).toBe(resources['jobs.bir_month_end']?.id);
	const { settings } = await workspace.client.json(
		{ method: 'GET', path: '/api/2.2/jobs/get', query: { job_id: job.job_id } },
		z.looseObject({
			settings: z.looseObject({ tasks: z.array(z.looseObject({ task_key: z.string() })) }),
		}),
	);
	expect(settings).toMatchObject({
		format: 'MULTI_TASK',
		tags: { environment: 'dev', system: 'bir' },
	});
	const byKey = new Map(settings.tasks.map((task) => [task.task_key, task]));
	expect(byKey.get('pipeline')).toMatchObject({
		pipeline_task: { pipeline_id: pipeline.pipeline_id },
	});
	expect(byKey.get('features')).toMatchObject({
		sql_task: {
			warehouse_id: workspace.warehouseId,
			file: { path: `${root}/files/src/close/features.sql`, source: 'WORKSPACE' },
			parameters: { month: '{{job.parameters.month}}' },
		},
	});
	expect(byKey.get('training')).toMatchObject({
		spark_python_task: {
			python_file: `${root}/files/src/training/train_forecaster.py`,
			parameters: [
				'--month',
				'{{job.parameters.month}}',
				'--features',
				'gold.bir.features',
				'--model',
				'platinum.bir.bir_tax_forecaster',
				'--endpoint',
				'bir-tax-forecaster',
				'--minimum-r2',
				'0.90',
			],
		},
	});
	const gold = readFileSync(join(bundleFolder, 'src/pipeline/gold.sql'), 'utf8');
	expect(await readWorkspaceFile(workspace.client, `${root}/files/src/pipeline/gold.sql`)).toBe(
		gold,
	);
});

describe('after a change of the bundle', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'bundle-'));
		cpSync(bundleFolder, folder, { recursive: true });
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const change = (file: string, from: string, to: string): void => {
		const text = readFileSync(join(folder, file), 'utf8');
		expect(text).toContain(from);
		writeFileSync(join(folder, file), text.replace(from, to));
	};

	it.each([
		['resources/catalogs.yml', 'Checked and typed', 'Checked', 'catalogs.silver'],
		['resources/catalogs.yml', '[READ_VOLUME, WRITE_VOLUME]', '[READ_VOLUME]', 'volumes.landing'],
		['resources/scout_etl.pipeline.yml', 'photon: true', 'photon: false', 'pipelines.scout_etl'],
		[
			'resources/scout_etl.pipeline.yml',
			'level: CAN_RUN',
			'level: CAN_VIEW',
			'pipelines.scout_etl',
		],
		[
			'resources/bir_month_end.job.yml',
			'timeout_seconds: 7200',
			'timeout_seconds: 60',
			'jobs.bir_month_end',
		],
		[
			'resources/bir_month_end.job.yml',
			'        no_alert_for_canceled_runs: true',
			'        no_alert_for_canceled_runs: false',
			'jobs.bir_month_end',
		],
	])('in %s (%s) it updates that resource alone, once', async (file, from, to, resource) => {
		const { resources: before } = await workspace.deploy('dev', folder);
		change(file, from, to);
		const after = await workspace.deploy('dev', folder);
		const changed = Object.entries(after.resources).filter(
			([, { action }]) => action !== 'unchanged',
		);
		expect(changed).toEqual([[resource, { id: before[resource]?.id, action: 'updated' }]]);
		// the YAML file itself is uploaded too
		expect(after.changes).toBe(2);
		expect((await workspace.deploy('dev', folder)).changes).toBe(0);
	});

	it('says what an endpoint cannot change', async () => {
		await workspace.deploy('dev', folder);
		change('resources/forecaster.yml', 'Serves the champion', 'Serves');
		await expect(workspace.deploy('dev', folder)).rejects.toThrow(
			'Serving endpoint bir-tax-forecaster: "description" cannot be changed once it exists.',
		);
	});

	it('names what the bundle no longer has, and leaves it alone', async () => {
		await workspace.deploy('dev', folder);
		rmSync(join(folder, 'resources/forecaster.yml'));
		change(
			'resources/bir_month_end.job.yml',
			'${resources.registered_models.forecaster.full_name}',
			'm',
		);
		change(
			'resources/bir_month_end.job.yml',
			'${resources.registered_models.forecaster.full_name}',
			'm',
		);
		change(
			'resources/bir_month_end.job.yml',
			'${resources.model_serving_endpoints.forecaster.name}',
			'e',
		);
		const { leftOver } = await workspace.deploy('dev', folder);
		expect(leftOver).toEqual([
			'resources.registered_models.forecaster',
			'resources.model_serving_endpoints.forecaster',
		]);
		expect(await get('/api/2.0/serving-endpoints/bir-tax-forecaster')).toMatchObject({
			name: 'bir-tax-forecaster',
		});
	});

	it('takes up what a deployment that failed has created', async () => {
		const { resources: before } = await workspace.deploy('dev', folder);
		const pipelineId = before['pipelines.scout_etl']?.id ?? '';
		await workspace.client.request({ method: 'DELETE', path: `/api/2.0/pipelines/${pipelineId}` });
		workspace.local.faults.add({
			method: 'PUT',
			path: '/api/2.0/permissions/pipelines/*',
			status: 403,
			body: { error_code: 'PERMISSION_DENIED', message: 'No CAN_MANAGE.' },
		});
		await expect(workspace.deploy('dev', folder)).rejects.toThrow('No CAN_MANAGE.');
		const { pipeline_id: created } = await findPipelineByName(workspace.client, 'scout_etl');
		const { resources: after } = await workspace.deploy('dev', folder);
		expect(after['pipelines.scout_etl']).toEqual({ id: created, action: 'updated' });
	});

	it('creates again what was deleted by hand', async () => {
		const { resources: before } = await workspace.deploy('dev', folder);
		const pipelineId = before['pipelines.scout_etl']?.id ?? '';
		await workspace.client.request({ method: 'DELETE', path: `/api/2.0/pipelines/${pipelineId}` });
		const { resources: after } = await workspace.deploy('dev', folder);
		expect(after['pipelines.scout_etl']).toMatchObject({ action: 'created' });
		expect(after['jobs.bir_month_end']).toMatchObject({ action: 'updated' });
	});
});

it('prod runs as the service principal and has a folder of its own', async () => {
	const principal = '11111111-2222-4333-8444-555555555555';
	const { resources } = await deploy({
		bundleFolder,
		target: 'prod',
		workspace: workspace.client,
		variables: { close_principal: principal },
	});
	expect(await get(`/api/2.0/pipelines/${resources['pipelines.scout_etl']?.id}`)).toMatchObject({
		run_as_user_name: principal,
		spec: { root_path: '/Workspace/Deployments/bir_lakehouse/prod/files/src/pipeline' },
	});
});

it.each([
	[{ target: 'test' }, 'The bundle has no target "test". It has: dev, staging, prod.'],
	[{ variables: { nope: '1' } }, 'The bundle has no variable "nope".'],
])('refuses %j before anything is created', async (options, message) => {
	const deploying = deploy({
		bundleFolder,
		target: 'dev',
		workspace: workspace.client,
		...options,
	});
	await expect(deploying).rejects.toThrow(message);
	await expect(get('/api/2.1/unity-catalog/catalogs/bronze')).rejects.toMatchObject({
		kind: 'notFound',
	});
});
