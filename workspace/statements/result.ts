import type { SqlResult } from '../delta/session';
import type { Limits } from '../limits';
import { typeText, wireTypeName, type SqlType } from '../sql/sqlType';
import { arrowStream } from './arrow/arrowStream';
import type { StatementRequest } from './request';

/** Rows of a result that are fetched together. */
export interface Chunk {
	index: number;
	rowOffset: number;
	rows: (string | null)[][];
	/** Bytes of the rows as a JSON array. */
	byteCount: number;
}

/** A result cut into chunks, and what the manifest says of it. */
export interface StatementResult {
	columns: SqlResult['columns'];
	chunks: Chunk[];
	rowCount: number;
	truncated: boolean;
}

/** The result is larger than disposition INLINE can give. */
export class InlineLimitExceeded extends Error {
	constructor(limit: number) {
		super(
			`Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most ${limit} bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download the full result.`,
		);
	}
}

/** Cuts a result at the limits of the request. Throws InlineLimitExceeded. */
export function chunked(
	{ columns, rows }: SqlResult,
	{ rowLimit, byteLimit, disposition }: StatementRequest,
	limits: Limits,
): StatementResult {
	const chunks: Chunk[] = [];
	let current: Chunk | undefined;
	let byteCount = 0;
	let rowCount = 0;
	for (const row of rows) {
		if (rowCount === rowLimit) break;
		const size = Buffer.byteLength(JSON.stringify(row)) + 1;
		if (byteLimit !== undefined && byteCount + size > byteLimit) break;
		if (disposition === 'INLINE' && byteCount + size > limits.inlineBytes) {
			throw new InlineLimitExceeded(limits.inlineBytes);
		}
		const full =
			current !== undefined &&
			(current.rows.length >= limits.chunkRows || current.byteCount + size > limits.chunkBytes);
		if (current === undefined || full) {
			current = { index: chunks.length, rowOffset: rowCount, rows: [], byteCount: 1 };
			chunks.push(current);
		}
		current.rows.push(row);
		current.byteCount += size;
		byteCount += size;
		rowCount++;
	}
	return { columns, chunks, rowCount, truncated: rowCount < rows.length };
}

/** What is behind an external link. CSV has its header in the first chunk only. */
export function chunkBody(
	chunk: Chunk,
	{ columns }: StatementResult,
	format: StatementRequest['format'],
): string | Uint8Array {
	if (format === 'ARROW_STREAM') return arrowStream(columns, chunk.rows);
	if (format === 'JSON_ARRAY') return JSON.stringify(chunk.rows);
	const header = chunk.index === 0 ? [columns.map(({ name }) => name)] : [];
	return [...header, ...chunk.rows]
		.map((row) => `${row.map((cell) => csvCell(cell ?? 'null')).join(',')}\r\n`)
		.join('');
}

/** Bytes behind an external link. */
export function chunkSize(
	chunk: Chunk,
	result: StatementResult,
	format: StatementRequest['format'],
): number {
	return format === 'JSON_ARRAY'
		? chunk.byteCount
		: Buffer.byteLength(chunkBody(chunk, result, format));
}

function csvCell(text: string): string {
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The manifest of a succeeded statement. */
export function manifest(result: StatementResult, request: StatementRequest) {
	const { columns, chunks, rowCount, truncated } = result;
	const external = request.disposition === 'EXTERNAL_LINKS';
	const sizes = external ? chunks.map((chunk) => chunkSize(chunk, result, request.format)) : [];
	return {
		format: request.format,
		schema: {
			column_count: columns.length,
			columns: columns.length === 0 ? undefined : columns.map(columnInfo),
		},
		total_chunk_count: chunks.length,
		chunks:
			chunks.length === 0
				? undefined
				: chunks.map((chunk) => ({
						chunk_index: chunk.index,
						row_offset: chunk.rowOffset,
						row_count: chunk.rows.length,
						byte_count: sizes[chunk.index],
					})),
		total_row_count: rowCount,
		total_byte_count: external ? sizes.reduce((sum, size) => sum + size, 0) : undefined,
		truncated,
	};
}

function columnInfo({ name, type }: { name: string; type: SqlType }, position: number) {
	const text = typeText(type);
	return {
		name,
		type_text: text,
		type_name: wireTypeName(type),
		position,
		...(type.kind === 'decimal' ? { type_precision: type.precision, type_scale: type.scale } : {}),
		...(text.startsWith('INTERVAL ') ? { type_interval_type: text.slice('INTERVAL '.length) } : {}),
	};
}
