import { z } from 'zod';
import { invalidParameter } from '../apiError';

/** Where a listing goes on: what was asked for at first, and the token of the next page. */
const tokenSchema = z.object({
	list: z.string(),
	filter: z.string(),
	order: z.string(),
	next: z.string(),
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
