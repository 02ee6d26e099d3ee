import { at, workspaceUnderTest, type Call } from './workspaceUnderTest';

const root = '/api/2.1/unity-catalog';
const time = expect.any(Number);
const author = {
	owner: 'ana@example.com',
	created_at: time,
	created_by: 'ana@example.com',
	updated_at: time,
	updated_by: 'ana@example.com',
};

async function withObjects() {
	const opened = await workspaceUnderTest();
	await opened.call('POST', `${root}/catalogs`, { name: 'bronze', comment: 'raw' });
	await opened.call('POST', `${root}/schemas`, { catalog_name: 'bronze', name: 'scout' });
	await opened.call('POST', `${root}/volumes`, {
		catalog_name: 'bronze',
		schema_name: 'scout',
		name: 'landing',
		volume_type: 'MANAGED',
		comment: 'exports land here',
	});
	await opened.workspace.lakehouse.run(
		"CREATE TABLE bronze.scout.lines (id BIGINT NOT NULL COMMENT 'of the export', amount DECIMAL(18,2)) TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')",
		{ user: 'ana@example.com' },
	);
	return opened;
}

const names = async (call: Call, path: string, kind: string) => {
	const list = at((await call('GET', path)).body, kind);
	return Array.isArray(list) ? list.map((each) => at(each, 'name')) : list;
};

describe('Unity Catalog', () => {
	const opened = withObjects();
	afterAll(async () => (await opened).server.close());

	test.each([
		[
			'catalogs/bronze',
			{
				...author,
				name: 'bronze',
				full_name: 'bronze',
				comment: 'raw',
				id: expect.any(String),
				catalog_type: 'MANAGED_CATALOG',
				securable_type: 'CATALOG',
				isolation_mode: 'OPEN',
				browse_only: false,
			},
		],
		[
			'schemas/bronze.scout',
			{
				...author,
				name: 'scout',
				full_name: 'bronze.scout',
				catalog_name: 'bronze',
				schema_id: expect.any(String),
				catalog_type: 'MANAGED_CATALOG',
				securable_type: 'SCHEMA',
				enable_predictive_optimization: 'INHERIT',
				browse_only: false,
			},
		],
		[
			'volumes/bronze.scout.landing',
			{
				...author,
				name: 'landing',
				full_name: 'bronze.scout.landing',
				catalog_name: 'bronze',
				schema_name: 'scout',
				comment: 'exports land here',
				volume_id: expect.any(String),
				volume_type: 'MANAGED',
				storage_location: expect.any(String),
			},
		],
		[
			'tables/bronze.scout.lines',
			{
				...author,
				name: 'lines',
				full_name: 'bronze.scout.lines',
				catalog_name: 'bronze',
				schema_name: 'scout',
				table_id: expect.any(String),
				table_type: 'MANAGED',
				data_source_format: 'DELTA',
				securable_type: 'TABLE',
				storage_location: expect.any(String),
				properties: expect.objectContaining({ 'delta.enableChangeDataFeed': 'true' }),
				columns: [
					{
						name: 'id',
						type_text: 'bigint',
						type_name: 'LONG',
						type_precision: 0,
						type_scale: 0,
						position: 0,
						nullable: false,
						comment: 'of the export',
					},
					{
						name: 'amount',
						type_text: 'decimal(18,2)',
						type_name: 'DECIMAL',
						type_precision: 18,
						type_scale: 2,
						position: 1,
						nullable: true,
					},
				],
			},
		],
		['tables/bronze.scout.lines/exists', { table_exists: true }],
		['tables/bronze.scout.none/exists', { table_exists: false }],
	])('%s', async (path, body) => {
		const { call } = await opened;
		expect((await call('GET', `${root}/${path}`)).body).toEqual(body);
	});

	test.each([
		['catalogs/none', 'CATALOG_DOES_NOT_EXIST', "Catalog 'none' does not exist."],
		['schemas/bronze.none', 'SCHEMA_DOES_NOT_EXIST', "Schema 'bronze.none' does not exist."],
		[
			'tables/bronze.scout.none',
			'TABLE_DOES_NOT_EXIST',
			"Table 'bronze.scout.none' does not exist.",
		],
		[
			'volumes/bronze.scout.none',
			'VOLUME_DOES_NOT_EXIST',
			"Volume 'bronze.scout.none' does not exist.",
		],
	])('%s is missing', async (path, error_code, message) => {
		const { call } = await opened;
		expect(await call('GET', `${root}/${path}`)).toMatchObject({
			status: 404,
			body: { error_code, message },
		});
	});

	test.each([
		['catalogs', { name: 'bronze' }, 400],
		['schemas', { catalog_name: 'bronze', name: 'scout' }, 400],
		['schemas', { catalog_name: 'none', name: 'scout' }, 404],
		[
			'volumes',
			{ catalog_name: 'bronze', schema_name: 'scout', name: 'x', volume_type: 'EXTERNAL' },
			501,
		],
		['catalogs', { name: 'x', storage_root: 's3://x' }, 501],
	])('POST %s %j is %d', async (path, body, status) => {
		const { call } = await opened;
		expect((await call('POST', `${root}/${path}`, body)).status).toBe(status);
	});

	test('lists', async () => {
		const { call } = await opened;
		expect(await names(call, `${root}/schemas?catalog_name=bronze`, 'schemas')).toContain('scout');
		const inScout = 'catalog_name=bronze&schema_name=scout';
		expect(await names(call, `${root}/tables?${inScout}`, 'tables')).toEqual(['lines']);
		expect(await names(call, `${root}/volumes?${inScout}`, 'volumes')).toEqual(['landing']);
		const slim = await call(
			'GET',
			`${root}/tables?${inScout}&omit_columns=true&omit_properties=true`,
		);
		expect([
			at(slim.body, 'tables', 0, 'columns'),
			at(slim.body, 'tables', 0, 'properties'),
		]).toEqual([undefined, undefined]);
		expect((await call('GET', `${root}/tables?catalog_name=bronze&schema_name=none`)).status).toBe(
			404,
		);
	});

	test('a list comes in pages when max_results is given', async () => {
		const { call } = await opened;
		for (const name of ['p1', 'p2', 'p3']) await call('POST', `${root}/catalogs`, { name });
		const all = await names(call, `${root}/catalogs`, 'catalogs');
		const paged: unknown[] = [];
		for (let token = ''; ; ) {
			const page = (await call('GET', `${root}/catalogs?max_results=2&page_token=${token}`)).body;
			const list = at(page, 'catalogs');
			paged.push(...(Array.isArray(list) ? list.map((each) => at(each, 'name')) : []));
			const next = at(page, 'next_page_token');
			if (typeof next !== 'string') break;
			token = next;
		}
		expect(paged).toEqual(all);
		expect((await call('GET', `${root}/catalogs?max_results=2&page_token=x`)).status).toBe(400);
	});

	test('comments change; what is not empty is dropped only by force', async () => {
		const { call } = await opened;
		await call('POST', `${root}/catalogs`, { name: 'gone' });
		await call('POST', `${root}/schemas`, { catalog_name: 'gone', name: 'inner' });
		const patched = await call('PATCH', `${root}/schemas/gone.inner`, { comment: 'changed' });
		expect(at(patched.body, 'comment')).toBe('changed');
		expect((await call('DELETE', `${root}/catalogs/gone`)).status).toBe(400);
		expect((await call('DELETE', `${root}/catalogs/gone?force=true`)).status).toBe(200);
		expect((await call('GET', `${root}/schemas/gone.inner`)).status).toBe(404);
		expect((await call('DELETE', `${root}/catalogs/gone`)).status).toBe(404);
	});
});

test('a TIME has its text, and no name that no source tells', async () => {
	const { call, workspace, server } = await workspaceUnderTest();
	const user = { user: 'ana@example.com' };
	await workspace.lakehouse.run('CREATE CATALOG bronze', user);
	await workspace.lakehouse.run('CREATE TABLE bronze.default.shifts (at TIME(3))', user);
	const { body } = await call('GET', `${root}/tables/bronze.default.shifts`);
	expect(at(body, 'columns')).toEqual([
		{
			name: 'at',
			type_text: 'time(3)',
			type_precision: 0,
			type_scale: 0,
			position: 0,
			nullable: true,
		},
	]);
	await server.close();
});
