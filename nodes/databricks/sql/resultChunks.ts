import { piecesOf } from './inlineRows';
import { incompleteResult } from './resultErrors';
import type { Row } from './rowPieces';
import { getChunk } from './statements';
import type { ExternalLink, ResultData, Statement } from './statementState';
import type { Workspace } from '../workspace';

export interface ChunksOptions {
	/** Epoch ms. */
	deadlineMs?: number;
	/** Chunks that are asked for at the same time; default 1. Their order is kept. */
	chunksInFlight?: number;
}

/** A chunk: its rows in pieces, or the link to them. */
export type ResultChunk = { chunkIndex: number; next: number | undefined } & (
	| { link: ExternalLink; rows?: undefined }
	| { link: undefined; rows: Iterable<readonly Row[]> }
);

/** A chunk whose content begins to come. */
export interface OpenedChunk<Piece> {
	pieces: AsyncIterable<Piece> | Iterable<Piece>;
	discard(): void;
}

/**
 * What is in the chunks of a succeeded statement, in their order. Chunks are asked for and opened when
 * their turn comes, as many at a time as the options say; `open` begins to read one.
 */
export async function* chunkPieces<Piece>(
	workspace: Workspace,
	statement: Statement,
	options: ChunksOptions,
	open: (chunk: ResultChunk) => OpenedChunk<Piece>,
): AsyncGenerator<{ chunkIndex: number; piece: Piece }, void, undefined> {
	const { manifest, result } = statement;
	const chunks = new Chunks(workspace, statement.statement_id, result, options.deadlineMs);
	const hasRows = (manifest?.total_row_count ?? 0) > 0;
	let total = Math.max(manifest?.total_chunk_count ?? 0, chunks.known, hasRows ? 1 : 0);
	const opened: Promise<{ chunk: ResultChunk; content: OpenedChunk<Piece> }>[] = [];
	let next = 0;
	const begin = async (index: number) => {
		const chunk = await chunks.get(index);
		return { chunk, content: open(chunk) };
	};
	try {
		for (;;) {
			while (next < total && opened.length < (options.chunksInFlight ?? 1)) {
				const chunk = begin(next++);
				// Looked at when its turn comes; until then a failure must not count as overlooked.
				chunk.catch(() => undefined);
				opened.push(chunk);
			}
			const first = opened.shift();
			if (first === undefined) return;
			const { chunk, content } = await first;
			total = Math.max(total, lastKnown(chunk));
			for await (const piece of content.pieces) yield { chunkIndex: chunk.chunkIndex, piece };
		}
	} finally {
		for (const chunk of opened) {
			chunk.then(
				({ content }) => content.discard(),
				() => undefined,
			);
		}
	}
}

/** Chunks by number, from what the first answer held or by asking for them. */
class Chunks {
	private readonly waiting = new Map<number, ResultChunk>();

	constructor(
		private readonly workspace: Workspace,
		private readonly statementId: string,
		result: ResultData | undefined,
		private readonly deadlineMs: number | undefined,
	) {
		for (const chunk of result === undefined ? [] : chunksOf(result)) {
			this.waiting.set(chunk.chunkIndex, chunk);
		}
	}

	/** Chunks that there are at least. */
	get known(): number {
		return Math.max(0, ...[...this.waiting.values()].map(lastKnown));
	}

	async get(chunkIndex: number): Promise<ResultChunk> {
		const known = this.waiting.get(chunkIndex);
		this.waiting.delete(chunkIndex);
		if (known !== undefined) return known;
		const data = await getChunk(this.workspace, this.statementId, chunkIndex, this.deadlineMs);
		const found = chunksOf(data);
		const chunk = found.find((other) => other.chunkIndex === chunkIndex);
		if (chunk !== undefined) return chunk;
		const [other] = found;
		throw incompleteResult(
			this.statementId,
			other === undefined
				? `chunk ${chunkIndex} has no rows`
				: `chunk ${other.chunkIndex} came instead of chunk ${chunkIndex}`,
		);
	}
}

function lastKnown({ chunkIndex, next }: ResultChunk): number {
	return Math.max(chunkIndex, next ?? 0) + 1;
}

/** What an answer holds: one chunk of rows, or links to one or more chunks. */
function chunksOf(data: ResultData): ResultChunk[] {
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
			rows: piecesOf(data.data_array),
		},
	];
}
