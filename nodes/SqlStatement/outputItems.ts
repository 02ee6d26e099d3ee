import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import { errorItem, toNodeError } from '../n8n/nodeError';

/** An item before it is paired with what it was made from. */
export interface OutputItem {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/**
 * Runs `work` for each input item, one after the other, or once for all of them; unlike items of
 * `perItem`, its items may hold files. A failing item ends the node, or becomes an item with the fields
 * of the error when the node is set to go on.
 */
export async function eachItem(
	context: IExecuteFunctions,
	isOnce: boolean,
	work: (item: number) => Promise<OutputItem[]>,
): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData().map((_, item) => item);
	const output: INodeExecutionData[] = [];
	for (const item of isOnce ? [0] : inputs) {
		const pairedItem = isOnce ? inputs.map((input) => ({ item: input })) : { item };
		try {
			for (const made of await work(item)) output.push({ ...made, pairedItem });
		} catch (error) {
			if (!context.continueOnFail()) throw toNodeError(context.getNode(), error, item);
			output.push({ ...errorItem(context.getNode(), error, item), pairedItem });
		}
	}
	return [output];
}
