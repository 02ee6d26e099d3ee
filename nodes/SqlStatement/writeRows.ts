import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { insertStatement, mergeStatement } from '../databricks/sql/rowBatches';
import { errorItem, toNodeError } from '../n8n/nodeError';
import { parametersOf, settled } from '../n8n/perItem';
import { tableOf } from '../n8n/tableLocators';
import { BatchWriter, batchesOf, type WriterOptions, type Written } from './batchWriter';
import { readKeyRules, sortByKey } from './mergeKeys';
import { readRowSource, type RowSource, rowOf, type SourceRow } from './rowSource';
import { readRunSettings } from './runSettings';
import { Session } from './session';
import { targetColumns } from './tableColumns';

interface FailedItem {
	item: number;
	error: unknown;
}

/** 'Insert Rows': all items into the table of the first one, in batches. */
export async function insertRows(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await writing(context, async ({ source, table }) => ({
		sort: (rows) => ({ rows, failed: [], leftOut: [] }),
		statementOf: (columns, texts) => insertStatement(table, columns, texts),
		source,
	}));
}

/** 'Insert or Update Rows': the same, with one MERGE for each batch. */
export async function upsertRows(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await writing(context, async ({ source, table }) => {
		const parameters = parametersOf(context, 0);
		const rules = readKeyRules(parameters, source.matchColumns, source.columns);
		const keys = {
			matchColumns: rules.matchColumns.map(({ name }) => name),
			nullsMatch: rules.nullKeys === 'match',
		};
		return {
			sort: (rows) => sortByKey(rows, rules),
			statementOf: (columns, texts) => mergeStatement(table, columns, keys, texts),
			source: { ...source, keyColumns: new Set(rules.matchColumns) },
		};
	});
}

interface Plan {
	source: RowSource;
	/** Which rows are written, by the rules of the operation. */
	sort(rows: SourceRow[]): { rows: SourceRow[]; failed: FailedItem[]; leftOut: number[] };
	statementOf: WriterOptions['statementOf'];
}

async function writing(
	context: IExecuteFunctions,
	planOf: (target: { source: RowSource; table: [string, string, string] }) => Promise<Plan>,
): Promise<INodeExecutionData[][]> {
	const outcome = await settled(write(context, planOf));
	if (outcome.ok) return [outcome.value];
	const { error } = outcome;
	const item = error instanceof ItemError ? error.item : undefined;
	const cause = error instanceof ItemError ? error.cause : error;
	if (!context.continueOnFail()) throw toNodeError(context.getNode(), cause, item);
	return [context.getInputData().map((_, index) => errorItem(context.getNode(), cause, index))];
}

/** An error of one item, for n8n to point at. */
class ItemError extends Error {
	constructor(
		readonly item: number,
		override readonly cause: unknown,
	) {
		super('An item failed.');
	}
}

async function write(
	context: IExecuteFunctions,
	planOf: (target: { source: RowSource; table: [string, string, string] }) => Promise<Plan>,
): Promise<INodeExecutionData[]> {
	const parameters = parametersOf(context, 0);
	const settings = readRunSettings(parameters);
	const batchSize = parameters.number('options.batchSize', 'Batch Size', 1_000, 1);
	const table = tableOf(parameters);
	const session = new Session(context);
	const workspace = await session.workspace(parameters);
	const startedMs = workspace.clock.now();
	const source = readRowSource(parameters, await targetColumns(workspace, table));
	const plan = await planOf({ source, table });
	const read = readRows(context, plan.source);
	const sorted = plan.sort(read.rows);
	const failed = [...read.failed, ...sorted.failed].sort((a, b) => a.item - b.item);
	const [first] = failed;
	if (first !== undefined && !context.continueOnFail()) {
		// Nothing is sent while an item is known to be bad.
		throw new ItemError(first.item, named(first));
	}
	const writer = new BatchWriter({
		workspace,
		settings,
		warehouseId: await session.warehouseId(parameters, settings),
		tableColumns: source.columns,
		statementOf: plan.statementOf,
		isolates: context.continueOnFail(),
	});
	const batches = batchesOf(sorted.rows, batchSize, source.columns);
	const ended = await settled(writer.write(batches));
	if (!ended.ok && !context.continueOnFail()) throw ended.error;
	const { written } = writer;
	const failures: FailedItem[] = [
		...failed,
		...written.failed,
		...(ended.ok ? [] : unwritten(sorted.rows, written, ended.error)),
	];
	const summary = summaryOf(written, {
		rows_failed: failures.length,
		items_left_out: sorted.leftOut.length,
		duration_ms: workspace.clock.now() - startedMs,
	});
	const errors = failures
		.sort((a, b) => a.item - b.item)
		.map(({ item, error }) => errorItem(context.getNode(), error, item));
	// What the summary counts beside the errors, which are paired themselves.
	const counted = [...written.items, ...sorted.leftOut];
	const pairedItem = counted.map((item) => ({ item }));
	return counted.length === 0 && errors.length > 0
		? errors
		: [{ json: summary, pairedItem }, ...errors];
}

function readRows(
	context: IExecuteFunctions,
	source: RowSource,
): { rows: SourceRow[]; failed: FailedItem[] } {
	const rows: SourceRow[] = [];
	const failed: FailedItem[] = [];
	for (const item of context.getInputData().keys()) {
		try {
			rows.push(rowOf(context, source, item));
		} catch (error) {
			failed.push({ item, error });
		}
	}
	return { rows, failed };
}

/** The items that a batch which ended everything left behind. */
function unwritten(rows: readonly SourceRow[], written: Written, error: unknown): FailedItem[] {
	const done = new Set([...written.items, ...written.failed.map(({ item }) => item)]);
	return rows.filter(({ item }) => !done.has(item)).map(({ item }) => ({ item, error }));
}

function named({ item, error }: FailedItem): unknown {
	if (!(error instanceof DatabricksError)) return error;
	return error.with({ message: `Item ${item}: ${error.message} Nothing was written.` });
}

function summaryOf({ items, statementIds, counters }: Written, more: IDataObject): IDataObject {
	return {
		rows_written: items.length,
		...counters,
		statement_count: statementIds.length,
		statement_ids: statementIds,
		...more,
	};
}
