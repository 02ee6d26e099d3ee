/** What a warehouse did since the workspace was opened, or since it was counted anew. */
export interface WarehouseUsage {
	/** How often it was started, by hand or by a statement. */
	starts: number;
	statements: number;
	/** Time in which it was RUNNING, with the idle minutes before it stopped. */
	runningMs: number;
}

/** From when to when a warehouse runs; the end is known when it has stopped. */
export interface Run {
	readyAtMs: number;
	endsAtMs: number;
}

/** Counts the use of one warehouse. Lives in memory: a restart forgets it. */
export class RunningTime {
	private usage: WarehouseUsage = { starts: 0, statements: 0, runningMs: 0 };
	private countedFromMs = -Infinity;

	started(): void {
		this.usage.starts += 1;
	}

	statement(): void {
		this.usage.statements += 1;
	}

	/** A run that is over. */
	ended(run: Run): void {
		this.usage.runningMs += this.lengthOf(run);
	}

	/** What was counted, with the run that goes on. */
	until(current: Run | undefined): WarehouseUsage {
		const runningMs = this.usage.runningMs + (current === undefined ? 0 : this.lengthOf(current));
		return { ...this.usage, runningMs };
	}

	/** Forgets what was before a moment (epoch ms). */
	countFrom(nowMs: number): void {
		this.usage = { starts: 0, statements: 0, runningMs: 0 };
		this.countedFromMs = nowMs;
	}

	private lengthOf({ readyAtMs, endsAtMs }: Run): number {
		return Math.max(0, endsAtMs - Math.max(readyAtMs, this.countedFromMs));
	}
}

/** DBUs that an hour of one cluster takes, by the sizes of Databricks' price list for SQL warehouses. */
const dbusAnHour: Readonly<Record<string, number>> = {
	'2X-Small': 4,
	'X-Small': 6,
	Small: 12,
	Medium: 24,
	Large: 40,
	'X-Large': 80,
	'2X-Large': 144,
	'3X-Large': 272,
	'4X-Large': 528,
};

/** What a running time would have taken, in DBUs; undefined for a size that is not in the list. */
export function dbusOf(clusterSize: string, runningMs: number): number | undefined {
	const rate = dbusAnHour[clusterSize];
	return rate === undefined ? undefined : Math.round((rate * runningMs) / 36_000) / 100;
}
