import { linkedBytes } from './linkedBytes';
import { incompleteResult } from './resultErrors';
import { type Row, rowPieces } from './rowPieces';
import type { ExternalLink } from './statementState';
import type { Workspace } from '../workspace';

/** The rows behind an external link, as they arrive. Throws DatabricksError when rows are missing. */
export function linkedPieces(
	workspace: Workspace,
	statementId: string,
	link: ExternalLink,
	deadlineMs: number | undefined,
): { pieces: AsyncGenerator<readonly Row[], void, undefined>; discard(): void } {
	const { bytes, discard } = linkedBytes(workspace, statementId, link, deadlineMs);
	const pieces = wholePieces(statementId, link, rowPieces(bytes), ({ length }) => length);
	return { pieces, discard };
}

/** Pieces of a chunk, which must be a list of as many rows as its link says. Throws DatabricksError. */
export async function* wholePieces<Piece>(
	statementId: string,
	{ chunk_index, row_count }: ExternalLink,
	source: AsyncIterable<Piece>,
	countOf: (piece: Piece) => number,
): AsyncGenerator<Piece, void, undefined> {
	let delivered = 0;
	try {
		for await (const piece of source) {
			delivered += countOf(piece);
			yield piece;
		}
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		throw incompleteResult(statementId, `chunk ${chunk_index} is no list of rows`);
	}
	if (row_count !== undefined && delivered < row_count) {
		const what = `${delivered} of ${row_count} rows of chunk ${chunk_index} came`;
		throw incompleteResult(statementId, what);
	}
}
