import { type Asked, findBadRecords } from '../../nodes/ModelPredict/badRecords';

/** Numbers below 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

interface Item {
	value: number;
	bad: boolean;
}

/** A server that refuses a group with a bad record, and counts. */
function server() {
	let requests = 0;
	const ask = async (part: readonly Item[]): Promise<Asked<string>> => {
		requests += 1;
		const refused = part.filter(({ bad }) => bad);
		if (refused.length === 0) {
			return { ok: true, answers: part.map(({ value }) => `answer ${value}`) };
		}
		return { ok: false, error: refused.map(({ value }) => value), isRefusal: true };
	};
	return { ask, requests: () => requests };
}

const itemsOf = (count: number, bad: ReadonlySet<number>): Item[] =>
	Array.from({ length: count }, (_, value) => ({ value, bad: bad.has(value) }));

async function search(items: readonly Item[]) {
	const { ask, requests } = server();
	const first = await ask(items);
	const found = first.ok ? undefined : await findBadRecords(items, first.error, ask);
	return { found, requests: requests() };
}

const thirteen = (at: (index: number) => number) =>
	new Set(Array.from({ length: 13 }, (_, index) => at(index)));
function scattered(seed: number, count: number): ReadonlySet<number> {
	const random = randomFrom(seed);
	const bad = new Set<number>();
	while (bad.size < count) bad.add(Math.floor(random() * 1_000));
	return bad;
}

test.each<[string, ReadonlySet<number>]>([
	['at the start', thirteen((index) => index)],
	['at the end', thirteen((index) => 999 - index)],
	['evenly spread', thirteen((index) => Math.floor(((index + 0.5) * 1_000) / 13))],
	...Array.from({ length: 60 }, (_, seed): [string, ReadonlySet<number>] => [
		`scattered ${seed}`,
		scattered(seed, 13),
	]),
])('13 bad records of 1 000 are found with at most 130 requests: %s', async (_case, bad) => {
	const items = itemsOf(1_000, bad);
	const { found, requests } = await search(items);
	expect(requests).toBeLessThanOrEqual(130);
	// Each bad record carries an error that is about itself alone.
	expect(items.map((item) => found?.get(item))).toEqual(
		items.map(({ bad: isBad, value }) =>
			isBad ? { ok: false, error: [value] } : { ok: true, answer: `answer ${value}` },
		),
	);
});

test('whatever is bad, every record comes to its own end', async () => {
	const random = randomFrom(7);
	for (let round = 0; round < 100; round++) {
		const count = 1 + Math.floor(random() * 60);
		const share = random();
		const items = Array.from({ length: count }, () => ({
			// Equal values: records that look the same are still different ones.
			value: Math.floor(random() * 5),
			bad: random() < share,
		}));
		const { found } = await search(items);
		if (found === undefined) continue;
		expect(items.map((item) => found.get(item)?.ok)).toEqual(items.map(({ bad }) => !bad));
	}
});

test('to name one bad record takes only as many requests as halving', async () => {
	const items = itemsOf(1_000, new Set([700, 800]));
	const { ask, requests } = server();
	const found = await findBadRecords(items, [700, 800], ask, { firstOnly: true });
	const failed = [...found].filter(([, { ok }]) => !ok).map(([{ value }]) => value);
	expect([failed, requests()]).toEqual([[700], 10]);
});

test('an error that is no refusal ends the search', async () => {
	const items = itemsOf(8, new Set([1]));
	const lost = { ok: false, error: 'lost', isRefusal: false } as const;
	let requests = 0;
	const found = await findBadRecords(items, 'refused', async () => {
		requests += 1;
		return lost;
	});
	expect([requests, [...found.values()]]).toEqual([
		1,
		items.map(() => ({ ok: false, error: 'lost' })),
	]);
});
