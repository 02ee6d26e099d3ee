import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestHelper,
	INodeProperties,
} from 'n8n-workflow';
import { normaliseHost } from '../nodes/databricks/host';
import { hostProperties } from './hostProperties';
import { identityTest, noWorkspace } from './identityTest';

/**
 * A service principal. The nodes get its tokens themselves; what stands here serves n8n's HTTP Request
 * node and the test in the dialog. It does not extend n8n's oAuth2Api, whose test breaks for client
 * credentials once the dialog was switched to it from another kind (n8n 2.41 sends no token data as
 * null and asks for its keys), and which shows a refusal without what to do about it.
 */
export class DatabricksLakehouseOAuth2Api implements ICredentialType {
	name = 'databricksLakehouseOAuth2Api';

	displayName = 'Databricks Lakehouse OAuth2 API';

	icon = {
		light: 'file:../nodes/icons/lakehouse.svg',
		dark: 'file:../nodes/icons/lakehouse.dark.svg',
	} as const;

	documentationUrl = 'https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m';

	properties: INodeProperties[] = [
		...hostProperties,
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 7f1c2a9e-0b34-4c1d-9a52-1f0d7c3b5e68',
			description: 'Application ID of the service principal',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'An OAuth secret of the service principal, made on its Secrets tab',
		},
		// n8n fills it in by `preAuthentication` and again when a request is refused.
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	/**
	 * Exchanges client ID and secret for a token of about an hour. Fails with the answer of the
	 * workspace when it refuses, which the test has words for.
	 */
	async preAuthentication(
		this: IHttpRequestHelper,
		{ host, clientId, clientSecret }: ICredentialDataDecryptedObject,
	): Promise<{ sessionToken: string }> {
		const answer: unknown = await this.helpers.httpRequest({
			method: 'POST',
			url: `${normaliseHost(String(host)).origin}/oidc/v1/token`,
			headers: { Accept: 'application/json' },
			auth: { username: String(clientId).trim(), password: String(clientSecret).trim() },
			body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
		});
		const isToken = typeof answer === 'object' && answer !== null && 'access_token' in answer;
		if (isToken && typeof answer.access_token === 'string') {
			return { sessionToken: answer.access_token };
		}
		throw new Error(noWorkspace);
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.sessionToken }}' } },
	};

	test = identityTest({
		unauthorized:
			"The workspace does not accept this service principal. Check 'Client ID' and 'Client Secret', and that the principal was added to the workspace.",
		forbidden:
			'The workspace knows the service principal but does not let it in: it was not added to this workspace, or an IP access list keeps this machine out.',
	});
}
