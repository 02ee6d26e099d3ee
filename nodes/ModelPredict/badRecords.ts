/** What a request with some records came to. */
export type Asked<Answer> =
	| { ok: true; answers: readonly Answer[] }
	/** `isRefusal`: the content is to blame, so that a part of it may still be answered. */
	| { ok: false; error: unknown; isRefusal: boolean };

/** What one record came to. */
export type Found<Answer> = { ok: true; answer: Answer } | { ok: false; error: unknown };

export interface SearchOptions {
	/** Ends the search at the first bad record; what is not decided then has no entry. */
	firstOnly?: boolean;
}

/**
 * Finds the bad records of a batch that was refused as a whole, with few requests: the server does not
 * say which they are. A group that is refused is halved until one record is left. What lies beyond it
 * is asked in groups as large as are about as likely to be good as not, by the share of bad records so
 * far (generalised binary splitting, Hwang 1972): many bad records cost little more than they must.
 *
 * A record that is left over when all others of a refused group were answered is not asked again: the
 * error of the group is its own. An error that is no refusal ends the search and goes to every record
 * that is not decided.
 */
export async function findBadRecords<Item, Answer>(
	items: readonly Item[],
	refusal: unknown,
	ask: (part: readonly Item[]) => Promise<Asked<Answer>>,
	options: SearchOptions = {},
): Promise<Map<Item, Found<Answer>>> {
	const found = new Map<Item, Found<Answer>>();
	const good = (part: readonly Item[], answers: readonly Answer[]) => {
		for (const [at, item] of part.entries()) {
			const answer = answers[at];
			if (answer !== undefined) found.set(item, { ok: true, answer });
		}
	};
	let rest = [...items];
	let bad = 0;
	/** Of the rest, so many from the start are known to hold a bad one. */
	let group: Item[] = rest;
	let error = refusal;
	while (rest.length > 0) {
		if (group.length === 0) {
			group = rest.slice(0, groupSize(bad, items.length - rest.length, rest.length));
			const asked = await ask(group);
			if (asked.ok) {
				good(group, asked.answers);
				rest = rest.slice(group.length);
				group = [];
				continue;
			}
			if (!asked.isRefusal) return giveUp(found, rest, asked.error);
			error = asked.error;
		}
		while (group.length > 1) {
			const half = group.slice(0, Math.floor(group.length / 2));
			const asked = await ask(half);
			if (asked.ok) {
				good(half, asked.answers);
				rest = rest.slice(half.length);
				group = group.slice(half.length);
			} else if (asked.isRefusal) {
				group = half;
				error = asked.error;
			} else return giveUp(found, rest, asked.error);
		}
		for (const item of group) found.set(item, { ok: false, error });
		bad += 1;
		rest = rest.slice(1);
		group = [];
		if (options.firstOnly === true) return found;
	}
	return found;
}

/** How many records are as likely as not to be all good. */
function groupSize(bad: number, decided: number, left: number): number {
	const share = bad / Math.max(decided, bad);
	const even = share >= 1 ? 1 : Math.log(0.5) / Math.log(1 - share);
	return Math.max(1, Math.min(left, Math.round(even)));
}

function giveUp<Item, Answer>(
	found: Map<Item, Found<Answer>>,
	items: readonly Item[],
	error: unknown,
): Map<Item, Found<Answer>> {
	for (const item of items) found.set(item, { ok: false, error });
	return found;
}
