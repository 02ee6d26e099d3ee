import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { originExpression } from './hostExpression';
import { hostProperties } from './hostProperties';
import { identityTest } from './identityTest';

export class DatabricksLakehouseOAuth2Api implements ICredentialType {
	name = 'databricksLakehouseOAuth2Api';

	extends = ['oAuth2Api'];

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
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'clientCredentials' },
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: originExpression('$self', '/oidc/v1/token'),
		},
		{ displayName: 'Authorization URL', name: 'authUrl', type: 'hidden', default: '' },
		{ displayName: 'Scope', name: 'scope', type: 'hidden', default: 'all-apis' },
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'header' },
		// eslint-disable-next-line @n8n/community-nodes/credential-password-field -- a status code, no secret
		{
			// Databricks answers an expired token with 401 or with 403.
			displayName: 'Token Expired Status Code',
			name: 'tokenExpiredStatusCode',
			type: 'hidden',
			default: '={{ [401, 403] }}',
		},
	];

	test = identityTest({
		unauthorized:
			"The workspace does not accept this service principal. Check 'Client ID' and 'Client Secret', and that the principal was added to the workspace.",
		forbidden:
			'The workspace knows the service principal but does not let it in: it was not added to this workspace, or an IP access list keeps this machine out.',
	});
}
