import type { Clock } from './clock';
import { abortedError, DatabricksError, type ErrorIds } from './errors';
import { mayRepeat, type Repeat, retryDelayMs, type RetryPolicy } from './retry';

export interface AttemptOptions {
	clock: Clock;
	/** 0 ≤ random() < 1 */
	random: () => number;
	policy: RetryPolicy;
	/** Epoch ms after which nothing is tried any more. */
	deadlineMs: number;
	signal?: AbortSignal;
	/** Longest time for one attempt. */
	timeoutMs: number;
	/**
	 * For requests that start something: when the signal aborts while it is not known whether an
	 * attempt was carried out, it is asked once more, so that what it started can be cancelled.
	 */
	finishOnAbort?: boolean;
}

/** Timers may fire a little before the wall clock reaches their time. */
const timerLeadMs = 5;

/** What an attempt came to; a failure says what may be done after it. */
export type AttemptOutcome<T> =
	| { ok: true; value: T }
	| { ok: false; error: DatabricksError; repeat: Repeat };

/**
 * Runs `attempt` until it succeeds, may not be repeated, or the time is over; then throws its last
 * error. The mechanism only: what may be repeated and when is in retry.ts.
 */
export async function withRepeats<T>(
	options: AttemptOptions,
	attempt: (timeoutMs: number) => Promise<AttemptOutcome<T>>,
): Promise<T> {
	const { clock, deadlineMs, policy, random, signal, finishOnAbort = false } = options;
	const startedMs = clock.now();
	let mayHaveStarted = false;
	for (let count = 1; ; count++) {
		const leftMs = deadlineMs - clock.now();
		const isLast = signal?.aborted && mayHaveStarted;
		if (signal?.aborted && !isLast) throw abortedError(signal);
		if (leftMs <= 0) throw deadlineError();
		const result = await attempt(Math.min(options.timeoutMs, leftMs));
		if (result.ok) return result.value;
		if (isLast) throw abortedError(signal).with({ hint: unknownOutcome });
		mayHaveStarted ||= finishOnAbort && result.repeat === 'always' && isOpen(result.error);
		if (result.error.kind === 'network' && clock.now() + timerLeadMs >= deadlineMs) {
			throw result.error.with({ kind: 'timeout' });
		}
		if (!mayRepeat(result.error, result.repeat)) throw result.error;
		const delayMs = retryDelayMs({
			error: result.error,
			attempt: count,
			elapsedMs: clock.now() - startedMs,
			leftMs: deadlineMs - clock.now(),
			policy,
			random: random(),
		});
		if (delayMs === undefined) throw result.error;
		await pause(clock, delayMs, signal).catch((error: unknown) => {
			if (!signal?.aborted || !mayHaveStarted) throw error;
		});
	}
}

const unknownOutcome =
	'The connection to Databricks failed at this moment, so it may have been started all the same.';

/** Whether a request that ended in this error may have been carried out. */
function isOpen(error: DatabricksError): boolean {
	return error.outcomeUnknown || (error.status ?? 0) >= 500;
}

/** Makes a value of what `work` throws. Anything but a DatabricksError is a defect and thrown on. */
export async function outcome<T>(
	work: Promise<T>,
	repeat: Repeat,
	ids?: ErrorIds,
): Promise<AttemptOutcome<T>> {
	try {
		return { ok: true, value: await work };
	} catch (error) {
		if (!(error instanceof DatabricksError)) throw error;
		return { ok: false, error: ids === undefined ? error : error.with({ ids }), repeat };
	}
}

/**
 * Waits for work that others wait for, too, as long as the caller's signal and `timeoutMs` allow.
 * The work goes on for the others.
 */
export async function awaitShared<T>(
	work: Promise<T>,
	options: Pick<AttemptOptions, 'clock' | 'signal' | 'timeoutMs'>,
	timeoutError: () => DatabricksError,
): Promise<T> {
	const { clock, signal, timeoutMs } = options;
	const over = new AbortController();
	const onAbort = () => over.abort();
	if (signal?.aborted) onAbort();
	signal?.addEventListener('abort', onAbort, { once: true });
	const limit = clock.sleep(timeoutMs, over.signal).then(
		() => {
			throw timeoutError();
		},
		() => {
			throw signal?.aborted ? abortedError(signal) : over.signal.reason;
		},
	);
	try {
		return await Promise.race([work, limit]);
	} finally {
		signal?.removeEventListener('abort', onAbort);
		over.abort();
	}
}

/** Sleeps; a signal that aborts becomes the client's error. */
export async function pause(
	clock: Clock,
	ms: number,
	signal: AbortSignal | undefined,
): Promise<void> {
	try {
		await clock.sleep(ms, signal);
	} catch (error) {
		throw signal?.aborted ? abortedError(signal) : error;
	}
}

function deadlineError(): DatabricksError {
	return new DatabricksError({
		kind: 'timeout',
		message: 'The time given to the operation was over before the request could be sent.',
	});
}
