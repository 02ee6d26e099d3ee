import { schemaMessage } from './arrowSchema';
import { ArrowError, arrowParts, endOfStream } from './arrowStream';
import { linkedBytes } from './linkedBytes';
import { chunkPieces, type ChunksOptions } from './resultChunks';
import { incompleteResult, wrongRowCount } from './resultErrors';
import type { Statement } from './statementState';
import type { Workspace } from '../workspace';

/**
 * The result of a statement in the format ARROW_STREAM as one Arrow IPC stream, as it comes. Each
 * chunk is a stream of its own: their schemas must be the same, and only the first one stays. For a
 * result without rows there is no chunk, and the schema is made from the manifest. Throws
 * DatabricksError; also when rows are missing.
 */
export async function* arrowBytes(
	workspace: Workspace,
	statement: Statement,
	options: ChunksOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
	const { statement_id: statementId, manifest } = statement;
	const expected = manifest?.total_row_count ?? 0;
	const schema: { bytes?: Buffer } = {};
	let rowCount = 0;
	const chunks = chunkPieces(workspace, statement, options, ({ link, chunkIndex }) => {
		if (link === undefined) throw incompleteResult(statementId, `chunk ${chunkIndex} has no link`);
		const { bytes, discard } = linkedBytes(workspace, statementId, link, options.deadlineMs);
		return { pieces: parts(statementId, chunkIndex, arrowParts(bytes, schema)), discard };
	});
	for await (const { piece } of chunks) {
		rowCount += piece.rowCount;
		yield piece.bytes;
	}
	if (rowCount !== expected) {
		throw wrongRowCount(statementId, rowCount, expected);
	}
	if (schema.bytes === undefined) yield schemaMessage(manifest?.schema.columns ?? []);
	yield endOfStream;
}

async function* parts(
	statementId: string,
	chunkIndex: number,
	source: ReturnType<typeof arrowParts>,
): ReturnType<typeof arrowParts> {
	try {
		yield* source;
	} catch (error) {
		if (!(error instanceof ArrowError)) throw error;
		throw incompleteResult(statementId, `chunk ${chunkIndex} is wrong: ${error.message}`);
	}
}
