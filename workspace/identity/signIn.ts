import type { Hono } from 'hono';
import { json, type Env } from '../env';
import type { LocalWorkspace } from '../localWorkspace';

/**
 * What is asked before there is a token: host metadata, OAuth discovery and the token endpoint.
 * Answers as databricks-sdk-py and the Databricks CLI read them.
 */
export function registerSignInRoutes(
	app: Hono<Env>,
	workspaces: ReadonlySet<LocalWorkspace>,
): void {
	app.get('/.well-known/databricks-config', (context) => {
		const { origin } = new URL(context.req.url);
		const [only, ...others] = workspaces;
		const workspaceId = others.length === 0 ? only?.workspaceId : undefined;
		return json({ oidc_endpoint: `${origin}/oidc`, workspace_id: workspaceId });
	});

	app.get('/oidc/.well-known/oauth-authorization-server', (context) => {
		const { origin } = new URL(context.req.url);
		return json({
			issuer: `${origin}/oidc`,
			authorization_endpoint: `${origin}/oidc/v1/authorize`,
			token_endpoint: `${origin}/oidc/v1/token`,
			scopes_supported: ['all-apis', 'email', 'offline_access', 'openid', 'profile', 'sql'],
			response_types_supported: ['code'],
			grant_types_supported: ['client_credentials'],
			code_challenge_methods_supported: ['S256'],
			token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
		});
	});

	app.post('/oidc/v1/token', async (context) => {
		const form = new URLSearchParams(await context.req.text());
		const { clientId, clientSecret } = clientOf(context.req.header('authorization'), form);
		if (form.get('grant_type') !== 'client_credentials') {
			return oauthError(400, 'unsupported_grant_type', 'Only client_credentials is served here.');
		}
		for (const workspace of workspaces) {
			if (workspace.clientId !== clientId || workspace.clientSecret !== clientSecret) continue;
			const { accessToken, expiresInSeconds } = workspace.issueAccessToken();
			return json({
				access_token: accessToken,
				scope: form.get('scope') ?? 'all-apis',
				token_type: 'Bearer',
				expires_in: expiresInSeconds,
			});
		}
		return oauthError(401, 'invalid_client', 'Client authentication failed');
	});

	app.post('/telemetry-ext', () => json({ errors: [], numProtoSuccess: 1 }));
}

function clientOf(authorization: string | undefined, form: URLSearchParams) {
	const basic = /^Basic +(.+)$/i.exec(authorization ?? '')?.[1];
	if (basic === undefined) {
		return { clientId: form.get('client_id'), clientSecret: form.get('client_secret') };
	}
	const text = Buffer.from(basic, 'base64').toString();
	const colon = text.indexOf(':');
	const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)];
	return { clientId: formDecoded(clientId), clientSecret: formDecoded(clientSecret) };
}

/** RFC 6749 §2.3.1 wants both parts form-encoded; most clients send them plain. */
function formDecoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function oauthError(status: number, error: string, description: string): Response {
	return json({ error, error_description: description }, status);
}
