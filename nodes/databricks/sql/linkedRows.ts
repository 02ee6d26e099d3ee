import { type LinkedBytes, linkedBytes } from './linkedBytes';
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
	return { pieces: wholePieces(statementId, link, bytes), discard };
}

async function* wholePieces(
	statementId: string,
	{ chunk_index, row_count }: ExternalLink,
	bytes: LinkedBytes['bytes'],
): AsyncGenerator<readonly Row[], void, undefined> {
	let delivered = 0;
	try {
		for await (const piece of rowPieces(bytes)) {
			delivered += piece.length;
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
