import { clientCredentials } from '../../nodes/databricks/auth/clientCredentials';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { TokenCache } from '../../nodes/databricks/auth/tokenCache';
import type { Handler } from './inProcessDispatcher';
import { errorOf, json, workspaceUnderTest } from './workspaceUnderTest';

const get = { method: 'GET', path: '/api/2.0/thing' } as const;
const post = { method: 'POST', path: '/api/2.0/thing', json: {} } as const;
const host = 'https://adb-1.2.azuredatabricks.net';
const principal = { host, clientId: 'the-client', clientSecret: 'the-secret' };

/** A token endpoint that gives t1, t2, … and a service that takes what `accepts` accepts. */
function tokenServer(accepts: (token: string) => Response, expiresIn: unknown = 3600): Handler {
	let given = 0;
	return (request) => {
		if (!request.url.endsWith('/oidc/v1/token')) {
			return accepts(request.headers.get('authorization')?.slice('Bearer '.length) ?? '');
		}
		given++;
		return json({ access_token: `t${given}`, token_type: 'Bearer', expires_in: expiresIn });
	};
}

function servicePrincipal(handler: Handler, cache = new TokenCache(), credentials = principal) {
	return workspaceUnderTest(handler, { tokens: clientCredentials(credentials, cache) });
}

describe('a static token', () => {
	it.each([
		[' ', 'The credential has no access token.'],
		['a b', 'The access token has characters that a token cannot have.'],
		['a\nX-Evil: 1', 'The access token has characters that a token cannot have.'],
	])('%j is refused before anything is sent', async (token, message) => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}), {
			tokens: staticToken(token),
		});
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, error.message, dispatcher.seen]).toEqual(['unauthenticated', message, []]);
	});

	it('is sent once when it is refused', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(() =>
			json({ error_code: 403, message: 'Invalid access token.' }, 403),
		);
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, dispatcher.seen.length]).toEqual(['unauthenticated', 1]);
	});
});

describe('a service principal', () => {
	it('exchanges id and secret once for many requests', async () => {
		const { workspace, dispatcher } = servicePrincipal(tokenServer(() => json({})));
		await Promise.all([workspace.request(get), workspace.request(get), workspace.request(get)]);
		await workspace.request(get);
		const exchanges = dispatcher.seen.filter(({ path }) => path === '/oidc/v1/token');
		expect(exchanges).toEqual([
			{
				method: 'POST',
				path: '/oidc/v1/token',
				headers: {
					accept: 'application/json',
					authorization: `Basic ${Buffer.from('the-client:the-secret').toString('base64')}`,
					'content-type': 'application/x-www-form-urlencoded',
					'user-agent': expect.stringMatching(/ auth\/oauth-m2m$/),
				},
				body: 'grant_type=client_credentials&scope=all-apis',
			},
		]);
		expect(tokensUsed(dispatcher.seen)).toEqual(['t1', 't1', 't1', 't1']);
	});

	it.each([
		// life, when asked again, tokens
		[3600, 3_299_000, ['t1', 't1']],
		[3600, 3_301_000, ['t1', 't2']],
		['3600', 3_299_000, ['t1', 't1']],
		[120, 59_000, ['t1', 't1']],
		[120, 61_000, ['t1', 't2']],
		[60, 19_000, ['t1', 't1']],
		[60, 21_000, ['t1', 't2']],
		[30, 1_000, ['t1', 't2']],
	])(
		'renews a token of %s s that is asked for again after %i ms in time',
		async (life, afterMs, tokens) => {
			const { workspace, dispatcher, clock } = servicePrincipal(tokenServer(() => json({}), life));
			await workspace.request(get);
			clock.advance(afterMs);
			await workspace.request(get);
			expect(tokensUsed(dispatcher.seen)).toEqual(tokens);
		},
	);

	it.each([
		[401, { error_code: 401, message: 'Credential was not sent' }, ['t1', 't2']],
		[403, { error_code: 403, message: 'Invalid access token.' }, ['t1', 't2']],
		[403, { error_code: 'PERMISSION_DENIED', message: 'User has no access' }, ['t1']],
	])('after %i %j is asked for with these tokens', async (status, body, tokens) => {
		const { workspace, dispatcher } = servicePrincipal(
			tokenServer((token) => (token === 't2' ? json({}) : json(body, status))),
		);
		await workspace.request(post).catch(() => undefined);
		expect(tokensUsed(dispatcher.seen)).toEqual(tokens);
	});

	it('is asked once more only, when the new token is refused, too', async () => {
		const { workspace, dispatcher } = servicePrincipal(
			tokenServer(() => json({ error_code: 401, message: 'no' }, 401)),
		);
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, tokensUsed(dispatcher.seen)]).toEqual(['unauthenticated', ['t1', 't2']]);
	});

	it('renews once for many requests that were refused at the same time', async () => {
		const { workspace, dispatcher } = servicePrincipal(
			tokenServer((token) =>
				token === 't1' ? json({ error_code: 401, message: 'no' }, 401) : json({}),
			),
		);
		await Promise.all([1, 2, 3, 4].map(async () => await workspace.request(get)));
		expect(dispatcher.seen.filter(({ path }) => path === '/oidc/v1/token')).toHaveLength(2);
	});

	it('shares no token with another secret, id or host', async () => {
		const cache = new TokenCache();
		const used = await Promise.all(
			[principal, { ...principal, clientSecret: 'other' }, { ...principal, clientId: 'other' }].map(
				async (credentials, index) => {
					const { workspace, dispatcher } = servicePrincipal(
						(request) =>
							request.url.endsWith('/token') ? json({ access_token: `for-${index}` }) : json({}),
						cache,
						credentials,
					);
					await workspace.request(get);
					return tokensUsed(dispatcher.seen);
				},
			),
		);
		expect(used).toEqual([['for-0'], ['for-1'], ['for-2']]);
	});

	it('sends a POST although the token endpoint failed first: the POST itself had not been sent', async () => {
		let asked = 0;
		const { workspace, dispatcher } = servicePrincipal((request) => {
			if (!request.url.endsWith('/token')) return json({});
			return asked++ === 0 ? new Response('', { status: 502 }) : json({ access_token: 't1' });
		});
		await workspace.request(post);
		expect(dispatcher.seen.map(({ path }) => path)).toEqual([
			'/oidc/v1/token',
			'/oidc/v1/token',
			'/api/2.0/thing',
		]);
	});

	it('is told what is wrong when the secret is, without showing it', async () => {
		const { workspace } = servicePrincipal(() =>
			json(
				{
					error: 'invalid_client',
					error_description: 'Client authentication failed for the-secret',
				},
				401,
			),
		);
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, error.errorCode, error.message]).toEqual([
			'unauthenticated',
			'invalid_client',
			'Databricks gave no token to the service principal: Client authentication failed for ***',
		]);
	});

	it('is asked again when the token endpoint is busy after a refusal', async () => {
		let asked = 0;
		const { workspace, dispatcher } = servicePrincipal((request) => {
			if (!request.url.endsWith('/oidc/v1/token')) {
				const isSecond = request.headers.get('authorization') === 'Bearer t3';
				return isSecond ? json({}) : json({ message: 'expired' }, 401);
			}
			asked++;
			if (asked === 2) return json({ error: 'temporarily_unavailable' }, 503);
			return json({ access_token: `t${asked}`, expires_in: 3600 });
		});
		expect((await workspace.request(post)).status).toBe(200);
		expect(tokensUsed(dispatcher.seen)).toEqual(['t1', 't3']);
	});

	it('does not keep Stop waiting for its token, nor the deadline', async () => {
		const controller = new AbortController();
		const silent = (): 'silence' => {
			setImmediate(() => controller.abort());
			return 'silence';
		};
		const tokens = () => clientCredentials(principal, new TokenCache());
		const stopped = workspaceUnderTest(silent, { tokens: tokens(), signal: controller.signal });
		const startedMs = stopped.clock.now();
		const stop = await errorOf(() => stopped.workspace.request(get));
		expect([stop.kind, stopped.clock.now() - startedMs]).toEqual(['aborted', 0]);

		const late = workspaceUnderTest(() => 'silence', { tokens: tokens() });
		const deadlineMs = late.clock.now() + 4_000;
		const timeout = await errorOf(() => late.workspace.request({ ...get, deadlineMs }));
		expect([timeout.kind, late.clock.now()]).toEqual(['timeout', deadlineMs]);
	});

	it.each([
		['not JSON', () => new Response('<html></html>')],
		['no token', () => json({ token_type: 'Bearer' })],
	])('is told when the endpoint answers with %s', async (_what, answer) => {
		const { workspace } = servicePrincipal(answer);
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, error.message]).toEqual([
			'unexpectedAnswer',
			'The token endpoint answered without a token.',
		]);
	});
});

function tokensUsed(seen: readonly { path: string; headers: Record<string, string> }[]): string[] {
	return seen
		.filter(({ path }) => path !== '/oidc/v1/token')
		.map(({ headers }) => (headers.authorization ?? '').slice('Bearer '.length));
}
