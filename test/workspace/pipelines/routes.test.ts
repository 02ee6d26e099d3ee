import { pipelinesOf } from '../../../workspace/pipelines/pipelines';
import { at, workspaceUnderTest } from '../server/workspaceUnderTest';

const root = '/api/2.0/pipelines';
const opened = workspaceUnderTest();
afterAll(async () => (await opened).server.close());
afterEach(async () => {
	const { call } = await opened;
	const statuses = at((await call('GET', root)).body, 'statuses');
	for (const status of Array.isArray(statuses) ? statuses : []) {
		await call('DELETE', `${root}/${String(at(status, 'pipeline_id'))}`);
	}
});

const spec = { name: 'p', catalog: 'c', schema: 's', serverless: true };

async function create(settings: Record<string, unknown> = spec): Promise<string> {
	const { call } = await opened;
	const { status, body } = await call('POST', root, settings);
	expect([status, body]).toEqual([200, { pipeline_id: expect.any(String) }]);
	return String(at(body, 'pipeline_id'));
}

it('gives a spec back as it came', async () => {
	const { call } = await opened;
	const sent = {
		...spec,
		channel: 'CURRENT',
		configuration: { landing: '/Volumes/a/b/c' },
		continuous: false,
		deployment: { kind: 'BUNDLE', metadata_file_path: '/x' },
		development: true,
		edition: 'ADVANCED',
		libraries: [{ glob: { include: '/x/**' } }],
		notifications: [{ alerts: ['on-update-failure'], email_recipients: ['a@b.c'] }],
		photon: true,
		root_path: '/x',
		tags: { dev: 'tester' },
	};
	const id = await create(sent);
	expect(await call('GET', `${root}/${id}`)).toMatchObject({
		status: 200,
		body: {
			creator_user_name: 'ana@example.com',
			effective_publishing_mode: 'DEFAULT_PUBLISHING_MODE',
			last_modified: expect.any(Number),
			name: 'p',
			pipeline_id: id,
			run_as_user_name: 'ana@example.com',
			spec: { ...sent, id },
			state: 'IDLE',
		},
	});
	const { photon, ...changed } = sent;
	expect(photon).toBe(true);
	expect(await call('PUT', `${root}/${id}`, { ...changed, id, name: 'q' })).toMatchObject({
		status: 200,
		body: {},
	});
	expect(at((await call('GET', `${root}/${id}`)).body, 'spec')).toEqual({
		...changed,
		id,
		name: 'q',
	});
});

it.each([
	['GET', '', 'The specified pipeline nope was not found.'],
	['PUT', '', 'The specified pipeline nope was not found.'],
	['DELETE', '', 'The specified pipeline nope was not found.'],
	['POST', '/stop', 'The specified pipeline nope was not found.'],
	['POST', '/updates', 'The specified pipeline nope was not found.'],
	['GET', '/updates', 'The specified pipeline nope was not found.'],
	['GET', '/events', 'The specified pipeline nope was not found.'],
])('%s /pipelines/nope%s is 404', async (method, path, message) => {
	const { call } = await opened;
	const body = method === 'PUT' ? spec : undefined;
	expect(await call(method, `${root}/nope${path}`, body)).toMatchObject({
		status: 404,
		body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message },
	});
});

it('an unknown update is 404', async () => {
	const { call } = await opened;
	const id = await create();
	expect(await call('GET', `${root}/${id}/updates/nope`)).toMatchObject({
		status: 404,
		body: { message: 'The specified update nope was not found.' },
	});
});

it.each([
	[{ ...spec, name: undefined }, 400, 'name'],
	[
		{ name: 'p', catalog: 'c1', target: 'c1.s1' },
		400,
		'target_schema_name "c1.s1" is not a valid name',
	],
	[{ ...spec, target: 't' }, 400, 'both "schema" and "target"'],
	[{ ...spec, clusters: [{ label: 'default' }] }, 400, 'when using serverless compute'],
	[{ ...spec, dry_run: true }, 501, 'dry run'],
	[{ ...spec, ingestion_definition: {} }, 501, 'ingestion_definition'],
])('creating %j is refused with %d', async (settings, status, message) => {
	const { call } = await opened;
	const answer = await call('POST', root, settings);
	expect([answer.status, at(answer.body, 'message')]).toEqual([
		status,
		expect.stringContaining(message),
	]);
});

it('a name is taken once, unless duplicates are allowed', async () => {
	const { call } = await opened;
	await create();
	expect(await call('POST', root, spec)).toMatchObject({
		status: 409,
		body: {
			error_code: 'RESOURCE_CONFLICT',
			message: expect.stringContaining("'p' is already used"),
		},
	});
	await create({ ...spec, allow_duplicate_names: true });
});

it.each([
	[{ full_refresh: true, refresh_selection: ['a'] }, 400, 'cannot be combined'],
	[{ rewind_spec: { dry_run: true } }, 501, 'rewind_spec'],
	[{ parameters: { a: 1 } }, 400, 'parameters'],
	[{ replace_where_overrides: [{ flow_name: 'a' }] }, 501, 'replace_where_overrides'],
	[{ full_refresh: 'yes' }, 400, 'full_refresh'],
])('an update with %j is refused with %d', async (body, status, message) => {
	const { call } = await opened;
	const id = await create();
	const answer = await call('POST', `${root}/${id}/updates`, body);
	expect([answer.status, at(answer.body, 'message')]).toEqual([
		status,
		expect.stringContaining(message),
	]);
});

describe('lists', () => {
	const namesOf = (body: unknown): unknown[] => {
		const statuses = at(body, 'statuses');
		return (Array.isArray(statuses) ? statuses : []).map((status) => at(status, 'name'));
	};

	it.each([
		['', ['a_etl', 'b_etl', 'c']],
		["?filter=name LIKE '%25etl'", ['a_etl', 'b_etl']],
		["?filter=name LIKE 'c'", ['c']],
		["?filter=name LIKE '_'", ['c']],
		["?filter=name LIKE '%25.%25'", []],
		["?filter=notebook='/x'", []],
		['?order_by=name desc', ['c', 'b_etl', 'a_etl']],
	])('pipelines%s', async (query, expected) => {
		const { call } = await opened;
		for (const name of ['c', 'a_etl', 'b_etl']) await create({ ...spec, name });
		expect(namesOf((await call('GET', root + query)).body)).toEqual(expected);
	});

	it('pipelines in pages', async () => {
		const { call } = await opened;
		for (const name of ['a', 'b', 'c']) await create({ ...spec, name });
		const first = await call('GET', `${root}?max_results=2&filter=name LIKE '%25'`);
		const token = String(at(first.body, 'next_page_token'));
		const second = await call('GET', `${root}?max_results=2&page_token=${token}`);
		expect([namesOf(first.body), namesOf(second.body)]).toEqual([['a', 'b'], ['c']]);
		expect(at(second.body, 'next_page_token')).toBeUndefined();
	});

	it('updates, newest first, in pages and down to one', async () => {
		const { call } = await opened;
		const id = await create();
		const ids: string[] = [];
		for (let i = 0; i < 3; i++) {
			const started = await call('POST', `${root}/${id}/updates`, {});
			const updateId = String(at(started.body, 'update_id'));
			ids.unshift(updateId);
			await pipelinesOf((await opened).workspace).whenEnded(id, updateId);
		}
		const page = async (query: string) => {
			const { body } = await call('GET', `${root}/${id}/updates?${query}`);
			const updates = at(body, 'updates');
			const found = (Array.isArray(updates) ? updates : []).map((each) => at(each, 'update_id'));
			return { found, token: String(at(body, 'next_page_token')) };
		};
		const first = await page('max_results=2');
		expect(first.found).toEqual(ids.slice(0, 2));
		expect((await page(`page_token=${first.token}`)).found).toEqual(ids.slice(2));
		expect((await page(`until_update_id=${ids[1]}`)).found).toEqual(ids.slice(0, 2));
		expect(at((await call('GET', `${root}/${id}`)).body, 'latest_updates', 0)).toEqual({
			update_id: ids[0],
			state: 'FAILED',
			creation_time: expect.stringMatching(/Z$/),
		});
	});
});
