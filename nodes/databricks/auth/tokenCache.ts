import { createHash } from 'node:crypto';
import type { Clock } from '../clock';

export interface FreshToken {
	value: string;
	/** How long it is valid from now on. */
	lifeMs: number;
}

interface Entry {
	value: string;
	renewAtMs: number;
}

/** Azure Databricks refuses tokens with 30 s or less to live. */
const smallestMarginMs = 40_000;
const usualMarginMs = 300_000;
const mostEntries = 200;

/**
 * Tokens by a fingerprint of the whole credential, so that two credentials never share one.
 * At most one refresh of a credential is under way; everybody who asks meanwhile waits for it.
 */
export class TokenCache {
	private readonly entries = new Map<string, Entry>();
	private readonly refreshes = new Map<string, Promise<string>>();

	/**
	 * The token of a credential, from the cache while it has time to live, else from `refresh`.
	 * A token that was refused counts as gone, unless a newer one is already there.
	 */
	async token(options: {
		fingerprint: string;
		clock: Clock;
		rejected?: string;
		refresh: () => Promise<FreshToken>;
	}): Promise<string> {
		const { fingerprint, clock, rejected } = options;
		const entry = this.entries.get(fingerprint);
		if (entry !== undefined && entry.value !== rejected && clock.now() < entry.renewAtMs) {
			return entry.value;
		}
		if (entry?.value === rejected) this.entries.delete(fingerprint);
		const underWay = this.refreshes.get(fingerprint);
		if (underWay !== undefined) return await underWay;
		const refresh = this.renew(fingerprint, clock, options.refresh).finally(() =>
			this.refreshes.delete(fingerprint),
		);
		this.refreshes.set(fingerprint, refresh);
		return await refresh;
	}

	private async renew(
		fingerprint: string,
		clock: Clock,
		refresh: () => Promise<FreshToken>,
	): Promise<string> {
		const askedMs = clock.now();
		const { value, lifeMs } = await refresh();
		const marginMs = Math.max(smallestMarginMs, Math.min(usualMarginMs, lifeMs / 2));
		this.entries.delete(fingerprint);
		this.entries.set(fingerprint, { value, renewAtMs: askedMs + lifeMs - marginMs });
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= mostEntries) break;
			this.entries.delete(oldest);
		}
		return value;
	}
}

/** The cache of the process. It saves requests; nothing depends on another worker sharing it. */
export const processTokenCache = new TokenCache();

/** A fingerprint of everything that makes a credential; the secret cannot be read back from it. */
export function fingerprintOf(parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
