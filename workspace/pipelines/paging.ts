import { z } from 'zod';
import { invalidParameter } from '../apiError';

/** Where a listing goes on: what was asked for at first, and the last item that was given. */
const tokenSchema = z.object({
	list: z.string(),
	filter: z.string(),
	order: z.string(),
	after: z.string(),
});
export type PageToken = z.output<typeof tokenSchema>;

export function writePageToken(token: PageToken): string {
	return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws ApiError 400 when the token is none of this listing's. */
export function readPageToken(text: string, list: string): PageToken {
	try {
		const token = tokenSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
		if (token.list === list) return token;
	} catch {
		// falls through to the one refusal
	}
	throw invalidParameter('The page_token is not valid.');
}

/** The items after the one with the key `after`, at most `size`, and whether more follow. */
export function pageOf<Item>(
	items: Item[],
	keyOf: (item: Item) => string,
	after: string | undefined,
	size: number,
): { page: Item[]; last: string | undefined } {
	const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
	const page = items.slice(start, start + size);
	const end = page.at(-1);
	const more = start + size < items.length && end !== undefined;
	return { page, last: more ? keyOf(end) : undefined };
}
