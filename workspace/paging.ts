import { invalidParameter } from './apiError';

/** One page of a list, and the token that asks for the next. */
export interface Page<Item> {
	items: Item[];
	nextPageToken?: string;
}

/**
 * The page that a token asks for, of at most `size` items. The token names the last item given,
 * so what is created or deleted between two pages neither repeats nor hides others. `keyOf` must
 * order the items as they are given. Throws ApiError 400 for a token that is none of ours.
 */
export function pageOf<Item>(
	items: readonly Item[],
	keyOf: (item: Item) => string,
	{ size, token }: { size: number; token?: string },
): Page<Item> {
	let start = 0;
	if (token !== undefined && token !== '') {
		const after = Buffer.from(token, 'base64url').toString();
		if (!after.startsWith('after:')) throw invalidParameter('page_token is not valid.');
		const key = after.slice('after:'.length);
		const found = items.findIndex((item) => keyOf(item) === key);
		start = found >= 0 ? found + 1 : items.filter((item) => keyOf(item) < key).length;
	}
	const page = items.slice(start, start + size);
	const last = page.at(-1);
	if (last === undefined || start + size >= items.length) return { items: page };
	const nextPageToken = Buffer.from(`after:${keyOf(last)}`).toString('base64url');
	return { items: page, nextPageToken };
}
