import type { Clock } from '../../nodes/databricks/clock';

interface Sleeper {
	dueMs: number;
	wake(): void;
}

/** What tells the time: a number that grows, or the clock of a workspace in this process. */
export interface Timeline {
	now(): number;
	advance(ms: number): Promise<void> | void;
}

class Count implements Timeline {
	constructor(private ms: number) {}

	now(): number {
		return this.ms;
	}

	advance(ms: number): void {
		this.ms += ms;
	}
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
		private readonly timeline: Timeline = new Count(Date.UTC(2026, 10, 21, 12)),
	) {}

	now(): number {
		return this.timeline.now();
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
				dueMs: this.now() + ms,
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
		void this.timeline.advance(ms);
	}

	private async watch(): Promise<void> {
		this.isWatching = true;
		while (this.sleepers.length > 0) {
			if (!(await this.isQuiet())) continue;
			const [next] = this.sleepers.sort((a, b) => a.dueMs - b.dueMs);
			if (next === undefined) break;
			this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
			const passing = this.timeline.advance(Math.max(0, next.dueMs - this.now()));
			if (passing !== undefined) {
				await passing;
				// What has begun meanwhile ends first, as it would in real time.
				while (!(await this.isQuiet())) continue;
			}
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
