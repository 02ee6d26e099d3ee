import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { itemsOf, parametersOf, settled } from '../n8n/perItem';
import type { Outcomes } from './operation';
import { operationNames, operations } from './operations';

/** Does the operation for all items together; each output item is paired with its input item. */
export async function predictItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const outcomes: Outcomes = new Map();
	const work = async () => {
		const parameters = parametersOf(context, 0);
		const name = parameters.choice('operation', 'Operation', operationNames);
		const signal = stopSignal(context);
		const workspace = await connect(context, parameters.text('authentication'), { signal });
		await operations[name].run(context, workspace, outcomes);
	};
	const all = await settled(work());
	const output: INodeExecutionData[] = [];
	for (const item of items.keys()) {
		const outcome = outcomes.get(item) ?? (all.ok ? undefined : all);
		if (outcome === undefined) continue;
		for (const result of itemsOf(context, outcome, item)) output.push(result);
	}
	if (!all.ok && !context.continueOnFail()) throw all.error;
	return [output];
}
