import { type Clock, systemClock } from '../../nodes/databricks/clock';

/**
 * Real time, with the pauses between attempts and polls made short and time limits left as they
 * are: for a server whose work takes real time.
 */
export const briskClock: Clock = {
	now: () => Date.now(),
	sleep: async (ms, signal) => await systemClock.sleep(ms < 30_000 ? ms / 100 : ms, signal),
};
