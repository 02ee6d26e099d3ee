import type { Clock } from '../clock';

/**
 * Aborts `controller` after the seconds of a timeout, unless it is stopped or `end` aborts before; 0 and
 * none mean never. Answers with what stops it.
 */
export function startTimer(
	clock: Clock,
	seconds: number | undefined,
	controller: AbortController,
	end: AbortSignal,
): () => void {
	if (seconds === undefined || seconds === 0) return () => undefined;
	const stopping = new AbortController();
	clock
		.sleep(seconds * 1000, AbortSignal.any([stopping.signal, end]))
		.then(() => controller.abort(), ignoreAbort);
	return () => stopping.abort();
}

/** What was waited for ended early; who asked for that is read from the signals. */
export function ignoreAbort(): void {}
