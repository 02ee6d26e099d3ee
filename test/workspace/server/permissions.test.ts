import { randomUUID } from 'node:crypto';
import { at, callerOf, workspaceUnderTest, type Call } from './workspaceUnderTest';

const permissions = '/api/2.0/permissions';
const unity = '/api/2.1/unity-catalog';

/** A call as the service principal, with a token of its own. */
async function asServicePrincipal(): Promise<[Call, string]> {
	const { server, workspace } = await opened;
	const { accessToken } = workspace.issueAccessToken();
	const call = callerOf(server.fetch, workspace);
	const authorization = `Bearer ${accessToken}`;
	return [
		async (method, path, body) => await call(method, path, body, { authorization }),
		workspace.clientId,
	];
}

const opened = workspaceUnderTest();
afterAll(async () => (await opened).server.close());

/** Makes an object of the kind and answers with the id that permissions know it by. */
async function madeBy(call: Call, kind: string): Promise<string> {
	const name = `made-${randomUUID()}`;
	switch (kind) {
		case 'jobs':
			return String(at((await call('POST', '/api/2.2/jobs/create', { name })).body, 'job_id'));
		case 'pipelines':
			return String(at((await call('POST', '/api/2.0/pipelines', { name })).body, 'pipeline_id'));
		case 'sql/warehouses':
			return String(at((await call('POST', '/api/2.0/sql/warehouses', { name })).body, 'id'));
		default:
			return String(at((await call('POST', '/api/2.0/serving-endpoints', { name })).body, 'id'));
	}
}

describe('permissions of objects', () => {
	const list = [
		{ permission_level: 'CAN_MANAGE_RUN', service_principal_name: '11111111-2222' },
		{ permission_level: 'IS_OWNER', user_name: 'ana@example.com' },
	];

	test('are given back as they were set', async () => {
		const { call } = await opened;
		const id = await madeBy(call, 'jobs');
		const path = `${permissions}/jobs/${id}`;
		const put = await call('PUT', path, { access_control_list: list });
		expect(put.body).toEqual({
			object_id: `/jobs/${id}`,
			object_type: 'job',
			access_control_list: [
				{
					all_permissions: [{ inherited: false, permission_level: 'CAN_MANAGE_RUN' }],
					display_name: '11111111-2222',
					service_principal_name: '11111111-2222',
				},
				{
					all_permissions: [{ inherited: false, permission_level: 'IS_OWNER' }],
					display_name: 'ana@example.com',
					user_name: 'ana@example.com',
				},
				{
					all_permissions: [
						{
							inherited: true,
							inherited_from_object: ['/jobs/'],
							permission_level: 'CAN_MANAGE',
						},
					],
					group_name: 'admins',
				},
			],
		});
		expect((await call('GET', path)).body).toEqual(put.body);
	});

	test.each([
		['sql/warehouses', 'CAN_USE', 'IS_OWNER'],
		['serving-endpoints', 'CAN_QUERY', 'CAN_MANAGE'],
	])('a patch of %s keeps the others', async (kind, level, ownerLevel) => {
		const { call } = await opened;
		const id = await madeBy(call, kind);
		const patched = await call('PATCH', `${permissions}/${kind}/${id}`, {
			access_control_list: [{ group_name: 'finance', permission_level: level }],
		});
		expect(at(patched.body, 'object_id')).toBe(`/${kind}/${id}`);
		const entries = at(patched.body, 'access_control_list');
		const levels = Array.isArray(entries)
			? entries.map((entry) => at(entry, 'all_permissions', 0, 'permission_level'))
			: [];
		expect(levels).toEqual([ownerLevel, level, 'CAN_MANAGE']);
	});

	test.each([
		['no owner', [{ group_name: 'finance', permission_level: 'CAN_VIEW' }]],
		[
			'two owners',
			[
				{ user_name: 'a@x', permission_level: 'IS_OWNER' },
				{ user_name: 'b@x', permission_level: 'IS_OWNER' },
			],
		],
	])('a job with %s is refused', async (_name, access_control_list) => {
		const { call } = await opened;
		const id = await madeBy(call, 'jobs');
		const answer = await call('PUT', `${permissions}/jobs/${id}`, { access_control_list });
		expect(answer).toMatchObject({
			status: 400,
			body: {
				error_code: 'INVALID_PARAMETER_VALUE',
				message: 'The job must have exactly one owner.',
			},
		});
	});

	test.each([
		['jobs', 'IS_OWNER'],
		['pipelines', 'IS_OWNER'],
		['sql/warehouses', 'IS_OWNER'],
		['serving-endpoints', 'CAN_MANAGE'],
	])('of %s begin with who made it', async (kind, permission_level) => {
		const [call, clientId] = await asServicePrincipal();
		const id = await madeBy(call, kind);
		const { body } = await call('GET', `${permissions}/${kind}/${id}`);
		expect(at(body, 'access_control_list', 0)).toEqual({
			all_permissions: [{ inherited: false, permission_level }],
			display_name: clientId,
			service_principal_name: clientId,
		});
	});

	test.each([
		['jobs/1', 'Job 1 does not exist.'],
		['pipelines/none', 'The specified pipeline none was not found.'],
		['sql/warehouses/none', 'The specified warehouse none does not exist.'],
		['serving-endpoints/none', "Endpoint with id 'none' does not exist."],
	])('of %s, which is not there', async (path, message) => {
		const { call } = await opened;
		const missing = { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message } };
		const body = { access_control_list: list };
		expect(await call('GET', `${permissions}/${path}`)).toMatchObject(missing);
		expect(await call('PUT', `${permissions}/${path}`, body)).toMatchObject(missing);
		expect(await call('PATCH', `${permissions}/${path}`, body)).toMatchObject(missing);
	});

	test('go with the object', async () => {
		const { call } = await opened;
		const id = await madeBy(call, 'jobs');
		await call('PUT', `${permissions}/jobs/${id}`, { access_control_list: list });
		await call('POST', '/api/2.2/jobs/delete', { job_id: BigInt(id) });
		expect((await call('GET', `${permissions}/jobs/${id}`)).status).toBe(404);
	});

	test.each(['apps/x', 'directories/1', 'dashboards/x'])('of %s are not here', async (path) => {
		const { call } = await opened;
		expect((await call('GET', `${permissions}/${path}`)).status).toBe(501);
	});
});

test('grants: set in one request, changed, read back', async () => {
	const { call, server } = await workspaceUnderTest();
	await call('POST', `${unity}/catalogs`, { name: 'gold' });
	const path = `${unity}/permissions/catalog/gold`;
	const change = async (more: object) =>
		at(
			(await call('PATCH', path, { changes: [{ principal: 'n8n', ...more }] })).body,
			'privilege_assignments',
		);
	const granted = (...privileges: string[]) => [{ principal: 'n8n', privileges }];
	expect(await change({ add: ['USE_SCHEMA', 'SELECT'], remove: ['ALL_PRIVILEGES'] })).toEqual(
		granted('SELECT', 'USE_SCHEMA'),
	);
	expect(await change({ add: ['EXECUTE'] })).toEqual(granted('EXECUTE', 'SELECT', 'USE_SCHEMA'));
	expect(await change({ add: ['SELECT'], remove: ['ALL_PRIVILEGES'] })).toEqual(granted('SELECT'));
	expect((await call('GET', path)).body).toEqual({ privilege_assignments: granted('SELECT') });
	expect(await change({ remove: ['SELECT'] })).toEqual([]);
	expect(
		(await call('PATCH', path, { changes: [{ principal: 'n8n', add: ['READ'] }] })).status,
	).toBe(400);
	expect((await call('GET', `${unity}/permissions/catalog/none`)).status).toBe(404);
	await server.close();
});

test('grants of a registered model: under both names, and only when it is there', async () => {
	const { call, server } = await workspaceUnderTest();
	await call('POST', `${unity}/catalogs`, { name: 'gold' });
	await call('POST', `${unity}/schemas`, { catalog_name: 'gold', name: 'bir' });
	const path = (kind: string) => `${unity}/permissions/${kind}/gold.bir.forecaster`;
	for (const kind of ['function', 'registered_model']) {
		expect(await call('GET', path(kind))).toMatchObject({
			status: 404,
			body: { error_code: 'FUNCTION_DOES_NOT_EXIST' },
		});
	}
	const model = { catalog_name: 'gold', schema_name: 'bir', name: 'forecaster' };
	await call('POST', `${unity}/models`, model);
	const changes = [{ principal: 'n8n', add: ['EXECUTE'] }];
	const granted = { privilege_assignments: [{ principal: 'n8n', privileges: ['EXECUTE'] }] };
	expect((await call('PATCH', path('registered_model'), { changes })).body).toEqual(granted);
	expect((await call('GET', path('function'))).body).toEqual(granted);
	await call('DELETE', `${unity}/models/gold.bir.forecaster`);
	await call('POST', `${unity}/models`, model);
	expect((await call('GET', path('function'))).body).toEqual({ privilege_assignments: [] });
	await server.close();
});

test('grants of a function in SQL, by SQL and by REST, go with it', async () => {
	const { call, server, workspace } = await workspaceUnderTest();
	const run = async (statement: string) =>
		(await workspace.lakehouse.run(statement, { user: 'ana@example.com' })).rows;
	const create = 'CREATE FUNCTION gold.default.twice(n INT) RETURN n * 2';
	const grants = async () =>
		at(
			(await call('GET', `${unity}/permissions/function/gold.default.twice`)).body,
			'privilege_assignments',
		);
	await run('CREATE CATALOG gold');
	await expect(run('GRANT EXECUTE ON FUNCTION gold.default.twice TO `n8n`')).rejects.toThrow(
		'[ROUTINE_NOT_FOUND] The routine `gold`.`default`.`twice` cannot be found.',
	);
	await run(create);
	await run('GRANT EXECUTE ON FUNCTION gold.default.twice TO `n8n`');
	expect(await run('SHOW GRANTS ON FUNCTION gold.default.twice')).toEqual([
		['n8n', 'EXECUTE', 'FUNCTION', 'gold.default.twice'],
	]);
	expect(await grants()).toEqual([{ principal: 'n8n', privileges: ['EXECUTE'] }]);
	await run('DROP FUNCTION gold.default.twice');
	await run(create);
	expect(await grants()).toEqual([]);
	await server.close();
});

test('grants by SQL and by REST are the same ones, and go with their table', async () => {
	const { call, server, workspace } = await workspaceUnderTest();
	await call('POST', `${unity}/catalogs`, { name: 'gold' });
	const run = async (statement: string) =>
		(await workspace.lakehouse.run(statement, { user: 'ana@example.com' })).rows;
	const granted = async (path: string) =>
		at((await call('GET', `${unity}/permissions/${path}`)).body, 'privilege_assignments');
	await run('GRANT USE CATALOG, USE SCHEMA ON CATALOG gold TO `n8n`');
	expect(await granted('catalog/gold')).toEqual([
		{ principal: 'n8n', privileges: ['USE_CATALOG', 'USE_SCHEMA'] },
	]);
	expect(await run('SHOW GRANTS ON CATALOG gold')).toEqual([
		['n8n', 'USE CATALOG', 'CATALOG', 'gold'],
		['n8n', 'USE SCHEMA', 'CATALOG', 'gold'],
	]);
	await run('REVOKE ALL PRIVILEGES ON CATALOG gold FROM `n8n`');
	expect(await granted('catalog/gold')).toEqual([]);

	const create = 'CREATE TABLE gold.default.totals (n INT)';
	await run(create);
	await run('GRANT SELECT ON TABLE gold.default.totals TO `n8n`');
	await run('ALTER TABLE gold.default.totals RENAME TO gold.default.sums');
	expect(await granted('table/gold.default.sums')).toEqual([
		{ principal: 'n8n', privileges: ['SELECT'] },
	]);
	await run(create);
	expect(await granted('table/gold.default.totals')).toEqual([]);
	await run('DROP TABLE gold.default.sums');
	await run(create.replace('totals', 'sums'));
	expect(await granted('table/gold.default.sums')).toEqual([]);
	await server.close();
});
