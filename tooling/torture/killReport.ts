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
	/** Never processed, and no `gap` item stands for them. */
	lost: number;
	/** Never processed because their table was made anew or its changes could not be read any more, which a `gap` item says. */
	replaced: number;
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
	const isReplaced = replacement([...processed.keys()]);
	const outcomes = windows.map((window) => ({
		...window,
		kills: 0,
		handedOver: 0,
		lost: 0,
		replaced: 0,
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
			if (times === 0) outcome[isReplaced(event) ? 'replaced' : 'lost'] += 1;
			outcome.repeated += Math.max(0, times - 1);
		}
	}
	return outcomes;
}

/** An event ID is `<table>:<version>:<key>:<ordinal>`, or `<table>:<version>:gap`. */
function placeOf(event: string): { table: string; version: number; isGap: boolean } {
	const [table = '', version, key] = event.split(':');
	return { table, version: Number(version), isGap: key === 'gap' };
}

/**
 * Whether a gap stands for an event that was never processed: one of the same table behind it, or that
 * of the table which took its place, when nothing later of its own table was processed. A table whose
 * later changes came has lost it.
 */
function replacement(processed: readonly string[]): (event: string) => boolean {
	const places = processed.map(placeOf);
	const lastTable = places.at(-1)?.table;
	const newest = new Map<string, { change: number; gap: number }>();
	for (const { table, version, isGap } of places) {
		const known = newest.get(table) ?? { change: -1, gap: -1 };
		if (isGap) known.gap = Math.max(known.gap, version);
		else known.change = Math.max(known.change, version);
		newest.set(table, known);
	}
	return (event) => {
		const { table, version } = placeOf(event);
		const { change, gap } = newest.get(table) ?? { change: -1, gap: -1 };
		return gap >= version || (table !== lastTable && change <= version);
	};
}
