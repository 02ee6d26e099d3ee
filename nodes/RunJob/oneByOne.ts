const queues = new Map<string, Promise<unknown>>();

/**
 * Does pieces of work with the same key one after the other, in the order of the calls; others go
 * on beside them. In this process only: it spares two starts with one key at the same instant the
 * question which of them came first, and nothing breaks where they are in two processes.
 */
export async function oneByOne<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
	const before = queues.get(key) ?? Promise.resolve();
	const mine = before.then(work, work);
	queues.set(key, mine);
	try {
		return await mine;
	} finally {
		if (queues.get(key) === mine) queues.delete(key);
	}
}
