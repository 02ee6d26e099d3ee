import type { IDataObject } from 'n8n-workflow';
import { rowReader, namedColumns } from '../databricks/sql/columnTypes';
import { rows } from '../databricks/sql/statementRows';
import type { Statement } from '../databricks/sql/statementState';
import { onlyReads } from '../databricks/sql/statementText';
import type { Workspace } from '../databricks/workspace';
import type { Run } from './session';

/** What is known about a run beside its rows. */
export function detailsOf({ statement, durationMs }: Run): IDataObject {
	const { manifest } = statement;
	return {
		statement_id: statement.statement_id,
		state: statement.status.state,
		row_count: manifest?.total_row_count ?? 0,
		byte_count: manifest?.total_byte_count ?? null,
		chunk_count: manifest?.total_chunk_count ?? 0,
		truncated: manifest?.truncated ?? false,
		duration_ms: durationMs,
	};
}

/** What Databricks calls the counters of a statement that changed rows; each is a BIGINT. */
const counterNames = new Set([
	'num_affected_rows',
	'num_inserted_rows',
	'num_updated_rows',
	'num_deleted_rows',
	'num_skipped_corrupt_files',
]);

/** The fields that the item of a change may have. */
export const changeFields: ReadonlySet<string> = new Set([
	...counterNames,
	'statement_id',
	'state',
	'rows_affected',
	'duration_ms',
]);

/**
 * Whether a statement changed something: DDL answers no columns, what changes rows one row of
 * counters, and CREATE TABLE AS names counters without a row. Any other result is rows, whatever its
 * columns are called. The text is empty where it is not known.
 */
export function isChange(statementText: string, { manifest }: Statement): boolean {
	const columns = manifest?.schema.columns ?? [];
	if (columns.length === 0) return true;
	return (
		!onlyReads(statementText) &&
		(manifest?.total_row_count ?? 0) <= 1 &&
		columns.some(({ name }) => name === 'num_affected_rows') &&
		columns.every(
			({ name, type_name, type_text }) =>
				counterNames.has(name) && (type_text === 'BIGINT' || type_name === 'LONG'),
		)
	);
}

/** The item of a statement that changes something, with its counters. */
export async function changeItem(workspace: Workspace, run: Run): Promise<IDataObject> {
	const counters = await counterRow(workspace, run);
	return {
		statement_id: run.statement.statement_id,
		state: run.statement.status.state,
		rows_affected: counters.num_affected_rows ?? null,
		...counters,
		duration_ms: run.durationMs,
	};
}

/** `num_affected_rows` and the others that Databricks gives for the kind of statement. */
export async function countersOf(workspace: Workspace, run: Run): Promise<Record<string, number>> {
	const counters = Object.entries(await counterRow(workspace, run)).filter(
		(entry): entry is [string, number] => typeof entry[1] === 'number',
	);
	return Object.fromEntries(counters);
}

/** The one row of counters; without any where Databricks gives none. */
async function counterRow(
	workspace: Workspace,
	{ statement, deadlineMs }: Run,
): Promise<IDataObject> {
	const read = rowReader(namedColumns(statement.manifest?.schema.columns ?? []));
	for await (const piece of rows(workspace, statement, { deadlineMs })) {
		const [row] = piece.rows;
		if (row !== undefined) return read(row);
	}
	return {};
}
