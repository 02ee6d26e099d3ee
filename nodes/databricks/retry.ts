import type { DatabricksError } from './errors';

/**
 * What may be done with a request whose answer did not come.
 * `always`: a repeat does no harm (reads, cancel, stop, a start that carries a token).
 * `refused`: only when Databricks says that it did not carry it out, or cannot have got it.
 * `unsent`: as `refused`, but not after a 503; for callers that look what became of it first.
 */
export type Repeat = 'always' | 'refused' | 'unsent';

export interface RetryPolicy {
	/** Ends the repeats this long after the first attempt began. Databricks' SDKs take 5 minutes. */
	retryForMs: number;
	/** The same for a host that could not be reached at all, where a wrong name is likely. */
	unreachableForMs: number;
	firstDelayMs: number;
	longestDelayMs: number;
}

export const standardRetry: RetryPolicy = {
	retryForMs: 300_000,
	unreachableForMs: 20_000,
	firstDelayMs: 500,
	longestDelayMs: 20_000,
};

/** For reading the state of work that goes on in Databricks while the network is away. */
export const patientRetry: RetryPolicy = {
	...standardRetry,
	retryForMs: 900_000,
	unreachableForMs: 900_000,
};

/** One attempt. */
export const noRetry: RetryPolicy = { ...standardRetry, retryForMs: 0, unreachableForMs: 0 };

/** The texts that Databricks' own SDKs take for transient, whatever the status. */
const transientTexts = [
	/com\.databricks\.backend\.manager\.util\.UnknownWorkerEnvironmentException/,
	/does not have any associated worker environments/,
	/There is no worker environment with id/,
	/Unknown worker environment/,
	/ClusterNotReadyException/,
	/worker env .* not found/,
	/Timed out after /,
	/deadline exceeded/,
	/Unexpected error/,
	/Please try again later or try a faster operation\./,
	/RPC token bucket limit has been exceeded/,
	/REQUEST_LIMIT_EXCEEDED/,
];

/**
 * Whether the same request may be sent again after this error.
 *
 * 429 and "could not acquire lock" are refusals before any effect, so they repeat any request.
 * A 503 is one only when Databricks itself says so with an error_code: the bare 503 of a proxy may
 * follow a request that was carried out, so it repeats `always` requests alone, as do 502, 504, the
 * transient texts and a lost connection.
 */
export function mayRepeat(error: DatabricksError, repeat: Repeat): boolean {
	if (error.status === 429 || error.errorCode === 'COULD_NOT_ACQUIRE_LOCK') return true;
	if (error.kind === 'network') {
		return error.unreachable || (repeat === 'always' && error.outcomeUnknown);
	}
	if (error.status === undefined) return false;
	if (error.status === 503 && error.errorCode !== undefined) return repeat !== 'unsent';
	if (repeat !== 'always') return false;
	return [502, 503, 504].includes(error.status) || isTransientText(error.message);
}

function isTransientText(message: string): boolean {
	return transientTexts.some((text) => text.test(message));
}

/**
 * How long to pause before attempt `attempt + 1` (the first attempt is 1), or undefined when the
 * time for repeats is over. What Databricks asks for with Retry-After is obeyed, with a little
 * more so that many clients do not come back at once; without it the pause doubles, with jitter.
 */
export function retryDelayMs(options: {
	error: DatabricksError;
	attempt: number;
	elapsedMs: number;
	/** Time left until the deadline of the operation. */
	leftMs: number;
	policy: RetryPolicy;
	/** 0 ≤ random < 1 */
	random: number;
}): number | undefined {
	const { error, attempt, elapsedMs, leftMs, policy, random } = options;
	const budgetMs = (error.unreachable ? policy.unreachableForMs : policy.retryForMs) - elapsedMs;
	const doubled = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
	const delayMs =
		error.retryAfterMs === undefined
			? Math.round(doubled * (0.5 + random / 2))
			: error.retryAfterMs + Math.round(random * 500);
	return delayMs < Math.min(budgetMs, leftMs) ? delayMs : undefined;
}
