import { z } from 'zod';
import { invalidParameter } from '../apiError';

const pageSize = 100;

export const arrayPageQuery = z.object({ page_token: z.string().optional() });

/**
 * Since 2.2 an object with more than 100 tasks (or other elements) is given in pages: each page
 * has the next 100 of each array, an array that is used up is empty. Throws ApiError 400.
 */
export function arrayPage(
	object: Readonly<Record<string, unknown>>,
	arrays: readonly string[],
	token: string | undefined,
): { page: Record<string, unknown>; nextPageToken?: string } {
	const start = token === undefined || token === '' ? 0 : Number(/^from(\d+)$/.exec(token)?.[1]);
	if (Number.isNaN(start)) throw invalidParameter('page_token is not valid.');
	const page: Record<string, unknown> = { ...object };
	let more = false;
	for (const name of arrays) {
		const array = object[name];
		if (!Array.isArray(array)) continue;
		page[name] = array.slice(start, start + pageSize);
		more ||= array.length > start + pageSize;
	}
	return more ? { page, nextPageToken: `from${start + pageSize}` } : { page };
}
