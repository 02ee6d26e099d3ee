import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { invoke } from '../databricks/serving';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { type ItemOutcome, itemsOf, parametersOf, settled } from '../n8n/perItem';
import {
	type Batch,
	batchesOf,
	bodyOf,
	type Prepared,
	predictionsOf,
	problemOf,
	usualColumns,
} from './batches';
import { type ModelPredictRequest, readItemInput, readModelPredict } from './fields';

type Outcomes = Map<number, ItemOutcome<IDataObject[]>>;

/** Asks the model for all items, in as few requests as the limits allow; each item gets its own. */
export async function predictItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const outcomes: Outcomes = new Map();
	const first = await settled(prepare(context));
	if (!first.ok) return [items.flatMap((_, item) => itemsOf(context, first, item))];
	const { workspace, request } = first.value;

	const prepared = readItems(context, items, outcomes);
	if (!context.continueOnFail()) throwFirst(context, outcomes);
	for (const batch of batchesOf(prepared, request)) {
		await predictBatch(context, workspace, request, batch, items, outcomes);
		if (!context.continueOnFail()) throwFirst(context, outcomes);
	}
	return [
		items.flatMap((_, item) => {
			const outcome = outcomes.get(item);
			return outcome === undefined ? [] : itemsOf(context, outcome, item);
		}),
	];
}

async function prepare(context: IExecuteFunctions) {
	const parameters = parametersOf(context, 0);
	const request = readModelPredict(parameters);
	const options = { signal: stopSignal(context) };
	return { request, workspace: await connect(context, parameters.text('authentication'), options) };
}

/** Reads and checks the input of every item before anything is sent. */
function readItems(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	outcomes: Outcomes,
): Prepared[] {
	const read: Prepared[] = [];
	for (const [item, { json }] of items.entries()) {
		try {
			read.push({ item, ...readItemInput(parametersOf(context, item), json) });
		} catch (error) {
			outcomes.set(item, { ok: false, error });
		}
	}
	const columns = usualColumns(read.map(({ record }) => record));
	return read.filter(({ item, record }) => {
		const problem = problemOf(record, columns);
		if (problem !== undefined) outcomes.set(item, { ok: false, error: problem });
		return problem === undefined;
	});
}

/**
 * Asks for one batch. A scoring server refuses a batch as a whole and does not say which item it was,
 * so a refused batch is halved when failing items may be left out.
 */
async function predictBatch(
	context: IExecuteFunctions,
	workspace: Workspace,
	request: ModelPredictRequest,
	batch: Batch,
	items: readonly INodeExecutionData[],
	outcomes: Outcomes,
): Promise<void> {
	const answer = await settled(ask(workspace, request, batch));
	if (!answer.ok && batch.items.length > 1 && context.continueOnFail() && isRefusal(answer.error)) {
		const middle = Math.ceil(batch.items.length / 2);
		for (const half of [batch.items.slice(0, middle), batch.items.slice(middle)]) {
			const part = { ...batch, items: half };
			await predictBatch(context, workspace, request, part, items, outcomes);
		}
		return;
	}
	for (const [index, { item }] of batch.items.entries()) {
		const input = request.keepInput ? items[item]?.json : {};
		outcomes.set(
			item,
			answer.ok
				? { ok: true, value: [{ ...input, [request.outputField]: asValue(answer.value[index]) }] }
				: answer,
		);
	}
}

async function ask(
	workspace: Workspace,
	request: ModelPredictRequest,
	batch: Batch,
): Promise<unknown[]> {
	const { endpoint, format, timeoutMs } = request;
	const answer = await invoke(workspace, endpoint, bodyOf(batch, format), {
		timeoutMs,
		deadlineMs: workspace.clock.now() + timeoutMs,
	});
	const { predictions, outputs } = answer;
	return predictionsOf(predictions === undefined ? outputs : predictions, batch.items.length);
}

/** Only the content of a request can be to blame for these; a lost server would fail halves, too. */
function isRefusal(error: unknown): boolean {
	return error instanceof DatabricksError && [400, 413, 422].includes(error.status ?? 0);
}

function asValue(value: unknown): IDataObject[string] {
	if (value === null || value === undefined) return null;
	if (typeof value === 'object' || typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

function throwFirst(context: IExecuteFunctions, outcomes: Outcomes): void {
	for (const [item, outcome] of [...outcomes].sort(([a], [b]) => a - b)) {
		if (!outcome.ok) itemsOf(context, outcome, item);
	}
}
