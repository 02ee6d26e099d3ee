import { SsrfProtectionConfig } from '@n8n/config';
import { Container } from '@n8n/di';
import { NodeHelpers } from 'n8n-workflow';
import { hostProperties } from '../../credentials/hostProperties';
import type { StoredCredential } from '../../tooling/engine/credentialStore';
import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
});
afterAll(() => bench.close());
beforeEach(() => bench.workspace.faults.clear());

const tokenType = 'databricksLakehouseTokenApi';
const oAuth2Type = 'databricksLakehouseOAuth2Api';
const me = '/api/2.0/preview/scim/v2/Me';

/** n8n's own HTTP Request node with one of our credential types. */
const request = (type: string, url: string) => ({
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: type,
		options: {},
	},
	credentials: { [type]: { name: 'Databricks' } },
});

const whoIs = async (type: string) => (await bench.items(request(type, `${bench.url}${me}`)))[0];

test.each([tokenType, oAuth2Type])('n8n can use %s in its HTTP Request node', async (type) => {
	const principal = type === tokenType ? bench.workspace.user.userName : bench.workspace.clientId;
	expect(await whoIs(type)).toMatchObject({ userName: principal });
});

test('an expired token of a service principal is renewed, whichever way it is refused', async () => {
	const credentials = bench.credentials;
	const node = request(oAuth2Type, `${bench.url}${me}`);
	const names = [];
	for (const status of [undefined, 401, 403]) {
		if (status !== undefined) bench.workspace.faults.add({ method: 'GET', path: me, status });
		const execution = await bench.run(node, { credentials });
		expect(execution.error).toBeUndefined();
		names.push(execution.items('Node')[0]?.json.userName);
	}
	expect(names).toEqual(Array(3).fill(bench.workspace.clientId));
});

const pasted = [
	['with a slash at the end', (origin: string) => `${origin}/`],
	[
		'with a path and the workspace in the query',
		(origin: string) => `${origin}/browse/folders?o=7`,
	],
	['with spaces around it', (origin: string) => ` ${origin} `],
] as const;

test.each(pasted)(
	'a host that was pasted %s works in the node and in the test',
	async (_case, write) => {
		const host = write(bench.url);
		const { token, clientId, clientSecret, warehouseId } = bench.workspace;
		const credentials: StoredCredential[] = [
			{ type: tokenType, data: { host, token } },
			{ type: oAuth2Type, data: { host, clientId, clientSecret } },
		];
		for (const authentication of ['accessToken', 'oAuth2']) {
			const execution = await bench.run(
				{
					type: 'databricksSqlStatement',
					parameters: {
						authentication,
						warehouse: { __rl: true, mode: 'id', value: warehouseId },
						statement: 'SELECT 1 AS one',
					},
				},
				{ credentials },
			);
			expect(execution.items('Node').map(({ json }) => json)).toEqual([{ one: 1 }]);
		}
		for (const { type, data } of credentials) {
			expect(await bench.engine.testCredential(type, data)).toEqual({ status: 'OK' });
		}
	},
);

test.each([
	[tokenType, { token: 'wrong' }, /does not let this token in/],
	[
		oAuth2Type,
		{ clientSecret: 'wrong' },
		/^The workspace does not accept this service principal. Check 'Client ID' and/,
	],
])('the test of %s says what is wrong', async (type, wrong, message) => {
	const { token, clientId, clientSecret } = bench.workspace;
	const data = { host: bench.url, token, clientId, clientSecret, ...wrong };
	const result = await bench.engine.testCredential(type, data);
	expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
});

test.each([
	[
		'a login page',
		{ status: 200, body: '<html>Sign in</html>' },
		/^This address answers, but it is no Databricks workspace/,
	],
	['another service', { status: 404, body: {} }, /^This address answers, but it is no/],
	['a token that may not', { status: 403, body: {} }, /does not let this token in/],
])('the test of a token is not fooled by %s', async (_what, fault, message) => {
	bench.workspace.faults.add({ method: 'GET', path: me, ...fault });
	const { token } = bench.workspace;
	const result = await bench.engine.testCredential(tokenType, { host: bench.url, token });
	expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
});

test('the egress rules of n8n hold for the nodes, too', async () => {
	const rules = Container.get(SsrfProtectionConfig);
	rules.enabled = true;
	try {
		const { error } = await bench.run({
			type: 'databricksSqlStatement',
			parameters: {
				authentication: 'accessToken',
				warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
				statement: 'SELECT 1',
			},
		});
		expect(error?.message).toMatch(/^The egress rules of this n8n instance do not allow/);
	} finally {
		rules.enabled = false;
	}
});

describe('a host that would carry the token in clear text', () => {
	const notice = hostProperties.find(({ type }) => type === 'notice');
	const shownFor = (host: string) =>
		notice !== undefined && NodeHelpers.displayParameter({ host }, notice, null, null);

	test.each([
		'http://adb-1234567890123456.7.azuredatabricks.net',
		' HTTP://dbc-1.cloud.databricks.com/?o=7',
		'http://172.32.0.1',
		'http://11.0.0.1:8484',
	])('is warned of: %s', (host) => {
		expect(shownFor(host)).toBe(true);
	});

	test.each([
		'',
		'https://adb-1234567890123456.7.azuredatabricks.net',
		'adb-1234567890123456.7.azuredatabricks.net',
		'http://localhost:8484',
		'http://127.0.0.1:8484/',
		'http://[::1]:8484',
		'http://10.0.0.7',
		'http://192.168.1.2:8484',
		'http://172.31.0.1',
		'http://workspace:8484',
		'http://host.docker.internal:8484',
	])('is not: %s', (host) => {
		expect(shownFor(host)).toBe(false);
	});
});
