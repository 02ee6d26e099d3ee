import { linkedPieces } from './linkedRows';
import { chunkPieces, type ChunksOptions } from './resultChunks';
import { wrongRowCount } from './resultErrors';
import type { Row } from './rowPieces';
import type { Statement } from './statementState';
import type { Workspace } from '../workspace';

export type { Row } from './rowPieces';

/** Rows that follow each other in a result; a chunk may come in several pieces. */
export interface RowPiece {
	chunkIndex: number;
	/** Position of its first row in the result. */
	rowOffset: number;
	rows: readonly Row[];
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
	options: ChunksOptions = {},
): AsyncGenerator<RowPiece, void, undefined> {
	const { statement_id: statementId, manifest } = statement;
	const expected = manifest?.total_row_count ?? 0;
	let rowOffset = 0;
	const chunks = chunkPieces(workspace, statement, options, (chunk) =>
		chunk.link === undefined
			? { pieces: chunk.rows, discard: () => undefined }
			: linkedPieces(workspace, statementId, chunk.link, options.deadlineMs),
	);
	for await (const { chunkIndex, piece } of chunks) {
		if (piece.length === 0) continue;
		yield { chunkIndex, rowOffset, rows: piece };
		rowOffset += piece.length;
	}
	if (rowOffset < expected) {
		throw wrongRowCount(statementId, rowOffset, expected);
	}
}
