import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';

/**
 * The rules of the host about where requests may go (n8n: SSRF protection). `validateUrl` is asked
 * before each request; the lookup checks what a name resolves to at the moment of connecting.
 */
export interface EgressFilter {
	validateUrl(url: string): Promise<{ ok: true } | { ok: false; error: Error }>;
	createSecureLookup(): LookupFunction;
}

/**
 * One pool per origin, shared by all workspaces of the process: connections stay open between
 * requests, nodes and executions. Holds no credential. Keyed by the egress filter, because its
 * lookup is part of how a connection is made.
 */
const byFilter = new WeakMap<object, Dispatcher>();
const withoutFilter = {};

/** The shared connections; made at the first use, so that the proxy settings are those of then. */
export function sharedConnections(egress?: EgressFilter): Dispatcher {
	const key = egress ?? withoutFilter;
	const existing = byFilter.get(key);
	if (existing !== undefined) return existing;
	// n8n loads every node when it starts, and undici is half of what that costs.
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at once
	const { EnvHttpProxyAgent }: typeof import('undici') = require('undici');
	const made = new EnvHttpProxyAgent({
		connections: 128,
		pipelining: 1,
		keepAliveTimeout: 30_000,
		noProxy: noProxyWithLoopback(process.env.no_proxy ?? process.env.NO_PROXY),
		connect: {
			timeout: 10_000,
			...(egress === undefined ? {} : { lookup: egress.createSecureLookup() }),
		},
	});
	byFilter.set(key, made);
	return made;
}

/** A proxy elsewhere cannot reach a workspace on this machine. */
export function noProxyWithLoopback(noProxy: string | undefined): string {
	if (noProxy?.trim() === '*') return '*';
	return [noProxy ?? '', 'localhost', '127.0.0.1', '[::1]'].filter((host) => host !== '').join(',');
}
