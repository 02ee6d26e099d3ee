import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError, invalidParameter } from './apiError';
import { parseJson, writeJson } from './ids';
import type { LocalWorkspace, Principal } from './localWorkspace';

/** What a route finds in its context: the workspace that the token opens, and who asks. */
export interface Env {
	Variables: { workspace: LocalWorkspace; principal: Principal; requestId: string };
}

/** A JSON answer; ids given as `bigint` are written as numbers. */
export function json(value: unknown, status = 200): Response {
	const headers = { 'content-type': 'application/json' };
	return new Response(writeJson(value), { status, headers });
}

/** Reads the body of a request through its schema. Empty counts as `{}`. Throws ApiError 400. */
export async function readBody<Schema extends z.ZodTypeAny>(
	context: Context,
	schema: Schema,
): Promise<z.output<Schema>> {
	const text = await context.req.text();
	let value: unknown;
	try {
		value = text.trim() === '' ? {} : parseJson(text);
	} catch {
		throw new ApiError(400, 'MALFORMED_REQUEST', 'Could not parse request object: invalid JSON.');
	}
	return checked(schema, value);
}

/** Reads the query of a request through its schema; a key that is repeated is an array. */
export function readQuery<Schema extends z.ZodTypeAny>(
	context: Context,
	schema: Schema,
): z.output<Schema> {
	const query = Object.entries(context.req.queries()).map(([key, values]) => [
		key,
		values.length === 1 ? values[0] : values,
	]);
	return checked(schema, Object.fromEntries(query));
}

function checked<Schema extends z.ZodTypeAny>(schema: Schema, value: unknown): z.output<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const where = issue === undefined || issue.path.length === 0 ? 'request' : issue.path.join('.');
	throw invalidParameter(`${where}: ${issue?.message ?? 'invalid value'}`);
}

/** The part of the path after `prefix`, decoded segment by segment; `%2F` separates as `/` does. */
export function pathAfter(context: Context, prefix: string): string {
	const { pathname } = new URL(context.req.url);
	const rest = pathname.slice(prefix.length);
	let decoded: string;
	try {
		decoded = decodeURIComponent(rest);
	} catch {
		throw invalidParameter('The path is not valid percent-encoded UTF-8.');
	}
	return decoded.replace(/^\/+|\/+$/g, '');
}
