/** Named things in the order of how like a wanted name (in lower case) they are, as Spark suggests them. */
export function nearest<T extends { name: string }>(wanted: string, known: readonly T[]): T[] {
	return known
		.map((each) => ({ each, distance: editDistance(wanted, each.name.toLowerCase()) }))
		.sort((a, b) => a.distance - b.distance)
		.map(({ each }) => each);
}

function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i += 1) {
		const next = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
