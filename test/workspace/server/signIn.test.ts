import { ManualClock } from '../../../workspace/clock';
import { createServer } from '../../../workspace/server';
import { at, callerOf, workspaceUnderTest } from './workspaceUnderTest';

const me = '/api/2.0/preview/scim/v2/Me';
const basic = (id: string, secret: string) => ({
	authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
	'content-type': 'application/x-www-form-urlencoded',
});
const clientCredentials = new URLSearchParams({
	grant_type: 'client_credentials',
	scope: 'all-apis',
}).toString();

describe('who may enter', () => {
	const clock = new ManualClock();
	const opened = workspaceUnderTest({ clock });
	afterAll(async () => (await opened).server.close());

	test('the token of the workspace is that of its user', async () => {
		const { call, workspace } = await opened;
		const { status, body, headers } = await call('GET', me);
		expect([status, at(body, 'userName'), at(body, 'active')]).toEqual([
			200,
			'ana@example.com',
			true,
		]);
		expect(headers.get('x-databricks-org-id')).toBe(workspace.workspaceId);
		expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
	});

	test.each([
		[
			'no token',
			{ authorization: '' },
			401,
			{
				error_code: 401,
				message: 'Credential was not sent or was of an unsupported type for this API.',
			},
		],
		[
			'an unknown token',
			{ authorization: 'Bearer dapi00000000000000000000000000000000' },
			403,
			{ error_code: 403, message: 'Invalid access token.' },
		],
		[
			'a password',
			{ authorization: 'Basic YTpi' },
			401,
			{
				error_code: 401,
				message: 'Credential was not sent or was of an unsupported type for this API.',
			},
		],
	])('%s is refused', async (_name, headers, status, body) => {
		const { call } = await opened;
		expect(await call('GET', me, undefined, headers)).toMatchObject({ status, body });
	});

	test('the service principal gets a token that ends after an hour of the clock', async () => {
		const { call, workspace } = await opened;
		const headers = basic(workspace.clientId, workspace.clientSecret);
		const { status, body } = await call('POST', '/oidc/v1/token', clientCredentials, headers);
		expect({ status, ...Object(body) }).toEqual({
			status: 200,
			access_token: expect.any(String),
			token_type: 'Bearer',
			expires_in: 3600,
			scope: 'all-apis',
		});
		const bearer = { authorization: `Bearer ${String(at(body, 'access_token'))}` };
		const first = await call('GET', me, undefined, bearer);
		expect(at(first.body, 'userName')).toBe(workspace.clientId);
		await clock.advance(3_600_000);
		expect(await call('GET', me, undefined, bearer)).toMatchObject({ status: 403 });
	});

	test.each([
		[
			'a wrong secret',
			clientCredentials,
			'wrong',
			401,
			{ error: 'invalid_client', error_description: 'Client authentication failed' },
		],
		[
			'another grant',
			'grant_type=password',
			undefined,
			400,
			{
				error: 'unsupported_grant_type',
				error_description: 'Only client_credentials is served here.',
			},
		],
	])('%s gets no token', async (_name, form, secret, status, body) => {
		const { call, workspace } = await opened;
		const headers = basic(workspace.clientId, secret ?? workspace.clientSecret);
		expect(await call('POST', '/oidc/v1/token', form, headers)).toMatchObject({ status, body });
	});

	test('the secret may come in the form, too', async () => {
		const { call, workspace } = await opened;
		const form = `${clientCredentials}&client_id=${workspace.clientId}&client_secret=${workspace.clientSecret}`;
		const answer = await call('POST', '/oidc/v1/token', form, { authorization: '' });
		expect(answer.status).toBe(200);
	});
});

test('each token opens its own workspace', async () => {
	const server = createServer();
	const [first, second] = [await server.addWorkspace(), await server.addWorkspace()];
	const path = '/api/2.0/workspace/mkdirs';
	await callerOf(server.fetch, first)('POST', path, { path: '/Workspace/Shared/mine' });
	const list = '/api/2.0/workspace/get-status?path=/Workspace/Shared/mine';
	expect((await callerOf(server.fetch, first)('GET', list)).status).toBe(200);
	expect((await callerOf(server.fetch, second)('GET', list)).status).toBe(404);
	const config = await callerOf(server.fetch, first)('GET', '/.well-known/databricks-config');
	expect(config.body).toEqual({ oidc_endpoint: 'http://workspace.test/oidc' });
	await server.close();
});

describe('routes', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());

	test.each([
		['GET', '/api/2.0/clusters/list'],
		['POST', '/api/2.2/jobs/runs/export'],
		['PATCH', '/api/2.0/sql/warehouses'],
	])('%s %s is not there, and says so', async (method, path) => {
		const { call } = await opened;
		expect(await call(method, path)).toMatchObject({
			status: 501,
			body: {
				error_code: 'NOT_IMPLEMENTED',
				message: `The local workspace does not have ${method} ${path}.`,
			},
		});
	});

	test('a trailing slash is the same route', async () => {
		const { call } = await opened;
		expect((await call('GET', '/api/2.0/sql/warehouses/')).status).toBe(200);
	});

	test('a body that is no JSON is refused', async () => {
		const { call } = await opened;
		expect(await call('POST', '/api/2.2/jobs/create', '{"name":')).toMatchObject({
			status: 400,
			body: {
				error_code: 'MALFORMED_REQUEST',
				message: 'Could not parse request object: invalid JSON.',
			},
		});
	});

	test('the discovery documents name the endpoints of this host', async () => {
		const { call, workspace } = await opened;
		const config = await call('GET', '/.well-known/databricks-config');
		expect(config.body).toEqual({
			oidc_endpoint: 'http://workspace.test/oidc',
			workspace_id: workspace.workspaceId,
		});
		const oauth = await call('GET', '/oidc/.well-known/oauth-authorization-server');
		expect(at(oauth.body, 'token_endpoint')).toBe('http://workspace.test/oidc/v1/token');
	});
});
