import { namedColumns, rowReader } from '../sql/columnTypes';
import { quoteTableName } from '../sql/quoting';
import { rows } from '../sql/statementRows';
import { runStatement, type StatementParameter } from '../sql/statements';
import type { Workspace } from '../workspace';

/** A table, and how it is read. */
export interface DeltaSource {
	workspace: Workspace;
	warehouseId: string;
	/** Catalog, schema and name. */
	table: readonly [string, string, string];
	/** Epoch ms. */
	deadlineMs: number;
	decimalsAsNumbers: boolean;
}

export type Row = Record<string, unknown>;

/** The name as messages and remembered states write it. */
export function nameOf({ table }: Pick<DeltaSource, 'table'>): string {
	return table.join('.');
}

/** The name as SQL writes it. */
export function quotedName({ table }: Pick<DeltaSource, 'table'>): string {
	return quoteTableName(table);
}

/** Values for the markers of a statement: texts as STRING, numbers as BIGINT. */
export function bound(values: Readonly<Record<string, string | number>>): StatementParameter[] {
	return Object.entries(values).map(([name, value]) => ({
		name,
		value: String(value),
		...(typeof value === 'number' ? { type: 'BIGINT' } : {}),
	}));
}

/**
 * The typed rows of one statement, read chunk by chunk. A statement that writes is not sent twice.
 * Throws DatabricksError.
 */
export async function* query(
	source: Omit<DeltaSource, 'table'>,
	statement: string,
	parameters?: readonly StatementParameter[],
): AsyncGenerator<Row, void, undefined> {
	const { workspace, warehouseId, deadlineMs, decimalsAsNumbers } = source;
	const request = { warehouseId, statement, parameters };
	const ended = await runStatement(workspace, request, { deadlineMs });
	const columns = namedColumns(ended.manifest?.schema.columns ?? []);
	const read = rowReader(columns, { decimalsAsNumbers });
	for await (const piece of rows(workspace, ended, { deadlineMs })) {
		for (const row of piece.rows) yield read(row);
	}
}

/** The first row of a statement, or undefined when it gives none. */
export async function firstRow(
	source: Omit<DeltaSource, 'table'>,
	statement: string,
	parameters?: readonly StatementParameter[],
): Promise<Row | undefined> {
	for await (const row of query(source, statement, parameters)) return row;
	return undefined;
}
