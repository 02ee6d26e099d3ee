import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../workspace/clock';
import type { LocalWorkspace } from '../../../workspace/localWorkspace';
import { createServer, type LocalServer } from '../../../workspace/server';
import { fitForecaster, foretell, type ForecastInput } from '../../../workspace/serving/forecaster';
import { modelRegistryOf } from '../../../workspace/serving/modelRegistry';

const model = 'platinum.bir.bir_tax_forecaster';
const endpointPace = 1000;
const startMs = Date.UTC(2026, 10, 1);

let clock: ManualClock;
let server: LocalServer;
let workspace: LocalWorkspace;

beforeEach(async () => {
	clock = new ManualClock(startMs);
	server = createServer({ clock, pace: { endpointStartMs: endpointPace } });
	workspace = await server.addWorkspace();
	const { userName } = workspace.user;
	await workspace.lakehouse.catalogs.create('platinum', {}, userName);
	await workspace.lakehouse.schemas.create('platinum', 'bir', {}, userName);
});
afterEach(async () => {
	await server.close();
});

async function ask(method: string, path: string, body?: unknown, headers = {}) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const answer = await server.fetch(
		new Request(`${workspace.host}${path}`, {
			method,
			headers: {
				authorization: `Bearer ${workspace.token}`,
				'content-type': 'application/json',
				...headers,
			},
			...(body === undefined ? {} : { body: text }),
		}),
	);
	const content = await answer.text();
	const parsed: unknown = content === '' ? undefined : JSON.parse(content);
	return { status: answer.status, body: parsed, served: answer.headers.get('served-model-name') };
}

const input: ForecastInput = {
	agency: 'RIM',
	year: 2026,
	month: 11,
	prev_month: 1_000_000.5,
	prev_year: 900_000,
	rolling_3m_avg: 980_000,
	rolling_12m_avg: 950_000,
};
const artifact = fitForecaster(
	Array.from({ length: 24 }, (_, at) => ({ ...input, month: (at % 12) + 1, prev_month: 1e6 + at })),
	Array.from({ length: 24 }, (_, at) => 1e6 + 1000 * at),
);

const names = { catalog_name: 'platinum', schema_name: 'bir', name: 'bir_tax_forecaster' };
const entity = { name: 'champion', entity_name: model, entity_version: '1' };

async function register(): Promise<void> {
	const trained = { artifact, metrics: { r2: 0.95 }, params: {}, runId: '1' };
	await modelRegistryOf(workspace).addVersion(model, trained, workspace.user);
}

const stamps = {
	created_at: startMs,
	created_by: 'close@example.com',
	updated_at: startMs,
	updated_by: 'close@example.com',
};
const modelAnswer = { ...names, ...stamps, full_name: model, owner: 'close@example.com' };

describe('registered models', () => {
	const root = '/api/2.1/unity-catalog/models';

	test('are created, described, listed and deleted', async () => {
		const made = await ask('POST', root, { ...names, comment: 'tax' });
		expect(made).toMatchObject({ status: 200, body: { ...modelAnswer, comment: 'tax' } });
		const described = await ask('PATCH', `${root}/${model}`, { comment: 'withholding tax' });
		const expected = { ...modelAnswer, comment: 'withholding tax' };
		expect(described.body).toEqual(expected);
		expect((await ask('GET', `${root}/${model}`)).body).toEqual(expected);
		expect((await ask('GET', `${root}?catalog_name=platinum&schema_name=bir`)).body).toEqual({
			registered_models: [expected],
		});
		expect((await ask('GET', `${root}?catalog_name=gold`)).body).toEqual({});
		expect((await ask('DELETE', `${root}/${model}`)).body).toEqual({});
		expect((await ask('GET', `${root}/${model}`)).status).toBe(404);
	});

	test('have versions, and aliases that move', async () => {
		await ask('POST', root, names);
		await register();
		await register();
		for (const version of [1, 2]) {
			const answer = await ask('PUT', `${root}/${model}/aliases/champion`, {
				version_num: version,
			});
			expect(answer.body).toEqual({ alias_name: 'champion', version_num: version });
		}
		const version = (number: number, aliases: object) => ({
			model_name: names.name,
			catalog_name: 'platinum',
			schema_name: 'bir',
			version: number,
			id: expect.any(String),
			run_id: '1',
			status: 'READY',
			...stamps,
			...aliases,
		});
		const second = version(2, { aliases: [{ alias_name: 'champion', version_num: 2 }] });
		expect((await ask('GET', `${root}/${model}/versions`)).body).toEqual({
			model_versions: [second, version(1, {})],
		});
		expect((await ask('GET', `${root}/${model}/aliases/champion`)).body).toEqual(second);
		expect((await ask('DELETE', `${root}/${model}/versions/2`)).status).toBe(200);
		expect((await ask('GET', `${root}/${model}/aliases/champion`)).status).toBe(404);
		await register();
		expect((await ask('GET', `${root}/${model}/versions/3`)).status).toBe(200);
	});

	test.each([
		['POST', '', { ...names, schema_name: 'nowhere' }, 404, 'SCHEMA_DOES_NOT_EXIST'],
		['POST', '', { ...names, name: undefined }, 400, 'INVALID_PARAMETER_VALUE'],
		['GET', `/${model}/versions/9`, undefined, 404, 'RESOURCE_DOES_NOT_EXIST'],
		['GET', `/${model}/versions/x`, undefined, 400, 'INVALID_PARAMETER_VALUE'],
		['GET', `/${model}/aliases/none`, undefined, 404, 'RESOURCE_DOES_NOT_EXIST'],
		['PUT', `/${model}/aliases/a`, { version_num: 9 }, 404, 'RESOURCE_DOES_NOT_EXIST'],
		['POST', '', names, 409, 'RESOURCE_ALREADY_EXISTS'],
		['PATCH', `/${model}`, { new_name: 'other' }, 501, 'NOT_IMPLEMENTED'],
	])('%s %s %j is refused', async (method, path, body, status, errorCode) => {
		await ask('POST', root, names);
		expect(await ask(method, `${root}${path}`, body)).toMatchObject({
			status,
			body: { error_code: errorCode },
		});
	});
});

describe('a serving endpoint', () => {
	const root = '/api/2.0/serving-endpoints';
	const name = 'bir-tax-forecaster';
	const invocations = `/serving-endpoints/${name}/invocations`;
	const notDeployed = {
		status: 404,
		served: null,
		body: {
			error_code: 'ENDPOINT_NOT_FOUND',
			message:
				'The given endpoint does not exist, please retry after checking the specified model and version deployment exists.',
		},
	};

	beforeEach(async () => {
		await ask('POST', '/api/2.1/unity-catalog/models', names);
	});

	async function serve(): Promise<void> {
		await register();
		await ask('POST', root, { name, config: { served_entities: [entity] } });
		await clock.advance(endpointPace);
	}

	test('is not ready without a version, updates for a while, then answers', async () => {
		expect(await ask('POST', invocations, { dataframe_records: [input] })).toEqual(notDeployed);
		const tags = [{ key: 'system', value: 'bir' }];
		const made = await ask('POST', root, { name, description: 'The champion', tags });
		const idle = {
			id: expect.stringMatching(/^[0-9a-f]{32}$/),
			name,
			creator: 'close@example.com',
			creation_timestamp: startMs,
			last_updated_timestamp: startMs,
			description: 'The champion',
			tags,
			permission_level: 'CAN_MANAGE',
			route_optimized: false,
			state: { ready: 'NOT_READY', config_update: 'NOT_UPDATING' },
		};
		expect(made).toEqual({ status: 200, served: null, body: idle });
		expect(await ask('POST', invocations, { dataframe_records: [input] })).toEqual(notDeployed);

		await register();
		const config = { served_entities: [entity] };
		const updating = await ask('PUT', `${root}/${name}/config`, config);
		const shown = (deployment: string) => ({
			served_entities: [
				{
					...entity,
					creator: 'close@example.com',
					creation_timestamp: startMs,
					state: { deployment, deployment_state_message: '' },
				},
			],
			traffic_config: { routes: [{ served_model_name: 'champion', traffic_percentage: 100 }] },
		});
		expect(updating.body).toEqual({
			...idle,
			pending_config: shown('DEPLOYMENT_CREATING'),
			state: { ready: 'NOT_READY', config_update: 'IN_PROGRESS' },
		});
		expect(await ask('POST', invocations, { dataframe_records: [input] })).toEqual(notDeployed);
		expect((await ask('PUT', `${root}/${name}/config`, config)).status).toBe(409);

		await clock.advance(endpointPace);
		expect((await ask('GET', root)).body).toEqual({
			endpoints: [
				{
					...idle,
					config: shown('DEPLOYMENT_READY'),
					state: { ready: 'READY', config_update: 'NOT_UPDATING' },
				},
			],
		});
		expect(await ask('POST', invocations, { dataframe_records: [input, input] })).toEqual({
			status: 200,
			served: 'champion',
			body: { predictions: [foretell(artifact, input), foretell(artifact, input)] },
		});
	});

	test('goes on serving the old version while a new one is deployed', async () => {
		await serve();
		await register();
		const next = { ...entity, name: 'next', entity_version: '2' };
		await ask('PUT', `${root}/${name}/config`, { served_entities: [next] });
		const during = await ask('POST', invocations, { dataframe_records: [input] });
		await clock.advance(endpointPace);
		const after = await ask('POST', invocations, { dataframe_records: [input] });
		expect([during.served, after.served]).toEqual(['champion', 'next']);
	});

	const split = {
		columns: Object.keys(input),
		data: [Object.values(input)],
	};
	test.each([
		['dataframe_split', { dataframe_split: split }],
		['instances', { instances: [input] }],
		['inputs as rows', { inputs: [input] }],
		[
			'inputs as columns',
			{
				inputs: Object.fromEntries(Object.entries(input).map(([key, value]) => [key, [value]])),
			},
		],
	])('answers %s alike', async (_format, body) => {
		await serve();
		expect((await ask('POST', invocations, body)).body).toEqual({
			predictions: [foretell(artifact, input)],
		});
	});

	test.each([
		['a gap in a batch', { ...input, prev_year: undefined }, 'contains NaN'],
		['a null', { ...input, prev_year: null }, 'contains NaN'],
		['a tax that has no logarithm', { ...input, prev_year: -2 }, 'contains NaN'],
		['an amount of infinity', { ...input, prev_year: 'inf' }, 'contains infinity'],
		['an object for an agency', { ...input, agency: {} }, "unhashable type: 'dict'"],
	])('refuses what the model itself refuses: %s', async (_what, record, cause) => {
		await serve();
		const answer = await ask('POST', invocations, { dataframe_records: [input, record] });
		expect(answer).toEqual({
			status: 400,
			served: 'champion',
			body: {
				error_code: 'BAD_REQUEST',
				message:
					'Encountered an unexpected error while evaluating the model. Verify that the serialized input Dataframe is compatible with the model for inference.',
				sqlstate: 'KAM00',
				error_class: 'INVALID_PARAMETER_VALUE',
				stack_trace: expect.stringContaining(cause),
			},
		});
	});

	test('takes 16 MB and not a byte more', async () => {
		await serve();
		const body = JSON.stringify({ dataframe_records: [input] });
		const limit = 16 * 1024 * 1024;
		expect((await ask('POST', invocations, body.padEnd(limit))).status).toBe(200);
		expect((await ask('POST', invocations, body.padEnd(limit + 1))).status).toBe(413);
	});

	test('tells the schema of the model that it serves', async () => {
		await serve();
		const schema = (await ask('GET', `${root}/${name}/openapi`)).body;
		expect(schema).toMatchObject({
			openapi: '3.1.0',
			info: { title: name },
			servers: [{ url: `${workspace.host}/serving-endpoints/${name}` }],
		});
		const text = JSON.stringify(schema);
		expect(text).toContain('"/served-models/champion/invocations"');
		expect(text).toContain(
			'"prefixItems":[{"type":"string"},{"type":"integer","format":"int32"},{"type":"integer","format":"int32"},{"type":"number","format":"double"}',
		);
	});

	test('keeps tags, adds and removes them', async () => {
		await ask('POST', root, { name, tags: [{ key: 'a', value: '1' }, { key: 'b' }] });
		const change = { add_tags: [{ key: 'a', value: '2' }], delete_tags: ['b'] };
		const tags = [{ key: 'a', value: '2' }];
		expect((await ask('PATCH', `${root}/${name}/tags`, change)).body).toEqual({ tags });
		expect((await ask('GET', `${root}/${name}`)).body).toMatchObject({ tags });
	});

	test.each([
		['GET', '/none', undefined, 404, "Endpoint with name 'none' does not exist."],
		['POST', '', { name: 'not allowed' }, 400, "Endpoint name 'not allowed' is invalid"],
		['POST', '', { name }, 400, `Endpoint with name '${name}' already exists.`],
		[
			'PUT',
			`/${name}/config`,
			{ served_entities: [{ ...entity, entity_version: '7' }] },
			404,
			`Model version '${model}' version 7 does not exist.`,
		],
		[
			'PUT',
			`/${name}/config`,
			{ served_entities: [{ name: 'gpt', external_model: {} }] },
			501,
			'serving of anything but versions of registered models',
		],
		[
			'PUT',
			`/${name}/config`,
			{ served_entities: [entity, { ...entity, name: 'other' }] },
			400,
			'need a traffic_config',
		],
		[
			'PUT',
			`/${name}/config`,
			{
				served_entities: [entity],
				traffic_config: { routes: [{ served_model_name: 'champion', traffic_percentage: 90 }] },
			},
			400,
			'must add up to 100, got 90',
		],
		[
			'PUT',
			`/${name}/config`,
			{ served_entities: [entity, { entity_name: 'system.ai.local_chat' }] },
			400,
			'same task type',
		],
		['GET', `/${name}/metrics`, undefined, 501, 'does not have GET'],
	])('%s %s %j is refused with %p', async (method, path, body, status, message) => {
		await register();
		await ask('POST', root, { name });
		expect(await ask(method, `${root}${path}`, body)).toMatchObject({
			status,
			body: { message: expect.stringContaining(message) },
		});
	});

	test('is forgotten when it is deleted', async () => {
		await serve();
		expect((await ask('DELETE', `${root}/${name}`)).body).toEqual({});
		expect((await ask('GET', root)).body).toEqual({});
		expect(await ask('POST', invocations, { dataframe_records: [input] })).toEqual(notDeployed);
	});

	test('is there again, with its model, when the workspace is opened from its state folder', async () => {
		const stateFolder = await mkdtemp(join(tmpdir(), 'serving-state-'));
		try {
			workspace = await server.addWorkspace({ stateFolder });
			const { userName } = workspace.user;
			await workspace.lakehouse.catalogs.create('platinum', {}, userName);
			await workspace.lakehouse.schemas.create('platinum', 'bir', {}, userName);
			await ask('POST', '/api/2.1/unity-catalog/models', names);
			await serve();
			const before = await ask('POST', invocations, { dataframe_records: [input] });
			await server.close();

			server = createServer({ clock });
			workspace = await server.addWorkspace({ stateFolder });
			const after = await ask('POST', invocations, { dataframe_records: [input] });
			expect(after).toEqual(before);
			expect(after.status).toBe(200);
			expect((await ask('GET', `${root}/${name}`)).body).toMatchObject({
				state: { ready: 'READY', config_update: 'NOT_UPDATING' },
			});
		} finally {
			await server.close();
			await rm(stateFolder, { recursive: true, force: true });
		}
	});
});
