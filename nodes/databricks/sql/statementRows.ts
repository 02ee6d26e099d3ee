import { linkedPieces } from './linkedRows';
import { incompleteResult } from './resultErrors';
import type { Row } from './rowPieces';
import { getChunk } from './statements';
import type { ExternalLink, ResultData, Statement } from './statementState';
import type { Workspace } from '../workspace';

export type { Row } from './rowPieces';

/** Rows that follow each other in a result; a chunk may come in several pieces. */
export interface RowPiece {
	chunkIndex: number;
	/** Position of its first row in the result. */
	rowOffset: number;
	rows: readonly Row[];
}

export interface RowsOptions {
	/** Epoch ms. */
	deadlineMs?: number;
	/** Chunks that are asked for at the same time; default 1. Their order is kept. */
	chunksInFlight?: number;
}

/** A chunk whose rows begin to come. */
interface OpenChunk {
	chunkIndex: number;
	/** Chunks that there are at least, as far as its answer tells. */
	knownChunks: number;
	pieces: AsyncIterable<readonly Row[]>;
	discard(): void;
}

/**
 * The rows of a succeeded statement, inline or through external links, as they come: rows of links
 * are never held as a whole chunk. Links are fetched when their turn comes, and asked for again when
 * they have expired or broken. Throws DatabricksError; also when rows are missing, so that a cut
 * result is never taken for whole.
 */
export async function* rows(
	workspace: Workspace,
	statement: Statement,
	options: RowsOptions = {},
): AsyncGenerator<RowPiece, void, undefined> {
	const { statement_id: statementId, manifest, result } = statement;
	const expected = manifest?.total_row_count ?? 0;
	const chunks = new Chunks(workspace, statementId, result, options.deadlineMs);
	let total = Math.max(manifest?.total_chunk_count ?? 0, chunks.known, expected > 0 ? 1 : 0);
	const opened: Promise<OpenChunk>[] = [];
	let next = 0;
	let rowOffset = 0;
	try {
		for (;;) {
			while (next < total && opened.length < (options.chunksInFlight ?? 1)) {
				const chunk = chunks.open(next++);
				// Looked at when its turn comes; until then a failure must not count as overlooked.
				chunk.catch(() => undefined);
				opened.push(chunk);
			}
			const first = opened.shift();
			if (first === undefined) break;
			const { chunkIndex, knownChunks, pieces } = await first;
			total = Math.max(total, knownChunks);
			for await (const piece of pieces) {
				if (piece.length === 0) continue;
				yield { chunkIndex, rowOffset, rows: piece };
				rowOffset += piece.length;
			}
		}
	} finally {
		for (const chunk of opened) {
			chunk.then(
				({ discard }) => discard(),
				() => undefined,
			);
		}
	}
	if (rowOffset < expected) {
		throw incompleteResult(statementId, `${rowOffset} of ${expected} rows came`);
	}
}

type Part = { chunkIndex: number; next: number | undefined } & (
	| { link: ExternalLink }
	| { link: undefined; rows: readonly Row[] }
);

/** Opens chunks by number, from what the first answer held or by asking for them. */
class Chunks {
	private readonly parts = new Map<number, Part>();

	constructor(
		private readonly workspace: Workspace,
		private readonly statementId: string,
		result: ResultData | undefined,
		private readonly deadlineMs: number | undefined,
	) {
		for (const part of result === undefined ? [] : partsOf(result)) {
			this.parts.set(part.chunkIndex, part);
		}
	}

	/** Chunks that there are at least. */
	get known(): number {
		return Math.max(0, ...[...this.parts.values()].map(lastKnown));
	}

	async open(chunkIndex: number): Promise<OpenChunk> {
		const part = this.parts.get(chunkIndex) ?? (await this.askFor(chunkIndex));
		this.parts.delete(chunkIndex);
		if (part.link === undefined) {
			const pieces = (async function* () {
				yield part.rows;
			})();
			return { chunkIndex, knownChunks: lastKnown(part), pieces, discard: () => undefined };
		}
		const linked = linkedPieces(this.workspace, this.statementId, part.link, this.deadlineMs);
		return { chunkIndex, knownChunks: lastKnown(part), ...linked };
	}

	private async askFor(chunkIndex: number): Promise<Part> {
		const data = await getChunk(this.workspace, this.statementId, chunkIndex, this.deadlineMs);
		const parts = partsOf(data);
		const part = parts.find((other) => other.chunkIndex === chunkIndex);
		if (part !== undefined) return part;
		const [other] = parts;
		throw incompleteResult(
			this.statementId,
			other === undefined
				? `chunk ${chunkIndex} has no rows`
				: `chunk ${other.chunkIndex} came instead of chunk ${chunkIndex}`,
		);
	}
}

function lastKnown({ chunkIndex, next }: Part): number {
	return Math.max(chunkIndex, next ?? 0) + 1;
}

/** What an answer holds: one chunk of rows, or links to one or more chunks. */
function partsOf(data: ResultData): Part[] {
	if (data.external_links !== undefined) {
		return data.external_links.map((link) => ({
			chunkIndex: link.chunk_index,
			next: link.next_chunk_index,
			link,
		}));
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
