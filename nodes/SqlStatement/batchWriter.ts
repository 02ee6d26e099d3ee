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
	rows: ReadyRow[];
}

/** JSON of one batch; a request may have 16 MiB. */
const longestBatch = 4 * 1024 * 1024;

/**
 * Puts rows into batches of at most `batchSize`. Rows that give other columns go into other batches,
 * because a column that an item does not give takes its default, which NULL would not be.
 */
export function batchesOf(rows: readonly SourceRow[], batchSize: number): Batch[] {
	const open = new Map<string, Batch & { length: number }>();
	const batches: Batch[] = [];
	for (const { item, columns, leaves } of rows) {
		const text = rowText(leaves);
		const key = columns.map(({ name }) => name).join('\u0000');
		let batch = open.get(key);
		const isFull =
			batch !== undefined &&
			(batch.rows.length >= batchSize || batch.length + text.length > longestBatch);
		if (batch === undefined || isFull) {
			batch = { columns, rows: [], length: 0 };
			open.set(key, batch);
			batches.push(batch);
		}
		batch.rows.push({ item, text });
		batch.length += text.length + 1;
	}
	return batches;
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

	constructor(private readonly options: WriterOptions) {}

	async write(batches: readonly Batch[]): Promise<void> {
		for (const batch of batches) await this.writeOrHalve(batch);
	}

	private async writeOrHalve(batch: Batch): Promise<void> {
		const outcome = await settled(this.writeOnce(batch));
		if (outcome.ok) return;
		const { error } = outcome;
		if (!(error instanceof DatabricksError) || !this.options.isolates || !isOfData(error)) {
			throw this.explained(error, batch);
		}
		const { columns, rows } = batch;
		const [only] = rows;
		if (rows.length === 1 && only !== undefined) {
			this.written.failed.push({ item: only.item, error });
			return;
		}
		const middle = Math.ceil(rows.length / 2);
		await this.writeOrHalve({ columns, rows: rows.slice(0, middle) });
		await this.writeOrHalve({ columns, rows: rows.slice(middle) });
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
			message: `${itemsText(rows)}: ${error.message} ${certain}`,
		});
	}
}

function itemsText(rows: readonly ReadyRow[]): string {
	const first = rows[0]?.item ?? 0;
	const last = rows.at(-1)?.item ?? first;
	return first === last ? `Item ${first}` : `Items ${first} to ${last}`;
}

/**
 * Whether rows are to blame. A statement that Databricks could not even plan (SQLSTATE class 42: no such
 * table, no permission) fails for every row alike, and one that was lost or given up may have been
 * carried out: neither is tried again.
 */
function isOfData(error: DatabricksError): boolean {
	return error.kind === 'failed' && !(error.sqlState ?? '').startsWith('42');
}
