import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { createDirectory } from '../databricks/files/files';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { errorItem, toNodeError } from '../n8n/nodeError';
import { inParallel } from '../n8n/parallel';
import type { Parameters } from '../n8n/parameters';
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

const mostAtOnce = 64;

/**
 * Does the operation for each item: uploads several at a time, the rest one after the other, because
 * files may build on each other.
 */
export async function runVolumeFile(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = [...context.getInputData().keys()];
	if (items.length === 0) return [[]];
	const first = parametersOf(context, 0);
	const workspace = await connect(context, first.text('authentication'), {
		signal: stopSignal(context),
	});
	const makeFolder = once((folder) => createDirectory(workspace, folder));
	const inOrder = new Map<string, Promise<unknown>>();
	const outputs: INodeExecutionData[][] = [];
	await inParallel(items, atOnce(first), async (item) => {
		const outcome = await settled(one(item));
		if (!outcome.ok && !context.continueOnFail()) {
			throw toNodeError(context.getNode(), outcome.error, item);
		}
		const found = outcome.ok ? outcome.value : [errorItem(context.getNode(), outcome.error, item)];
		outputs[item] = found.map((each) => ({ ...each, pairedItem: { item } }));
	});
	return [outputs.flat()];

	async function one(item: number): Promise<INodeExecutionData[]> {
		const parameters = parametersOf(context, item);
		const operation = operations[parameters.choice('operation', 'Operation', names)];
		const path = readPath(parameters, 'path', 'Path');
		const minutes = parameters.number('options.timeoutMinutes', 'Timeout (Minutes)', 60, 1);
		const work = async (before: Promise<unknown> | undefined) => {
			await before;
			const deadlineMs = workspace.clock.now() + minutes * 60_000;
			const task = { context, item, parameters, workspace, path, deadlineMs, makeFolder };
			return (await operation?.(task)) ?? [];
		};
		const working = work(inOrder.get(path));
		// Of two items with one path, the later one has the last word.
		inOrder.set(path, settled(working));
		return await working;
	}
}

function atOnce(parameters: Parameters): number {
	if (parameters.text('operation') !== 'upload') return 1;
	const most = parameters.number('options.parallelUploads', 'Parallel Uploads', 4, 1);
	return Math.min(Math.floor(most), mostAtOnce);
}

/** Calls for each key only once, unless the call failed. */
function once(call: (key: string) => Promise<void>): (key: string) => Promise<void> {
	const calls = new Map<string, Promise<void>>();
	return async (key) => {
		const called = calls.get(key) ?? call(key);
		calls.set(key, called);
		called.catch(() => calls.delete(key));
		await called;
	};
}
