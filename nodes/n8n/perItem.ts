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
 * For work that is started and then waited for: the items start in order, because later ones may rely
 * on earlier ones, and are waited for together. Each result keeps its pairing. When an item cannot start and the node is not set to go on, no further one is
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
