import { DatabricksError } from './errors';

/** Where a workspace is, and which workspace it is when several share one host. */
export interface WorkspaceAddress {
	/** Scheme, host and port: `https://adb-1234.5.azuredatabricks.net`. */
	origin: string;
	/** From `?o=<id>`, for hosts that serve several workspaces. */
	workspaceId?: string;
}

/**
 * Reads what people paste as a host: with or without scheme (https is assumed, http for loopback
 * is kept), with a path, a trailing slash, or the `?o=<id>` of a browser address.
 * Throws DatabricksError (badRequest) when there is no host in it.
 */
export function normaliseHost(text: string): WorkspaceAddress {
	const trimmed = text.trim();
	const url = parse(withScheme(trimmed));
	if (url === undefined || url.hostname === '' || !/^https?:$/.test(url.protocol)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `"${hostOnly(trimmed)}" is not the address of a Databricks workspace.`,
			hint: 'Enter it as in the browser, for example https://adb-1234567890123456.7.azuredatabricks.net.',
		});
	}
	const workspaceId = url.searchParams.get('o') ?? undefined;
	return workspaceId !== undefined && /^\d+$/.test(workspaceId)
		? { origin: url.origin, workspaceId }
		: { origin: url.origin };
}

function withScheme(text: string): string {
	return /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text.replace(/^\/+/, '')}`;
}

function parse(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

/** What may be shown of a wrong address: neither query nor user info, which may hold a secret. */
function hostOnly(text: string): string {
	return text.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//');
}
