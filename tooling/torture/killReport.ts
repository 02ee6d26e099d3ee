/** A process that was killed: how long after a hand-over, and what it had been handed over. */
export interface Kill {
	delayMs: number;
	events: readonly string[];
}

/** What became of what was handed over to processes that were killed about so long afterwards. */
export interface KillOutcome {
	/** Milliseconds; the end is not included. */
	from: number;
	to: number;
	kills: number;
	handedOver: number;
	/** Never processed. */
	lost: number;
	/** Processed again, with every repeat. */
	repeated: number;
	/** What happened to a trigger's five rows in the real n8n 2.41 at such a moment. */
	n8n: string;
}

/** Measured with n8n 2.41.1 by `npm run torture -- --server`, delivery on hand-over, n8n's defaults. */
const windows = [
	{ from: 0, to: 10, n8n: 'not measured' },
	{ from: 10, to: 40, n8n: 'none lost in 2 kills' },
	{ from: 40, to: 80, n8n: 'all lost in 2 of 2 kills' },
	{ from: 80, to: 201, n8n: 'none lost in 1 kill' },
];

/** `processed` tells how often each event was processed, by its ID. */
export function outcomesOf(
	kills: readonly Kill[],
	processed: ReadonlyMap<string, number>,
): KillOutcome[] {
	// What is handed over again counts where it was handed over first.
	const seen = new Set<string>();
	const outcomes = windows.map((window) => ({
		...window,
		kills: 0,
		handedOver: 0,
		lost: 0,
		repeated: 0,
	}));
	for (const { delayMs, events } of kills) {
		const outcome = outcomes.find(({ from, to }) => delayMs >= from && delayMs < to);
		if (outcome === undefined) continue;
		outcome.kills += 1;
		for (const event of events) {
			if (seen.has(event)) continue;
			seen.add(event);
			const times = processed.get(event) ?? 0;
			outcome.handedOver += 1;
			if (times === 0) outcome.lost += 1;
			outcome.repeated += Math.max(0, times - 1);
		}
	}
	return outcomes;
}
