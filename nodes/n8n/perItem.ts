import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { errorItem, toNodeError } from './nodeError';
import { Parameters } from './parameters';

/** What one input item became, or why it did not. */
export type ItemOutcome<Value> = { ok: true; value: Value } | { ok: false; error: unknown };

/** The parameters of a node for one of its items. */
export function parametersOf(context: IExecuteFunctions, item: number): Parameters {
	return new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, item, fallback, options),
	);
}

/**
 * Runs `work` for each input item, one after the other, because later items may rely on earlier ones.
 * Each result keeps its pairing. A failing item ends the node, or becomes an item with the fields of
 * the error when the node is set to go on.
 */
export async function perItem(
	context: IExecuteFunctions,
	work: (item: number) => Promise<IDataObject[]>,
): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	for (const item of context.getInputData().keys()) {
		const outcome = await settled(work(item));
		output.push(...itemsOf(context, outcome, item));
	}
	return [output];
}

/**
 * Like `perItem`, for work that is started and then waited for: the items start in order and are
 * waited for together. When an item cannot start and the node is not set to go on, no further one is
 * started; what already runs is waited for, so that nothing is left unwatched.
 */
export async function startThenFinish<Started>(
	context: IExecuteFunctions,
	start: (item: number) => Promise<Started>,
	finish: (started: Started, item: number) => Promise<IDataObject[]>,
): Promise<INodeExecutionData[][]> {
	const running: Promise<ItemOutcome<IDataObject[]>>[] = [];
	for (const item of context.getInputData().keys()) {
		const started = await settled(start(item));
		running.push(started.ok ? settled(finish(started.value, item)) : Promise.resolve(started));
		if (!started.ok && !context.continueOnFail()) break;
	}
	const outcomes = await Promise.all(running);
	return [outcomes.flatMap((outcome, item) => itemsOf(context, outcome, item))];
}

/** A promise as a value: errors are looked at where they are handled, not where they pop up. */
export async function settled<Value>(promise: Promise<Value>): Promise<ItemOutcome<Value>> {
	return await promise.then(
		(value) => ({ ok: true as const, value }),
		(error: unknown) => ({ ok: false as const, error }),
	);
}

/** The output items of one input item. Throws n8n's error unless the node is set to go on. */
export function itemsOf(
	context: IExecuteFunctions,
	outcome: ItemOutcome<IDataObject[]>,
	item: number,
): INodeExecutionData[] {
	if (outcome.ok) return outcome.value.map((json) => ({ json, pairedItem: { item } }));
	if (!context.continueOnFail()) throw toNodeError(context.getNode(), outcome.error, item);
	return [errorItem(context.getNode(), outcome.error, item)];
}
