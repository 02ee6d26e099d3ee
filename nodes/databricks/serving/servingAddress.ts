import { DatabricksError } from '../errors';
import { path } from '../paths';
import type { Workspace } from '../workspace';
import type { ServingEndpoint } from './servingEndpoint';

/** Where an endpoint is asked: through which connection, at which path. */
export interface ServingAddress {
	workspace: Workspace;
	path: string;
}

/** The address that every endpoint has at the workspace itself. */
export function workspaceAddress(workspace: Workspace, name: string): ServingAddress {
	return { workspace, path: path`/serving-endpoints/${name}/invocations` };
}

/**
 * The address of an endpoint: that of a route-optimised one is its own, and takes only OAuth tokens made
 * for it. Throws DatabricksError (badRequest) for a credential that cannot make such tokens, and
 * (blocked) when the address is none of Databricks: no credential goes there.
 */
export function addressOf(workspace: Workspace, endpoint: ServingEndpoint): ServingAddress {
	const info = endpoint.data_plane_info?.query_info;
	const url = info?.endpoint_url ?? endpoint.endpoint_url;
	if (endpoint.route_optimized !== true || url === undefined) {
		return workspaceAddress(workspace, endpoint.name);
	}
	const parsed = trusted(url, workspace.host, endpoint.name);
	const details = info?.authorization_details ?? detailsFor(endpoint);
	const own = workspace.withTokensFor(parsed.origin, details);
	if (own === undefined) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `The endpoint "${endpoint.name}" is route optimised: it has an address of its own that takes OAuth tokens only, and this credential is an access token.`,
			hint: "Choose the authentication 'OAuth2 (Service Principal)', with a service principal that may query the endpoint.",
		});
	}
	const isWhole = parsed.pathname.endsWith('/invocations');
	return { workspace: own, path: isWhole ? parsed.pathname : `${parsed.pathname}/invocations` };
}

/** What a token must allow, as the page "Query route-optimized serving endpoints" asks for it. */
function detailsFor({ id }: ServingEndpoint): string {
	const object_path = `/serving-endpoints/${id ?? ''}`;
	return JSON.stringify([
		{
			type: 'workspace_permission',
			object_type: 'serving-endpoints',
			object_path,
			actions: ['query_inference_endpoint'],
		},
	]);
}

/** Where workspaces are; served models are below `serving.` of the same. */
const zones = [
	'cloud.databricks.com',
	'cloud.databricks.us',
	'azuredatabricks.net',
	'databricks.azure.us',
	'databricks.azure.cn',
	'gcp.databricks.com',
];
const loopback = ['localhost', '127.0.0.1', '[::1]'];

function trusted(text: string, host: string, endpoint: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url !== undefined && isOfTheSameService(url, new URL(host))) return url;
	throw new DatabricksError({
		kind: 'blocked',
		message: `The endpoint "${endpoint}" names ${url?.host ?? 'something'} as its own address, which does not belong to the Databricks of this workspace. No credential was sent there.`,
		hint: 'Ask the administrator of the workspace where the endpoint is served.',
	});
}

/** The workspace on a machine of its own serves there, too; else `serving.` of a zone of Databricks. */
function isOfTheSameService(url: URL, host: URL): boolean {
	if (url.username !== '' || url.password !== '') return false;
	if (loopback.includes(host.hostname)) {
		return loopback.includes(url.hostname) && url.port === host.port;
	}
	if (url.protocol !== 'https:' || url.port !== '') return false;
	const own = zones.filter((zone) => host.hostname.endsWith(`.${zone}`));
	return (own.length === 0 ? zones : own).some((zone) => url.hostname.endsWith(`.serving.${zone}`));
}
