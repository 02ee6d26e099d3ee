import { clientCredentials } from '../../../nodes/databricks/auth/clientCredentials';
import { TokenCache } from '../../../nodes/databricks/auth/tokenCache';
import { getEndpoint, invokeText } from '../../../nodes/databricks/serving/serving';
import { addressOf } from '../../../nodes/databricks/serving/servingAddress';
import { errorOf, json, testToken, workspaceUnderTest } from '../workspaceUnderTest';

const path = '/12/serving-endpoints/quick/invocations';
const details = '[{"type":"workspace_permission"}]';

/** An endpoint that says of itself that it is asked at `url`. */
function service(url: string, info: Record<string, unknown> = {}, asked: string[] = []) {
	return (request: Request) => {
		asked.push(request.url);
		const { pathname } = new URL(request.url);
		if (pathname === '/oidc/v1/token') return json({ access_token: 'narrow', expires_in: 3600 });
		if (pathname === path) return json({ predictions: [1] });
		return json({
			name: 'quick',
			id: 'e1',
			route_optimized: true,
			endpoint_url: url,
			data_plane_info: { query_info: { endpoint_url: url, authorization_details: details } },
			...info,
		});
	};
}

const oauth = () =>
	clientCredentials(
		{ host: 'https://adb-1.2.azuredatabricks.net', clientId: 'id', clientSecret: 'secret' },
		new TokenCache(),
	);
const serving = `https://u1.shard.serving.azuredatabricks.net${path}`;

it('asks a route-optimised endpoint at its own address, with a token for it alone', async () => {
	const asked: string[] = [];
	const handler = service(serving, {}, asked);
	const { workspace, dispatcher } = workspaceUnderTest(handler, { tokens: oauth() });
	const address = addressOf(workspace, await getEndpoint(workspace, 'quick'));
	const { answer } = await invokeText(address, '{}', { repeat: 'always' });
	expect(answer).toEqual({ predictions: [1] });
	const forms = dispatcher.seen
		.filter(({ path: to }) => to === '/oidc/v1/token')
		.map(({ body }) => new URLSearchParams(String(body)).get('authorization_details'));
	expect(forms).toEqual([null, details]);
	expect(asked.at(-1)).toBe(serving);
	expect(dispatcher.seen.at(-1)?.headers.authorization).toBe('Bearer narrow');
});

it('says why an access token cannot ask it', async () => {
	const { workspace, dispatcher } = workspaceUnderTest(service(serving));
	const endpoint = await getEndpoint(workspace, 'quick');
	const error = await errorOf(async () => addressOf(workspace, endpoint));
	expect([error.kind, error.message]).toEqual([
		'badRequest',
		'The endpoint "quick" is route optimised: it has an address of its own that takes OAuth tokens only, and this credential is an access token.',
	]);
	expect(dispatcher.seen.length).toBe(1);
});

it.each([
	['another host', 'https://evil.example/12/serving-endpoints/quick/invocations'],
	['a name that only looks like it', `https://serving.azuredatabricks.net.evil.example${path}`],
	['a name that ends like it', `https://evilserving.azuredatabricks.net${path}`],
	['another workspace', `https://adb-3.4.azuredatabricks.net${path}`],
	['another cloud', `https://u1.serving.cloud.databricks.com${path}`],
	['a connection in the clear', `http://u1.serving.azuredatabricks.net${path}`],
	['a user before the host', `https://u1.serving.azuredatabricks.net@evil.example${path}`],
	['another port', `https://u1.serving.azuredatabricks.net:8443${path}`],
	['this machine', `http://localhost${path}`],
	['no address', 'serving'],
])('sends no credential to %s', async (_what, url) => {
	const asked: string[] = [];
	const { workspace } = workspaceUnderTest(service(url, {}, asked), { tokens: oauth() });
	const endpoint = await getEndpoint(workspace, 'quick');
	const error = await errorOf(async () => addressOf(workspace, endpoint));
	expect([error.kind, error.message]).toEqual([
		'blocked',
		expect.stringContaining('does not belong to the Databricks of this workspace'),
	]);
	expect(asked.filter((to) => new URL(to).origin !== workspace.host)).toEqual([]);
	expect(JSON.stringify(error)).not.toContain(testToken);
});

it.each([
	['https://x.cloud.databricks.com', `https://u1.serving.cloud.databricks.com${path}`],
	['https://1.2.gcp.databricks.com', `https://u1.serving.gcp.databricks.com${path}`],
	// A name of one's own says nothing about the cloud.
	['https://data.example.com', serving],
	['http://127.0.0.1:8484', `http://localhost:8484${path}`],
])('takes the address that belongs to %s', async (host, url) => {
	const { workspace } = workspaceUnderTest(service(url), { tokens: oauth(), host });
	const endpoint = await getEndpoint(workspace, 'quick');
	expect(addressOf(workspace, endpoint).workspace.host).toBe(new URL(url).origin);
});

it.each([
	['is not route optimised', { route_optimized: false }],
	['has no address of its own yet', { endpoint_url: undefined, data_plane_info: undefined }],
])('asks at the workspace what %s', async (_what, info) => {
	const { workspace } = workspaceUnderTest(service(serving, info));
	const address = addressOf(workspace, await getEndpoint(workspace, 'quick'));
	expect(address).toEqual({ workspace, path: '/serving-endpoints/quick/invocations' });
});

it('makes the permission itself when the endpoint does not name it', async () => {
	const bare = { data_plane_info: undefined };
	const { workspace, dispatcher } = workspaceUnderTest(service(serving, bare), { tokens: oauth() });
	const address = addressOf(workspace, await getEndpoint(workspace, 'quick'));
	await invokeText(address, '{}', { repeat: 'always' });
	const form = dispatcher.seen.filter(({ path: to }) => to === '/oidc/v1/token').at(-1);
	expect(new URLSearchParams(String(form?.body)).get('authorization_details')).toContain(
		'"object_path":"/serving-endpoints/e1"',
	);
});
