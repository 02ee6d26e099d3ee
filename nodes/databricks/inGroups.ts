/** How many requests of one kind are under way at a time. */
const together = 4;

/** Does the work for all items, a few at a time, and keeps their order. The first error ends it. */
export async function inGroups<Item, Value>(
	items: readonly Item[],
	work: (item: Item) => Promise<Value>,
): Promise<Value[]> {
	const done: Value[] = [];
	for (let first = 0; first < items.length; first += together) {
		const group = items.slice(first, first + together);
		for (const value of await Promise.all(group.map(work))) done.push(value);
	}
	return done;
}
