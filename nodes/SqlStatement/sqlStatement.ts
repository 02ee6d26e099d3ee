import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parametersOf } from '../n8n/perItem';
import { executeQuery } from './executeQuery';

type Operation = (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const operations: Readonly<Record<string, Operation>> = { executeQuery };

/** Runs the chosen operation; it is the same for all items. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const name = parametersOf(context, 0).optionalText('operation') ?? 'executeQuery';
	return await (operations[name] ?? executeQuery)(context);
}
