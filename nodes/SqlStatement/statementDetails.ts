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

/** DDL answers no columns, what changes rows one row of counters; both get one item of their own. */
export function isChange(statementText: string, statement: Statement): boolean {
	const columns = statement.manifest?.schema.columns ?? [];
	const hasCounters = columns.every(({ name }) => /^num_\w+$/.test(name));
	return columns.length === 0 || (hasCounters && !onlyReads(statementText));
}

/** The item of a statement that changes something: its counters as numbers. */
export async function changeItem(workspace: Workspace, run: Run): Promise<IDataObject> {
	const counters = await countersOf(workspace, run);
	return {
		statement_id: run.statement.statement_id,
		state: run.statement.status.state,
		rows_affected: counters.num_affected_rows ?? null,
		...counters,
		duration_ms: run.durationMs,
	};
}

/** `num_affected_rows` and the others that Databricks gives for the kind of statement. */
export async function countersOf(
	workspace: Workspace,
	{ statement, deadlineMs }: Run,
): Promise<Record<string, number>> {
	const read = rowReader(namedColumns(statement.manifest?.schema.columns ?? []));
	for await (const piece of rows(workspace, statement, { deadlineMs })) {
		const [row] = piece.rows;
		if (row === undefined) continue;
		const counters = Object.entries(read(row)).filter(
			(entry): entry is [string, number] => typeof entry[1] === 'number',
		);
		return Object.fromEntries(counters);
	}
	return {};
}
