import { DatabricksError } from '../databricks/errors';
import { writeJson } from '../databricks/ids';
import type { RequestFormat } from './predictOptions';
import type { Prepared, SharedPart } from './records';

/** Room for the names around the records of a body. */
const envelopeBytes = 200;

/** Packs items into requests, in order; items that cannot share a request never do. */
export function batchesOf(
	prepared: readonly Prepared[],
	limits: { batchRecords: number; batchBytes: number },
): Prepared[][] {
	const batches: Prepared[][] = [];
	const open = new Map<SharedPart, { batch: Prepared[]; bytes: number }>();
	for (const one of prepared) {
		const size = Buffer.byteLength(one.text) + 1;
		const current = open.get(one.shared);
		const fits =
			current !== undefined &&
			current.batch.length < limits.batchRecords &&
			current.bytes + size <= limits.batchBytes;
		if (fits) {
			current.batch.push(one);
			current.bytes += size;
			continue;
		}
		const batch = [one];
		batches.push(batch);
		const shared = Buffer.byteLength(writeJson(one.shared));
		open.set(one.shared, { batch, bytes: size + shared + envelopeBytes });
	}
	return batches;
}

/** The body of a request, as JSON. */
export function bodyOf(batch: readonly Prepared[], format: RequestFormat): string {
	const [first] = batch;
	const records = `[${batch.map(({ text }) => text).join(',')}]`;
	const params =
		first?.shared.params === undefined ? '' : `,"params":${writeJson(first.shared.params)}`;
	if (format !== 'dataframe_split') return `{"${format}":${records}${params}}`;
	const columns = writeJson(first?.shared.columns ?? []);
	return `{"dataframe_split":{"columns":${columns},"data":${records}}${params}}`;
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
				? "For chats, completions and embeddings choose another 'Operation'."
				: "Turn on 'One Item per Request' to ask the model for one item at a time.",
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
