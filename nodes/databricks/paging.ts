import { DatabricksError } from './errors';

export interface Page<Item> {
	items: readonly Item[];
	nextPageToken?: string;
}

/**
 * Walks a paged list. An empty page may have a successor (Unity Catalog does that); a token that
 * comes back a second time would walk in circles and is an error (unexpectedAnswer).
 */
export async function* pages<Item>(
	fetchPage: (pageToken: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[], void, undefined> {
	const first = await fetchPage(undefined);
	yield first.items;
	yield* pagesAfter(first.nextPageToken, fetchPage);
}

/** The pages that follow one whose successor is `pageToken`; none when there is no token. */
export async function* pagesAfter<Item>(
	pageToken: string | undefined,
	fetchPage: (pageToken: string) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[], void, undefined> {
	const seen = new Set<string>();
	let token = pageToken;
	while (token !== undefined && token !== '') {
		if (seen.has(token)) {
			throw new DatabricksError({
				kind: 'unexpectedAnswer',
				message:
					'Databricks answered the same page of a list twice; the list was not read to its end.',
			});
		}
		seen.add(token);
		const page: Page<Item> = await fetchPage(token);
		yield page.items;
		token = page.nextPageToken;
	}
}

/** The items of all pages, one after the other; stops asking when the caller stops reading. */
export async function* itemsOf<Item>(
	fetchPage: (pageToken: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
	for await (const items of pages(fetchPage)) yield* items;
}

/** Reads an async iterator into an array, at most `limit` items. */
export async function collect<Item>(
	items: AsyncIterable<Item>,
	limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
	const collected: Item[] = [];
	if (limit <= 0) return collected;
	for await (const item of items) {
		collected.push(item);
		if (collected.length >= limit) break;
	}
	return collected;
}
