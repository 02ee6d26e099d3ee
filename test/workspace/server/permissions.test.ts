import { at, workspaceUnderTest } from './workspaceUnderTest';

const permissions = '/api/2.0/permissions';
const unity = '/api/2.1/unity-catalog';

describe('permissions of objects', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());
	const list = [
		{ permission_level: 'CAN_MANAGE_RUN', service_principal_name: '11111111-2222' },
		{ permission_level: 'IS_OWNER', user_name: 'ana@example.com' },
	];

	test('are given back as they were set', async () => {
		const { call } = await opened;
		const put = await call('PUT', `${permissions}/jobs/8795252256436773772`, {
			access_control_list: list,
		});
		expect(put.body).toEqual({
			object_id: '/jobs/8795252256436773772',
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
		expect((await call('GET', `${permissions}/jobs/8795252256436773772`)).body).toEqual(put.body);
	});

	test.each([
		['sql/warehouses', 'CAN_USE', 'IS_OWNER'],
		['serving-endpoints', 'CAN_QUERY', 'CAN_MANAGE'],
	])('a patch of %s keeps the others', async (kind, level, ownerLevel) => {
		const { call } = await opened;
		const patched = await call('PATCH', `${permissions}/${kind}/abc`, {
			access_control_list: [{ group_name: 'finance', permission_level: level }],
		});
		expect(at(patched.body, 'object_id')).toBe(`/${kind}/abc`);
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
		const answer = await call('PUT', `${permissions}/jobs/1`, { access_control_list });
		expect(answer).toMatchObject({
			status: 400,
			body: {
				error_code: 'INVALID_PARAMETER_VALUE',
				message: 'The job must have exactly one owner.',
			},
		});
	});

	test('objects of an unknown kind are not there', async () => {
		const { call } = await opened;
		expect((await call('GET', `${permissions}/apps/x`)).status).toBe(501);
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
