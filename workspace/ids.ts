import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from './clock';

/**
 * JSON as the workspace reads and writes it. 64-bit ids are JSON numbers on the wire, so whole
 * numbers that a double cannot hold are `bigint` here, and `bigint` is written as plain digits.
 */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };

const stringsAndLongIntegers = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Reads JSON without losing digits of long whole numbers. Throws SyntaxError like JSON.parse. */
export function parseJson(text: string): unknown {
	if (!/\d{16}/.test(text)) return JSON.parse(text);
	let mark = 'integer:';
	while (text.includes(mark)) mark = `_${mark}`;
	const marked = text.replace(stringsAndLongIntegers, (token) =>
		token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${mark}${token}"`,
	);
	return JSON.parse(marked, (_key, value: unknown) =>
		typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
	);
}

/** Writes JSON; `bigint` becomes plain digits, `undefined` members are left out. */
export function writeJson(value: unknown): string {
	if (typeof value === 'bigint') return value.toString();
	if (Array.isArray(value)) return `[${value.map((item) => writeJson(item)).join(',')}]`;
	if (typeof value === 'object' && value !== null) {
		const members = Object.entries(value).filter(([, member]) => member !== undefined);
		return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`).join(',')}}`;
	}
	return JSON.stringify(value) ?? 'null';
}

/** A 64-bit id as it comes in, as number, digits or query text; a string of digits from here on. */
export const idSchema = z
	.union([z.number().int().nonnegative(), z.bigint().nonnegative(), z.string().regex(/^\d{1,19}$/)])
	.transform((id) => BigInt(id).toString());

/** The number that goes on the wire for an id. */
export function wireId(id: string): bigint {
	return BigInt(id);
}

/**
 * Gives ids of jobs, runs and repairs. They are odd and near 9·10¹⁸ on purpose, as those of a
 * real workspace may be: a client that reads them as doubles changes every one of them. `short`
 * ids are for such clients: they fit a double.
 */
export class IdSource {
	private last = 0n;

	constructor(
		private readonly clock: Clock,
		private readonly short = false,
	) {}

	next(): string {
		const nowMs = BigInt(this.clock.now());
		const byTime = this.short
			? nowMs * 1000n + 1n
			: 7_000_000_000_000_000_001n + nowMs * 1_000_000n;
		this.last = byTime > this.last ? byTime : this.last + 2n;
		return this.last.toString();
	}

	/** Makes sure that an id read back from the state folder is never given again. */
	observe(id: string): void {
		const value = BigInt(id);
		if (value > this.last) this.last = value | 1n;
	}
}

/** An id as Unity Catalog, pipelines and statements use it. */
export function newUuid(): string {
	return randomUUID();
}

/** A personal access token, in the form that secret scanners and clients know. */
export function newToken(): string {
	return `dapi${randomBytes(16).toString('hex')}`;
}

/** A client secret of a service principal. */
export function newClientSecret(): string {
	return `dose${randomBytes(16).toString('hex')}`;
}

/** An OAuth access token; opaque here, a JWT in the real service. */
export function newAccessToken(): string {
	return randomBytes(48).toString('base64url');
}

/** A warehouse id: 16 hex digits. */
export function newWarehouseId(): string {
	return randomBytes(8).toString('hex');
}

/** A workspace id: 16 digits, as in the host of a workspace on Azure. */
export function newWorkspaceId(): string {
	return `${randomInt(1_000_000, 9_000_000)}${String(randomInt(1e9)).padStart(9, '0')}`;
}
