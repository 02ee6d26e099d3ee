import { DatabricksError } from '../databricks/errors';
import { type BatchStatement, rowText, type TargetColumn } from '../databricks/sql/rowBatches';
import type { Workspace } from '../databricks/workspace';
import { settled } from '../n8n/perItem';
import type { SourceRow } from './rowSource';
import type { RunSettings } from './runSettings';
import { run } from './session';
import { countersOf } from './statementDetails';

/** A row with the JSON that is sent for it. */
interface ReadyRow {
	item: number;
	text: string;
}

/** Rows that one statement writes: they give the same columns. */
export interface Batch {
	columns: readonly TargetColumn[];
	/** The same for all batches of the same columns. */
	shape: string;
	rows: ReadyRow[];
}

/** JSON of one batch; a request may have 16 MiB. */
const longestBatch = 4 * 1024 * 1024;

/**
 * Puts rows into batches of at most `batchSize`. Rows that give other columns go into other batches,
 * because a column that an item does not give takes its default, which NULL would not be. Rows that
 * leave out a NOT NULL column of the table come first: whether it has a default only Databricks knows,
 * and when it refuses them nothing else is written yet.
 */
export function batchesOf(
	rows: readonly SourceRow[],
	batchSize: number,
	tableColumns: readonly TargetColumn[],
): Batch[] {
	const open = new Map<string, Batch & { length: number }>();
	const batches: Batch[] = [];
	for (const { item, columns, leaves } of rows) {
		const text = rowText(leaves);
		const shape = columns.map(({ name }) => name).join('\u0000');
		let batch = open.get(shape);
		const isFull =
			batch !== undefined &&
			(batch.rows.length >= batchSize || batch.length + text.length > longestBatch);
		if (batch === undefined || isFull) {
			batch = { columns, shape, rows: [], length: 0 };
			open.set(shape, batch);
			batches.push(batch);
		}
		batch.rows.push({ item, text });
		batch.length += text.length + 1;
	}
	const doubtful = batches.filter(({ columns }) => leftOutOf(columns, tableColumns).length > 0);
	return [...new Set([...doubtful, ...batches])];
}

/** The NOT NULL columns of a table that rows do not give. */
function leftOutOf(
	columns: readonly TargetColumn[],
	tableColumns: readonly TargetColumn[],
): TargetColumn[] {
	return tableColumns.filter((column) => !column.isNullable && !columns.includes(column));
}

/** What was written, and what was not. */
export interface Written {
	/** Items whose rows are in the table for certain. */
	items: number[];
	failed: { item: number; error: DatabricksError }[];
	statementIds: string[];
	/** Sums of what Databricks counted. */
	counters: Record<string, number>;
}

export interface WriterOptions {
	workspace: Workspace;
	settings: RunSettings;
	warehouseId: string;
	/** Columns of the table. */
	tableColumns: readonly TargetColumn[];
	statementOf(columns: readonly TargetColumn[], texts: readonly string[]): BatchStatement;
	/** Whether a batch that fails is halved until each bad row stands alone. */
	isolates: boolean;
}

/**
 * Writes batches one after the other. A batch that fails names its items and what is in the table for
 * certain; where `isolates` is set, its good rows get in and each bad one has its own error. Throws
 * DatabricksError.
 */
export class BatchWriter {
	readonly written: Written = { items: [], failed: [], statementIds: [], counters: {} };

	/** Why Databricks takes no row of some columns. */
	private readonly refused = new Map<string, DatabricksError>();

	constructor(private readonly options: WriterOptions) {}

	async write(batches: readonly Batch[]): Promise<void> {
		for (const batch of batches) {
			const refusal = this.refused.get(batch.shape);
			if (refusal === undefined) await this.writeOrHalve(batch);
			else this.fail(batch, refusal);
		}
	}

	private async writeOrHalve(batch: Batch): Promise<void> {
		const outcome = await settled(this.writeOnce(batch));
		if (outcome.ok) return;
		const error = this.hinted(outcome.error, batch);
		const blamed = error instanceof DatabricksError ? blameOf(error) : 'all';
		if (!(error instanceof DatabricksError) || !this.options.isolates || blamed === 'all') {
			throw this.explained(error, batch);
		}
		const { rows, ...rest } = batch;
		if (blamed === 'columns') this.refused.set(batch.shape, error);
		if (blamed === 'columns' || rows.length === 1) {
			this.fail(batch, error);
			return;
		}
		const middle = Math.ceil(rows.length / 2);
		await this.writeOrHalve({ ...rest, rows: rows.slice(0, middle) });
		await this.writeOrHalve({ ...rest, rows: rows.slice(middle) });
	}

	private fail({ rows }: Batch, error: DatabricksError): void {
		for (const { item } of rows) this.written.failed.push({ item, error });
	}

	/** The error with what may have caused it, where the rows leave out a NOT NULL column. */
	private hinted(error: unknown, { columns }: Batch): unknown {
		const left = leftOutOf(columns, this.options.tableColumns).map(({ name }) => `"${name}"`);
		if (!(error instanceof DatabricksError) || left.length === 0 || error.hint !== undefined) {
			return error;
		}
		const hint = `Not given, and NOT NULL: ${left.join(', ')}. Fill them in, unless they have a default.`;
		return error.with({ hint });
	}

	private async writeOnce({ columns, rows }: Batch): Promise<void> {
		const { workspace, settings, warehouseId, statementOf } = this.options;
		const request = statementOf(
			columns,
			rows.map(({ text }) => text),
		);
		const ended = await run(workspace, { ...request, warehouseId }, settings);
		const counters = await countersOf(workspace, ended);
		for (const [name, count] of Object.entries(counters)) {
			this.written.counters[name] = (this.written.counters[name] ?? 0) + count;
		}
		this.written.statementIds.push(ended.statement.statement_id);
		for (const { item } of rows) this.written.items.push(item);
	}

	/** The error with the items of its batch, and how much is in the table for certain. */
	private explained(error: unknown, { rows }: Batch): unknown {
		if (!(error instanceof DatabricksError)) return error;
		const count = this.written.items.length;
		const certain = `${count} ${count === 1 ? 'row is' : 'rows are'} in the table for certain.`;
		return error.with({
			message: `${itemsText(rows)}: ${asSentence(error.message)} ${certain}`,
		});
	}
}

function itemsText(rows: readonly ReadyRow[]): string {
	const first = rows[0]?.item ?? 0;
	const last = rows.at(-1)?.item ?? first;
	return first === last ? `Item ${first}` : `Items ${first} to ${last}`;
}

function asSentence(text: string): string {
	return /[.!?]\s*$/.test(text) ? text.trimEnd() : `${text.trimEnd()}.`;
}

/** No permission, no such table or view, no such schema or catalog. */
const ofTheTable: readonly string[] = ['42501', '42P01', '42704'];

/**
 * What an error is about. A statement that Databricks could not even plan (SQLSTATE class 42) fails for
 * every row of its columns alike, or for every row. One that was lost or given up may have been carried
 * out: nothing is tried again.
 */
function blameOf({ kind, sqlState = '' }: DatabricksError): 'rows' | 'columns' | 'all' {
	if (kind !== 'failed' || ofTheTable.includes(sqlState)) return 'all';
	return sqlState.startsWith('42') ? 'columns' : 'rows';
}
