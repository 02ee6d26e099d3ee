import { DatabricksError } from '../databricks/errors';
import { writeJson } from '../databricks/ids';
import type { ItemInput, RequestFormat } from './fields';

/** An item that is ready to be sent. */
export interface Prepared extends ItemInput {
	/** Index of the input item. */
	item: number;
}

export interface Batch {
	params?: Record<string, unknown>;
	items: Prepared[];
}

/**
 * Why a record cannot be sent, or nothing. A scoring server fills in what one record of a batch lacks
 * and another has, and then answers with a prediction for numbers nobody gave; so every record must
 * have the same columns, each with a value that JSON keeps.
 */
export function problemOf(
	record: Record<string, unknown>,
	columns: readonly string[],
): DatabricksError | undefined {
	const own = columnsOf(record);
	if (own.length === 0) return refused('The model input of the item is empty.');
	const missing = columns.filter((column) => !own.includes(column));
	if (missing.length > 0) {
		return refused(
			`The model input of the item has no ${quoted(missing)}, which other items have.`,
		);
	}
	const extra = own.filter((column) => !columns.includes(column));
	if (extra.length > 0) {
		return refused(
			`The model input of the item has ${quoted(extra)}, which other items do not have.`,
		);
	}
	const broken = own.filter((column) => isLost(record[column]));
	if (broken.length > 0)
		return refused(`The model input of the item has no number in ${quoted(broken)}.`);
	return undefined;
}

/** The columns that most records have, in the order of the first of them. */
export function usualColumns(records: readonly Record<string, unknown>[]): string[] {
	const counts = new Map<string, { count: number; columns: string[] }>();
	for (const record of records) {
		const columns = columnsOf(record);
		const key = JSON.stringify([...columns].sort());
		const known = counts.get(key) ?? { count: 0, columns };
		counts.set(key, { ...known, count: known.count + 1 });
	}
	const [usual] = [...counts.values()].sort((a, b) => b.count - a.count);
	return usual?.columns ?? [];
}

/** JSON leaves undefined values out. */
function columnsOf(record: Record<string, unknown>): string[] {
	return Object.keys(record).filter((column) => record[column] !== undefined);
}

/** Packs items into requests, in order; items whose parameters differ never share one. */
export function batchesOf(
	prepared: readonly Prepared[],
	limits: { batchRecords: number; batchBytes: number },
): Batch[] {
	const batches: Batch[] = [];
	const open = new Map<string, { batch: Batch; bytes: number }>();
	for (const one of prepared) {
		const key = JSON.stringify(one.params ?? null);
		const size = Buffer.byteLength(writeJson(one.record)) + 1;
		const current = open.get(key);
		const fits =
			current !== undefined &&
			current.batch.items.length < limits.batchRecords &&
			current.bytes + size <= limits.batchBytes;
		if (fits) {
			current.batch.items.push(one);
			current.bytes += size;
			continue;
		}
		const batch: Batch = { params: one.params, items: [one] };
		batches.push(batch);
		open.set(key, { batch, bytes: size + key.length });
	}
	return batches;
}

/** The body of a request. */
export function bodyOf(batch: Batch, format: RequestFormat): Record<string, unknown> {
	const records = batch.items.map(({ record }) => record);
	const params = batch.params === undefined ? {} : { params: batch.params };
	if (format !== 'dataframe_split') return { [format]: records, ...params };
	const columns = usualColumns(records);
	const data = records.map((record) => columns.map((column) => record[column] ?? null));
	return { dataframe_split: { columns, data }, ...params };
}

/**
 * One prediction for each of the `count` items of a request, in order. Throws DatabricksError
 * (unexpectedAnswer) when the answer has another number: pairing would be a guess then.
 */
export function predictionsOf(predictions: unknown, count: number): unknown[] {
	const list = Array.isArray(predictions) ? predictions : rowsOfColumns(predictions, count);
	if (list !== undefined && list.length === count) return list;
	// A model that answers one object or number for one item has answered that item.
	if (list === undefined && count === 1 && predictions !== undefined) return [predictions];
	const got = list === undefined ? 'one value for all of them' : `${list.length} predictions`;
	throw new DatabricksError({
		kind: 'unexpectedAnswer',
		message:
			predictions === undefined
				? 'The endpoint answered without predictions.'
				: `The model answered ${count} items with ${got}, so they cannot be paired.`,
		hint:
			predictions === undefined
				? 'This node is for models that predict; chats and embeddings take other requests.'
				: "Set 'Items per Request' to 1 to ask the model for one item at a time.",
	});
}

/** Named outputs come as columns, `{"a": […], "b": […]}`, one list each. */
function rowsOfColumns(predictions: unknown, count: number): unknown[] | undefined {
	if (typeof predictions !== 'object' || predictions === null) return undefined;
	const columns = Object.entries(predictions);
	const areLists = columns.every(([, values]) => Array.isArray(values) && values.length === count);
	if (columns.length === 0 || !areLists) return undefined;
	return Array.from({ length: count }, (_, row) =>
		Object.fromEntries(columns.map(([name, values]) => [name, values[row]])),
	);
}

/** JSON writes NaN and the infinities as null and leaves functions out. */
function isLost(value: unknown): boolean {
	return typeof value === 'number' ? !Number.isFinite(value) : typeof value === 'function';
}

function quoted(columns: readonly string[]): string {
	return columns.map((column) => `"${column}"`).join(', ');
}

function refused(message: string): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message,
		hint: 'Give every item the same input columns; a column that may be missing needs a null in it.',
	});
}
