import { invalidParameter } from './apiError';

/** One page of a list, and the token that asks for the next. */
export interface Page<Item> {
	items: Item[];
	nextPageToken?: string;
}

/**
 * The page that a token asks for, of at most `size` items. The token names the last item given,
 * so what is created or deleted between two pages neither repeats nor hides others. Throws
 * ApiError 400 for a token that is none of ours.
 */
export function pageOf<Item>(
	items: readonly Item[],
	keyOf: (item: Item) => string,
	{ size, token }: { size: number; token?: string },
): Page<Item> {
	let start = 0;
	if (token !== undefined && token !== '') {
		const after = Buffer.from(token, 'base64url').toString();
		const match = /^(\d+):(.*)$/s.exec(after);
		if (match === null) throw invalidParameter('page_token is not valid.');
		const [, given = '', key = ''] = match;
		const found = items.findIndex((item) => keyOf(item) === key);
		start = found >= 0 ? found + 1 : Number(given) - 1;
	}
	const page = items.slice(start, start + size);
	const last = page.at(-1);
	if (last === undefined || start + size >= items.length) return { items: page };
	const nextPageToken = Buffer.from(`${start + page.length}:${keyOf(last)}`).toString('base64url');
	return { items: page, nextPageToken };
}
