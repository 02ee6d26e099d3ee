import type { Context } from 'hono';
import { z } from 'zod';
import { ApiError, invalidParameter, notFound, notImplemented } from '../apiError';
import { readBody, type Env } from '../env';
import { pageOf } from '../paging';
import { SqlError } from '../sql/sqlError';

/** What may be said of a securable; a field that is not kept here is refused, not dropped. */
export const settingsShape = {
	comment: z.string().optional(),
	owner: z.string().optional(),
	properties: z.record(z.string(), z.string()).optional(),
};

/** Reads a body whose every field is known. Throws ApiError 501 naming one that is not. */
export async function readKnownFields<Shape extends z.ZodRawShape>(
	context: Context<Env>,
	shape: Shape,
	what: string,
) {
	const body = await readBody(context, z.object(shape).passthrough());
	const unknown = Object.keys(body).find((field) => shape[field] === undefined);
	if (unknown !== undefined) throw notImplemented(`the field ${unknown} of ${what}`);
	return z.object(shape).parse(body);
}

export const listQuery = z.object({
	max_results: z.coerce.number().int().nonnegative().optional(),
	page_token: z.string().optional(),
});

const serverPageSize = 100;

/** A page as Unity Catalog gives it; without `max_results` everything, which is its old mode. */
export function listPage<Item extends { name: string }>(
	items: Item[],
	{ max_results: size, page_token: token }: z.output<typeof listQuery>,
) {
	const sorted = items.sort((a, b) => (a.name < b.name ? -1 : 1));
	const pageSize = size === undefined ? sorted.length : size || serverPageSize;
	return pageOf(sorted, (item) => item.name, { size: Math.max(1, pageSize), token });
}

/** The parts of a full name. Throws ApiError 400 when there are not exactly `count`. */
export function nameParts(fullName: string, count: number): string[] {
	const parts = fullName.split('.');
	if (parts.length !== count || parts.includes('')) {
		throw invalidParameter(`'${fullName}' is not a valid name: ${count} parts are expected.`);
	}
	return parts;
}

/** Runs what throws SqlError and answers with the refusal that Unity Catalog's REST API gives. */
export async function asApi<Result>(work: Promise<Result>): Promise<Result> {
	try {
		return await work;
	} catch (error) {
		if (!(error instanceof SqlError)) throw error;
		const text = error.message
			.replace(/^\[[^\]]*\]\s*/, '')
			.replace(/\s*SQLSTATE: [0-9A-Z]{5}.*$/s, '');
		const { condition } = error;
		if (condition.includes('NOT_FOUND') || condition.includes('DOES_NOT_EXIST')) {
			throw notFound(text, condition.replace('NOT_FOUND', 'DOES_NOT_EXIST'));
		}
		if (condition.startsWith('UNSUPPORTED_FEATURE')) throw notImplemented(text);
		throw new ApiError(400, condition, text);
	}
}
