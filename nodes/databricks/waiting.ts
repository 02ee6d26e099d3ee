import { pause } from './attempts';
import type { Clock } from './clock';
import { abortedError, DatabricksError, isGivenUp } from './errors';

export interface WaitOptions<Value> {
	/** Reads the state once; called at once, then again and again. */
	read: () => Promise<Value>;
	isDone: (value: Value) => boolean;
	/** Epoch ms. A last read is made when it is reached. */
	deadlineMs: number;
	clock: Clock;
	/** 0 ≤ random() < 1 */
	random: () => number;
	signal?: AbortSignal;
	interval?: Interval;
	/** What counts as a change, for `onChange`; default: every read. */
	changeOf?: (value: Value) => string;
	onChange?: (value: Value) => void;
	/** The error when the time is over; the last value says where things stood. */
	timeoutError: (last: Value) => DatabricksError;
}

/** The pause between reads grows by `factor` from `firstMs` to `longestMs`. */
export interface Interval {
	firstMs: number;
	longestMs: number;
	factor: number;
}

const usualInterval: Interval = { firstMs: 1_000, longestMs: 15_000, factor: 1.5 };

/**
 * The one way to wait for Databricks: reads until `isDone`. The result is looked at before the
 * time, so what is done at the last moment counts. Throws the `timeoutError` when the time is over,
 * kind `aborted` when the signal aborts, and whatever `read` throws.
 */
export async function waitUntil<Value>(options: WaitOptions<Value>): Promise<Value> {
	const { clock, deadlineMs, signal, interval = usualInterval } = options;
	let intervalMs = interval.firstMs;
	let known: string | undefined;
	for (;;) {
		if (signal?.aborted) throw abortedError(signal);
		const value = await options.read();
		const change = options.changeOf?.(value);
		if (change === undefined || change !== known) options.onChange?.(value);
		known = change;
		if (options.isDone(value)) return value;
		const leftMs = deadlineMs - clock.now();
		if (leftMs <= 0) throw options.timeoutError(value);
		const jittered = Math.round(intervalMs * (0.8 + options.random() * 0.4));
		await pause(clock, Math.min(jittered, leftMs), signal);
		intervalMs = Math.min(interval.longestMs, intervalMs * interval.factor);
	}
}

/**
 * Runs `work`; when it is given up here (signal or timeout), runs `cancel` before the error goes
 * on, so that nothing keeps running in Databricks. `cancel` must not use the aborted signal. Its own
 * failure does not hide the reason; it is added to the hint.
 */
export async function cancelWhenGivenUp<Value>(
	work: () => Promise<Value>,
	cancel: () => Promise<void>,
): Promise<Value> {
	try {
		return await work();
	} catch (error) {
		if (!isGivenUp(error)) throw error;
		try {
			await cancel();
		} catch (cancelError) {
			const reason = cancelError instanceof Error ? ` (${cancelError.message})` : '';
			throw error.with({
				hint: `It may still be running in Databricks: cancelling it failed${reason}.`,
			});
		}
		throw error;
	}
}

/** How much later than the deadline of a wait its last read may end. */
export const lastReadMs = 30_000;

/** A length of time as one says it: `45 seconds`, `30 minutes`. */
export function durationText(ms: number): string {
	const seconds = Math.round(ms / 1_000);
	if (seconds === 1) return '1 second';
	return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}
