import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parametersOf } from '../n8n/perItem';
import { copyFiles } from './copyInto';
import { executeQuery } from './executeQuery';
import { cancelStatements, getStatements } from './statementOperations';
import { insertRows, upsertRows } from './writeRows';

type Operation = (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const operations: Readonly<Record<string, Operation>> = {
	executeQuery,
	copyInto: copyFiles,
	insertRows,
	upsertRows,
	getStatement: getStatements,
	cancelStatement: cancelStatements,
};

/** Runs the chosen operation; it is the same for all items. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const name = parametersOf(context, 0).optionalText('operation') ?? 'executeQuery';
	return await (operations[name] ?? executeQuery)(context);
}
