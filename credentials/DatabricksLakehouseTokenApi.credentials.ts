import type { IAuthenticateGeneric, ICredentialType, INodeProperties } from 'n8n-workflow';
import { hostProperties } from './hostProperties';
import { identityTest } from './identityTest';

export class DatabricksLakehouseTokenApi implements ICredentialType {
	name = 'databricksLakehouseTokenApi';

	displayName = 'Databricks Lakehouse Token API';

	icon = {
		light: 'file:../nodes/icons/lakehouse.svg',
		dark: 'file:../nodes/icons/lakehouse.dark.svg',
	} as const;

	documentationUrl = 'https://docs.databricks.com/aws/en/dev-tools/auth/pat';

	properties: INodeProperties[] = [
		...hostProperties,
		{
			displayName: 'Access Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'A personal access token, made in the workspace under Settings > Developer > Access tokens',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.token.trim() }}' } },
	};

	test = identityTest({
		unauthorized:
			"The workspace does not accept this token. Make a new one in the workspace under Settings > Developer, or check that 'Host' is the workspace it was made in.",
		forbidden:
			'The workspace does not let this token in: it is mistyped, expired or revoked, belongs to another workspace, or an IP access list keeps this machine out.',
	});
}
