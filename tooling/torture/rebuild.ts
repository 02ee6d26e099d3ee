import { z } from 'zod';

const itemSchema = z.object({ _change_type: z.string(), _event_id: z.string() }).passthrough();

/** What the workflow made of the items that it finished. */
export interface Rebuilt {
	/** How often each row is there, by its values. */
	rows: ReadonlyMap<string, number>;
	/** How often each event was processed. */
	events: ReadonlyMap<string, number>;
	/** Items that came again. */
	repeats: number;
	gaps: number;
}

/** Applies each change once, in the order in which it was first processed. */
export function rebuild(workLog: string): Rebuilt {
	const rows = new Map<string, number>();
	const events = new Map<string, number>();
	let repeats = 0;
	let gaps = 0;
	for (const line of workLog.split('\n')) {
		const item = read(line);
		if (item === undefined) continue;
		const times = (events.get(item._event_id) ?? 0) + 1;
		events.set(item._event_id, times);
		if (times > 1) {
			repeats += 1;
			continue;
		}
		if (item._change_type === 'gap') {
			rows.clear();
			gaps += 1;
			continue;
		}
		const isRemoved = ['delete', 'update_preimage'].includes(item._change_type);
		count(rows, rowKey(item), isRemoved ? -1 : 1);
	}
	return { rows, events, repeats, gaps };
}

/** Values by name, without those that are NULL, so that a column added later changes nothing. */
export function rowKey(row: Readonly<Record<string, unknown>>): string {
	const values = Object.entries(row).filter(
		([name, value]) => !name.startsWith('_') && value !== null && value !== undefined,
	);
	return JSON.stringify(values.map(([name, value]) => [name, String(value)]).sort());
}

export function count(rows: Map<string, number>, key: string, by: number): void {
	const sum = (rows.get(key) ?? 0) + by;
	if (sum === 0) rows.delete(key);
	else rows.set(key, sum);
}

/** A line that a killed process left half written is no item. */
function read(line: string): z.output<typeof itemSchema> | undefined {
	try {
		return itemSchema.parse(JSON.parse(line));
	} catch {
		return undefined;
	}
}
