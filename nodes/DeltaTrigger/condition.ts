import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { query, type Row } from '../databricks/delta/deltaSource';
import { DatabricksError } from '../databricks/errors';
import { rowItem } from '../n8n/rowItem';
import type { Comparison, ConditionRequest } from './conditionFields';
import type { Outputs, Poll } from './pollContext';

/** How many rows of a query are handed over. */
const mostRows = 10_000;

/**
 * Names this process. n8n saves what a node remembers only together with items, so that the condition
 * ended is known to this process alone: what another process remembers does not count.
 */
const processId = randomUUID();

const memorySchema = z.object({ query: z.string(), wasMet: z.boolean(), processId: z.string() });

/** Runs the query; the rows when the condition is met (for the first time, as chosen). */
export async function pollCondition(poll: Poll, request: ConditionRequest): Promise<Outputs> {
	const { memory } = poll;
	const found = await answer(poll, request);
	const isMet = meets(found, request);
	const known = memorySchema.safeParse(memory.condition);
	const wasMet =
		known.success &&
		known.data.wasMet &&
		known.data.query === request.query &&
		known.data.processId === processId;
	memory.condition = { query: request.query, wasMet: isMet, processId };
	return isMet && !(request.once && wasMet) ? [found.map(item)] : [];
}

/** For a test of the workflow in the editor: what the query gives now, met or not. */
export async function sampleOfCondition(poll: Poll, request: ConditionRequest): Promise<Outputs> {
	return [(await answer(poll, request)).map(item)];
}

async function answer({ source }: Poll, request: ConditionRequest): Promise<Row[]> {
	const most = request.threshold === undefined ? mostRows : 1;
	const found: Row[] = [];
	// Decimals stay text, so that they are compared exactly.
	const exact = request.threshold === undefined ? source : { ...source, decimalsAsNumbers: false };
	for await (const row of query(exact, request.query)) {
		found.push(row);
		if (found.length === most) break;
	}
	return found;
}

/** Whether rows meet a condition. Throws DatabricksError when the value is not a number. */
export function meets(
	found: readonly Row[],
	{ threshold }: Pick<ConditionRequest, 'threshold'>,
): boolean {
	if (threshold === undefined) return found.length > 0;
	const [value] = Object.values(found[0] ?? {});
	// Nothing to compare: an aggregate over no rows is NULL.
	if (value === undefined || value === null) return false;
	const order = compareDecimals(String(value), threshold.value);
	if (order === undefined) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "The first column of 'Query' is not a number.",
			hint: 'Let the query return one number, e.g. with count(*) or sum(…).',
		});
	}
	return holds(order, threshold.comparison);
}

function holds(order: number, comparison: Comparison): boolean {
	switch (comparison) {
		case 'above':
			return order > 0;
		case 'atLeast':
			return order >= 0;
		case 'below':
			return order < 0;
		case 'atMost':
			return order <= 0;
		case 'equal':
			return order === 0;
		case 'different':
			return order !== 0;
	}
}

/** Compares plain decimal texts of any length exactly; undefined when one is no number. */
function compareDecimals(a: string, b: string): number | undefined {
	const [left, right] = [decimal(a), decimal(b)];
	if (left === undefined || right === undefined) {
		const [x, y] = [Number(a), Number(b)];
		return a.trim() === '' || Number.isNaN(x) || Number.isNaN(y) ? undefined : Math.sign(x - y);
	}
	const places = Math.max(left.places, right.places);
	const difference = scaled(left, places) - scaled(right, places);
	return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

function decimal(text: string): { digits: bigint; places: number } | undefined {
	const [whole, sign = '', integer = '', fraction = ''] =
		/^\s*([+-]?)(\d*)\.?(\d*)\s*$/.exec(text) ?? [];
	if (whole === undefined || integer + fraction === '') return undefined;
	const digits = BigInt(integer + fraction);
	return { digits: sign === '-' ? -digits : digits, places: fraction.length };
}

function scaled({ digits, places }: { digits: bigint; places: number }, to: number): bigint {
	return digits * 10n ** BigInt(to - places);
}

function item(row: Row): IDataObject {
	return rowItem(row);
}
