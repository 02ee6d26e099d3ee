import type {
	ICredentialDataDecryptedObject,
	INodeCredentialDescription,
	INodeProperties,
} from 'n8n-workflow';
import { clientCredentials } from '../databricks/auth/clientCredentials';
import { staticToken } from '../databricks/auth/staticToken';
import type { TokenSource } from '../databricks/auth/tokenSource';
import type { EgressFilter } from '../databricks/connections';
import { DatabricksError } from '../databricks/errors';
import { normaliseHost } from '../databricks/host';
import { Workspace, type WorkspaceOptions } from '../databricks/workspace';

/** The two credentials of every node; which one is asked for follows the 'Authentication' field. */
export const databricksCredentials: INodeCredentialDescription[] = [
	{
		name: 'databricksLakehouseTokenApi',
		required: true,
		displayOptions: { show: { authentication: ['accessToken'] } },
	},
	{
		name: 'databricksLakehouseOAuth2Api',
		required: true,
		displayOptions: { show: { authentication: ['oAuth2'] } },
	},
];

export const authenticationField: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Access Token',
			value: 'accessToken',
			description: 'A personal access token of a user or service principal',
		},
		{
			name: 'OAuth2 (Service Principal)',
			value: 'oAuth2',
			description: 'Client ID and secret of a service principal; recommended for schedules',
		},
	],
	default: 'accessToken',
	description: 'How n8n signs in to the Databricks workspace',
};

/** What of an n8n context is needed to reach a workspace; every kind of context has it. */
export interface CredentialContext {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
	helpers: { getSecureEgressFilter?(): EgressFilter };
}

/**
 * The workspace of a node's credential, through n8n's egress rules where this n8n has them.
 * Throws DatabricksError when the credential has no usable host.
 */
export async function connect(
	context: CredentialContext,
	authentication: string,
	options: Pick<WorkspaceOptions, 'signal' | 'retry'> = {},
): Promise<Workspace> {
	const isOAuth2 = authentication === 'oAuth2';
	const credential = await context.getCredentials(
		isOAuth2 ? 'databricksLakehouseOAuth2Api' : 'databricksLakehouseTokenApi',
	);
	const host = fieldOf(credential, 'host');
	return new Workspace({
		host,
		tokens: isOAuth2
			? servicePrincipal(host, credential)
			: staticToken(fieldOf(credential, 'token')),
		egress: context.helpers.getSecureEgressFilter?.(),
		...options,
	});
}

function servicePrincipal(host: string, credential: ICredentialDataDecryptedObject): TokenSource {
	return clientCredentials({
		host: normaliseHost(host).origin,
		clientId: fieldOf(credential, 'clientId'),
		clientSecret: fieldOf(credential, 'clientSecret'),
	});
}

function fieldOf(credential: ICredentialDataDecryptedObject, name: string): string {
	const value = credential[name];
	if (typeof value === 'string' && value.trim() !== '') return value;
	throw new DatabricksError({
		kind: 'unauthenticated',
		message: `The credential has no '${name}'.`,
		hint: 'Open the credential, fill in the field and test it.',
	});
}
