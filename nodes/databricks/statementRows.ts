import { z } from 'zod/v4';
import { DatabricksError } from './errors';
import { parseAnswer } from './answers';
import { isLinkRefused } from './presignedLinks';
import { getChunk } from './statements';
import type { ExternalLink, ResultData, Statement } from './statementState';
import type { Workspace } from './workspace';

/** The rows as Databricks writes them: text or null per cell; columnTypes.ts gives them types. */
export type Row = readonly (string | null)[];

export interface RowChunk {
	chunkIndex: number;
	/** Position of its first row in the result. */
	rowOffset: number;
	rows: readonly Row[];
}

const rowsSchema = z.array(z.array(z.string().nullable()));

/** A link is asked for anew when it ends within this time. */
const linkMarginMs = 30_000;

/**
 * The rows of a succeeded statement, chunk by chunk, inline or through external links; one chunk at a
 * time is held. Links are fetched when their turn comes, and asked for again when they have expired.
 * Throws DatabricksError; also when rows are missing, so that a cut result is never taken for whole.
 */
export async function* rows(
	workspace: Workspace,
	statement: Statement,
	options: { deadlineMs?: number } = {},
): AsyncGenerator<RowChunk, void, undefined> {
	const { statement_id: statementId, manifest } = statement;
	const expected = manifest?.total_row_count ?? 0;
	const seen = new Set<number>();
	let data = statement.result;
	let rowOffset = 0;
	if (expected > 0 && (data === undefined || parts(data).length === 0)) {
		data = await getChunk(workspace, statementId, 0, options.deadlineMs);
	}
	while (data !== undefined) {
		let next: number | undefined;
		for (const part of parts(data)) {
			const { chunkIndex } = part;
			if (seen.has(chunkIndex)) throw inconsistent(statementId, `chunk ${chunkIndex} came twice`);
			seen.add(chunkIndex);
			const chunkRows =
				part.link === undefined
					? part.rows
					: await linkedRows(workspace, statementId, part.link, options.deadlineMs);
			if (chunkRows.length > 0) yield { chunkIndex, rowOffset, rows: chunkRows };
			rowOffset += chunkRows.length;
			next = part.next ?? following(chunkIndex, manifest?.total_chunk_count ?? 0);
		}
		data =
			next === undefined
				? undefined
				: await getChunk(workspace, statementId, next, options.deadlineMs);
	}
	if (rowOffset < expected) {
		throw inconsistent(statementId, `${rowOffset} of ${expected} rows came`);
	}
}

type Part = { chunkIndex: number; next: number | undefined } & (
	| { link: ExternalLink }
	| { link: undefined; rows: readonly Row[] }
);

/** What an answer holds: one chunk of rows, or links to one or more chunks, in order. */
function parts(data: ResultData): Part[] {
	if (data.external_links !== undefined) {
		return [...data.external_links]
			.sort((a, b) => a.chunk_index - b.chunk_index)
			.map((link) => ({ chunkIndex: link.chunk_index, next: link.next_chunk_index, link }));
	}
	if (data.data_array === undefined) return [];
	return [
		{
			chunkIndex: data.chunk_index ?? 0,
			next: data.next_chunk_index,
			link: undefined,
			rows: data.data_array,
		},
	];
}

/** Where an answer does not name its successor, the manifest tells how many chunks there are. */
function following(chunkIndex: number, total: number): number | undefined {
	return chunkIndex + 1 < total ? chunkIndex + 1 : undefined;
}

async function linkedRows(
	workspace: Workspace,
	statementId: string,
	link: ExternalLink,
	deadlineMs: number | undefined,
): Promise<readonly Row[]> {
	const fresh = expiresSoon(workspace, link)
		? await freshLink(workspace, statementId, link.chunk_index, deadlineMs)
		: link;
	try {
		return await fetchRows(workspace, statementId, fresh, deadlineMs);
	} catch (error) {
		if (!isLinkRefused(error)) throw error;
		const again = await freshLink(workspace, statementId, link.chunk_index, deadlineMs);
		return await fetchRows(workspace, statementId, again, deadlineMs);
	}
}

function expiresSoon(workspace: Workspace, link: ExternalLink): boolean {
	return Date.parse(link.expiration ?? '') < workspace.clock.now() + linkMarginMs;
}

async function freshLink(
	workspace: Workspace,
	statementId: string,
	chunkIndex: number,
	deadlineMs: number | undefined,
): Promise<ExternalLink> {
	const data = await getChunk(workspace, statementId, chunkIndex, deadlineMs);
	const link = data.external_links?.find((other) => other.chunk_index === chunkIndex);
	if (link === undefined) throw inconsistent(statementId, `chunk ${chunkIndex} has no link`);
	return link;
}

async function fetchRows(
	workspace: Workspace,
	statementId: string,
	link: ExternalLink,
	deadlineMs: number | undefined,
): Promise<readonly Row[]> {
	const ids = { statementId };
	const text = await workspace.presigned({
		url: link.external_link,
		headers: link.http_headers,
		deadlineMs,
		ids,
	});
	return parseAnswer(text, rowsSchema, ids);
}

function inconsistent(statementId: string, what: string): DatabricksError {
	return new DatabricksError({
		kind: 'unexpectedAnswer',
		message: `The result of statement ${statementId} is not complete: ${what}.`,
		hint: 'Run the statement again.',
		ids: { statementId },
	});
}
