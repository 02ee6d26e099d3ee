/** Time as the workspace sees it: epoch milliseconds, and waiting that a signal can end. */
export interface Clock {
	now(): number;
	/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	sleep: (ms, signal) =>
		new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const stop = () => {
				clearTimeout(timer);
				reject(signal?.reason);
			};
			const timer = setTimeout(() => {
				signal?.removeEventListener('abort', stop);
				resolve();
			}, ms);
			signal?.addEventListener('abort', stop, { once: true });
		}),
};

interface Sleeper {
	dueMs: number;
	wake(): void;
}

/** A clock that only moves when told to. A sleep of 0 ms still yields to other work. */
export class ManualClock implements Clock {
	private sleepers: Sleeper[] = [];

	constructor(private nowMs = Date.UTC(2026, 10, 1)) {}

	now(): number {
		return this.nowMs;
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			if (ms <= 0) return void setImmediate(resolve);
			const stop = () => {
				this.sleepers = this.sleepers.filter((other) => other !== sleeper);
				reject(signal?.reason);
			};
			const sleeper: Sleeper = {
				dueMs: this.nowMs + ms,
				wake: () => {
					signal?.removeEventListener('abort', stop);
					resolve();
				},
			};
			this.sleepers.push(sleeper);
			signal?.addEventListener('abort', stop, { once: true });
		});
	}

	/** How many sleeps are waiting: lets a test advance only when something waits. */
	get sleeping(): number {
		return this.sleepers.length;
	}

	/** Moves time on, waking sleepers in order, each at its own moment, with what they start. */
	async advance(ms: number): Promise<void> {
		const targetMs = this.nowMs + ms;
		for (;;) {
			await settle();
			const due = this.sleepers.filter((sleeper) => sleeper.dueMs <= targetMs);
			const [first] = due.sort((a, b) => a.dueMs - b.dueMs);
			if (!first) break;
			this.sleepers = this.sleepers.filter((sleeper) => sleeper !== first);
			this.nowMs = Math.max(this.nowMs, first.dueMs);
			first.wake();
		}
		this.nowMs = targetMs;
		await settle();
	}
}

/** Lets what needs no time run, as far as it needs nothing from outside of this process either. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
