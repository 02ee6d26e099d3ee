/**
 * Does `work` for each entry, at most `most` at a time, in order of their start. When one rejects, no
 * further one is started, those under way are waited for, and the first rejection is thrown.
 */
export async function inParallel<Entry>(
	entries: readonly Entry[],
	most: number,
	work: (entry: Entry) => Promise<void>,
): Promise<void> {
	const failures: unknown[] = [];
	const queue = entries.values();
	const worker = async () => {
		for (const entry of queue) {
			if (failures.length > 0) return;
			try {
				await work(entry);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(most, entries.length) }, worker));
	if (failures.length > 0) throw failures[0];
}
