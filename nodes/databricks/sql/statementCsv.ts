import { type CsvPiece, csvOf, csvPieces } from './csvBytes';
import { linkedBytes } from './linkedBytes';
import { wholePieces } from './linkedRows';
import { chunkPieces, type ChunksOptions } from './resultChunks';
import { wrongRowCount } from './resultErrors';
import type { Row } from './rowPieces';
import type { Statement } from './statementState';
import type { Workspace } from '../workspace';

/** The rows of a succeeded statement as CSV, without a header; otherwise as `rows` gives them. */
export async function* csvBytes(
	workspace: Workspace,
	statement: Statement,
	options: ChunksOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
	const { statement_id: statementId, manifest } = statement;
	const expected = manifest?.total_row_count ?? 0;
	let rowCount = 0;
	const chunks = chunkPieces<CsvPiece>(workspace, statement, options, (chunk) => {
		if (chunk.link === undefined) {
			return { pieces: inPieces(chunk.rows), discard: () => undefined };
		}
		const { bytes, discard } = linkedBytes(workspace, statementId, chunk.link, options.deadlineMs);
		const pieces = wholePieces(
			statementId,
			chunk.link,
			csvPieces(bytes),
			(piece) => piece.rowCount,
		);
		return { pieces, discard };
	});
	for await (const { piece } of chunks) {
		rowCount += piece.rowCount;
		if (piece.bytes.length > 0) yield piece.bytes;
	}
	if (rowCount < expected) {
		throw wrongRowCount(statementId, rowCount, expected);
	}
}

function* inPieces(pieces: Iterable<readonly Row[]>): Generator<CsvPiece> {
	for (const rows of pieces) yield csvOf(rows);
}
