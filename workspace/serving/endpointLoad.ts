import { z } from 'zod';
import { ApiError } from '../apiError';
import type { Clock } from '../clock';

/** "Model Serving" page: an endpoint scales to zero after 30 minutes without traffic. */
const idleUntilZeroMs = 30 * 60_000;
const renewalMs = { minute: 60_000 };

export const rateLimitSchema = z
	.object({
		calls: z.number().int().min(0),
		key: z.enum(['endpoint', 'user']).default('endpoint'),
		renewal_period: z.literal('minute').default('minute'),
	})
	.strict();
export type RateLimit = z.output<typeof rateLimitSchema>;

/** What an endpoint remembers from request to request; nothing of it outlives the process. */
export class EndpointLoad {
	private lastUsedMs: number;
	/** Of the replicas that are being started. */
	private upAtMs: number | undefined;
	private readonly turns = new Map<string, number>();
	private readonly windows = new Map<string, { start: number; calls: number }>();

	constructor(
		private readonly clock: Clock,
		readySinceMs: number,
	) {
		this.lastUsedMs = readySinceMs;
	}

	/** Whether nothing runs, or it is just being started. */
	get power(): 'up' | 'starting' | 'zero' {
		if (this.upAtMs !== undefined) return this.upAtMs > this.clock.now() ? 'starting' : 'up';
		return this.clock.now() - this.lastUsedMs < idleUntilZeroMs ? 'up' : 'zero';
	}

	/**
	 * Resolves when a replica is up: a request to an endpoint at zero is held until then. Throws ApiError
	 * 504 after the longest time that the service holds a request (its body is not documented).
	 */
	async wake(coldStartMs: number, longestMs: number, signal: AbortSignal): Promise<void> {
		const nowMs = this.clock.now();
		if (this.power === 'zero') this.upAtMs = nowMs + coldStartMs;
		const waitMs = (this.upAtMs ?? nowMs) - nowMs;
		if (waitMs > 0) await this.clock.sleep(Math.min(waitMs, longestMs), signal);
		if (this.power === 'starting') {
			throw new ApiError(504, 'DEADLINE_EXCEEDED', 'The served model did not start in time.');
		}
		this.upAtMs = undefined;
		this.lastUsedMs = this.clock.now();
	}

	/** Counts a call. Throws RateLimited when one of the limits is used up. */
	count(limits: readonly RateLimit[], user: string): void {
		const nowMs = this.clock.now();
		const windows = limits.map((limit) => {
			const period = renewalMs[limit.renewal_period];
			const key = `${limit.key} ${limit.key === 'user' ? user : ''}`;
			const start = nowMs - (nowMs % period);
			const known = this.windows.get(key);
			const window = known?.start === start ? known : { start, calls: 0 };
			this.windows.set(key, window);
			return { limit, window, endMs: start + period };
		});
		const full = windows.filter(({ limit, window }) => window.calls >= limit.calls);
		if (full.length > 0) {
			throw new RateLimited(Math.max(...full.map(({ endMs }) => endMs)) - nowMs);
		}
		for (const { window } of windows) window.calls++;
	}

	/** The served model whose turn it is: after 100 requests each has had its percentage of them. */
	turnOf(traffic: ReadonlyMap<string, number>): string | undefined {
		let chosen: string | undefined;
		let most = 0;
		for (const [name, share] of traffic) {
			const turn = (this.turns.get(name) ?? 0) + share;
			this.turns.set(name, turn);
			if (turn > most) [chosen, most] = [name, turn];
		}
		if (chosen !== undefined) this.turns.set(chosen, most - 100);
		return chosen;
	}
}

/** 429, with the time after which calls are taken again. */
export class RateLimited extends ApiError {
	constructor(readonly retryAfterMs: number) {
		super(
			429,
			'REQUEST_LIMIT_EXCEEDED',
			'Exceeded the rate limit of the serving endpoint. Try again later.',
		);
	}
}
