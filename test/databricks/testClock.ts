import type { Clock } from '../../nodes/databricks/clock';

interface Sleeper {
	dueMs: number;
	wake(): void;
}

/**
 * A clock that jumps to the next sleeper as soon as nothing else is going on, so that waiting takes
 * no time and its length can be asserted.
 */
export class TestClock implements Clock {
	private sleepers: Sleeper[] = [];
	private isWatching = false;

	/** `isBusy` tells whether a request is being answered; time stands still meanwhile. */
	constructor(
		private readonly isBusy: () => boolean = () => false,
		private nowMs = Date.UTC(2026, 10, 21, 12),
	) {}

	now(): number {
		return this.nowMs;
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) {
				reject(signal.reason);
				return;
			}
			const onAbort = () => {
				this.sleepers = this.sleepers.filter((other) => other !== sleeper);
				reject(signal?.reason);
			};
			const sleeper = {
				dueMs: this.nowMs + ms,
				wake: () => {
					signal?.removeEventListener('abort', onAbort);
					resolve();
				},
			};
			this.sleepers.push(sleeper);
			signal?.addEventListener('abort', onAbort, { once: true });
			if (!this.isWatching) void this.watch();
		});
	}

	/** Moves time without waking anybody: for what happens while a handler works. */
	advance(ms: number): void {
		this.nowMs += ms;
	}

	private async watch(): Promise<void> {
		this.isWatching = true;
		while (this.sleepers.length > 0) {
			if (!(await this.isQuiet())) continue;
			const [next] = this.sleepers.sort((a, b) => a.dueMs - b.dueMs);
			if (next === undefined) break;
			this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
			this.nowMs = Math.max(this.nowMs, next.dueMs);
			next.wake();
		}
		this.isWatching = false;
	}

	private async isQuiet(): Promise<boolean> {
		for (let turn = 0; turn < 5; turn++) {
			await new Promise((resolve) => setImmediate(resolve));
			if (this.isBusy()) return false;
		}
		return true;
	}
}
