import { z } from 'zod/v4';
import { errorFromAnswer } from '../errorBody';
import { DatabricksError } from '../errors';
import { parseJson } from '../ids';
import { type FreshToken, fingerprintOf, processTokenCache, type TokenCache } from './tokenCache';
import type { TokenForm, TokenRequest, TokenSource } from './tokenSource';

export interface ClientCredentials {
	/** Origin of the workspace. */
	host: string;
	clientId: string;
	clientSecret: string;
	/** Default `all-apis`. */
	scope?: string;
	/** Default the token endpoint of the workspace, `{host}/oidc/v1/token`. */
	tokenUrl?: string;
	/** What the tokens are good for, in the words of OAuth's `authorization_details`; default everything. */
	authorizationDetails?: string;
}

const tokenSchema = z.looseObject({
	access_token: z.string().min(1),
	// The CLI's own stand-in sends it as text.
	expires_in: z.coerce.number().positive().default(3600),
});

/** A service principal: client id and secret are exchanged for tokens of about an hour. */
export function clientCredentials(
	credentials: ClientCredentials,
	cache: TokenCache = processTokenCache,
): TokenSource {
	const { host, clientId, clientSecret, scope = 'all-apis' } = credentials;
	const { authorizationDetails: details } = credentials;
	const tokenUrl = credentials.tokenUrl ?? `${host}/oidc/v1/token`;
	const kind = 'oauth-m2m';
	const parts = [kind, tokenUrl, host, clientId, clientSecret, scope];
	const fingerprint = fingerprintOf(details === undefined ? parts : [...parts, details]);
	const fields = { grant_type: 'client_credentials', scope };
	return {
		kind,
		token: async (request) =>
			await cache.token({
				fingerprint,
				clock: request.clock,
				rejected: request.rejected,
				refresh: async () =>
					await exchange(request, clientId, clientSecret, {
						url: tokenUrl,
						fields: details === undefined ? fields : { ...fields, authorization_details: details },
					}),
			}),
		narrowed: (authorizationDetails) =>
			clientCredentials({ ...credentials, authorizationDetails }, cache),
	};
}

async function exchange(
	request: TokenRequest,
	clientId: string,
	clientSecret: string,
	form: TokenForm,
): Promise<FreshToken> {
	if (clientId.trim() === '' || clientSecret.trim() === '') {
		throw new DatabricksError({
			kind: 'unauthenticated',
			message: 'The credential has no client ID or no client secret.',
		});
	}
	const basic = Buffer.from(`${clientId.trim()}:${clientSecret.trim()}`).toString('base64');
	const answer = await request.postForm({
		...form,
		headers: { authorization: `Basic ${basic}` },
	});
	if (answer.status < 200 || answer.status > 299) {
		const error = errorFromAnswer({
			...answer,
			nowMs: request.clock.now(),
			secrets: [clientSecret.trim(), basic],
		});
		if (!['badRequest', 'unauthenticated', 'permissionDenied'].includes(error.kind)) throw error;
		throw error.with({
			kind: 'unauthenticated',
			message: `Databricks gave no token to the service principal: ${error.message}`,
			hint: 'Check client ID and client secret, and that the service principal is a member of the workspace.',
		});
	}
	const token = readToken(answer.text);
	return { value: token.access_token, lifeMs: token.expires_in * 1_000 };
}

function readToken(text: string): z.output<typeof tokenSchema> {
	try {
		return tokenSchema.parse(parseJson(text));
	} catch {
		throw new DatabricksError({
			kind: 'unexpectedAnswer',
			message: 'The token endpoint answered without a token.',
			hint: 'Check that the host is a Databricks workspace.',
		});
	}
}
