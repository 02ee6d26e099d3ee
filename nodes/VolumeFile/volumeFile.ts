import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { errorItem, toNodeError } from '../n8n/nodeError';
import { parametersOf, settled } from '../n8n/perItem';
import { createFolder } from './createFolder';
import { deletePath } from './delete';
import { download } from './download';
import { getFile } from './get';
import { list } from './list';
import { move } from './move';
import type { Operation } from './operation';
import { readPath } from './path';
import { upload } from './upload';

const operations: Record<string, Operation> = {
	createFolder,
	delete: deletePath,
	download,
	get: getFile,
	list,
	move,
	upload,
};
const names = ['createFolder', 'delete', 'download', 'get', 'list', 'move', 'upload'] as const;

/** Does the operation for each item, one after the other, because files may build on each other. */
export async function runVolumeFile(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	let connection: Promise<Workspace> | undefined;
	for (const item of context.getInputData().keys()) {
		const parameters = parametersOf(context, item);
		connection ??= connect(context, parameters.text('authentication'), {
			signal: stopSignal(context),
		});
		const outcome = await settled(one(await connection, item));
		if (!outcome.ok && !context.continueOnFail()) {
			throw toNodeError(context.getNode(), outcome.error, item);
		}
		const items = outcome.ok ? outcome.value : [errorItem(context.getNode(), outcome.error, item)];
		for (const found of items) output.push({ ...found, pairedItem: { item } });
	}
	return [output];

	async function one(workspace: Workspace, item: number): Promise<INodeExecutionData[]> {
		const parameters = parametersOf(context, item);
		const operation = operations[parameters.choice('operation', 'Operation', names)];
		const path = readPath(parameters, 'path', 'Path');
		const minutes = parameters.number('options.timeoutMinutes', 'Timeout (Minutes)', 60, 1);
		const deadlineMs = workspace.clock.now() + minutes * 60_000;
		const task = { context, item, parameters, workspace, path, deadlineMs };
		return (await operation?.(task)) ?? [];
	}
}
