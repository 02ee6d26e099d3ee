import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { errorItem, toNodeError } from '../n8n/nodeError';

/**
 * Runs `work` for each input item, one after the other, or once for all of them; what it makes may
 * hold files. A failing item ends the node, or becomes an item with the fields of the error when the
 * node is set to go on.
 */
export async function eachItem(
	context: IExecuteFunctions,
	isOnce: boolean,
	work: (item: number) => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData().map((_, item) => item);
	let output: INodeExecutionData[] = [];
	for (const item of isOnce ? [0] : inputs) {
		const pairedItem = isOnce ? inputs.map((input) => ({ item: input })) : { item };
		try {
			const made = await work(item);
			// Items are completed in place: a copy of a million of them would be as large again.
			for (const one of made) one.pairedItem = pairedItem;
			if (output.length === 0) output = made;
			else for (const one of made) output.push(one);
		} catch (error) {
			if (!context.continueOnFail()) throw toNodeError(context.getNode(), error, item);
			output.push({ ...errorItem(context.getNode(), error, item), pairedItem });
		}
	}
	return [output];
}
