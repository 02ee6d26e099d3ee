import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { Consumers } from '../databricks/delta/consumers';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import type { Parameters } from '../n8n/parameters';
import { itemsOf, type ItemOutcome, parametersOf, settled } from '../n8n/perItem';
import { warehouseIdOf } from '../n8n/warehouseLocator';
import { acknowledge, leaseOf } from './acknowledge';
import { type Checkpoint, known } from './checkpoint';
import { readCheckpoint } from './fields';
import { placeItem } from './placeItem';
import { reset } from './reset';

const operations = {
	acknowledge,
	get: async (checkpoint: Checkpoint) => placeItem(await known(checkpoint)),
	reset,
};
const names = ['acknowledge', 'get', 'reset'] as const;

/**
 * Does the operation for each item; the items of one lease, or of one consumer, share it: the
 * changes of a poll are many items, and are acknowledged once.
 */
export async function runDeltaCheckpoint(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	const done = new Map<string, Promise<ItemOutcome<IDataObject[]>>>();
	let connection: Promise<Workspace> | undefined;
	for (const item of context.getInputData().keys()) {
		const parameters = parametersOf(context, item);
		connection ??= connect(context, parameters.text('authentication'), {
			signal: stopSignal(context),
		});
		const workspace = connection;
		const subject = await settled(subjectOf(parameters));
		const key = subject.ok ? subject.value : `item ${item}`;
		const isFirst = !done.has(key);
		const outcome = done.get(key) ?? settled(once(workspace, parameters));
		done.set(key, outcome);
		if (!isFirst) continue;
		for (const result of itemsOf(context, await outcome, item)) output.push(result);
	}
	return [output];
}

/** What items have in common that are dealt with once. */
async function subjectOf(parameters: Parameters): Promise<string> {
	const operation = parameters.choice('operation', 'Operation', names);
	const { consumer, checkpointTable } = readCheckpoint(parameters);
	const subject = operation === 'acknowledge' ? leaseOf(parameters) : '';
	return JSON.stringify([operation, checkpointTable, consumer, subject]);
}

async function once(
	connection: Promise<Workspace>,
	parameters: Parameters,
): Promise<IDataObject[]> {
	const operation = parameters.choice('operation', 'Operation', names);
	const request = readCheckpoint(parameters);
	const workspace = await connection;
	const source = {
		workspace,
		warehouseId: await warehouseIdOf(workspace, request.warehouse),
		table: request.checkpointTable,
		deadlineMs: workspace.clock.now() + request.timeoutMs,
		decimalsAsNumbers: false,
	};
	const consumers = new Consumers(source, request.consumer);
	return [await operations[operation]({ consumers, source, request, parameters })];
}
