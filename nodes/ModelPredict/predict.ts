import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { writeJson } from '../databricks/ids';
import type { Invocation, TimedInvocation } from '../databricks/serving/serving';
import { itemsOf, parametersOf, settled } from '../n8n/perItem';
import { answerItem, type ItemAnswer } from './answerOptions';
import { type Asked, findBadRecords } from './badRecords';
import { batchesOf, bodyOf, predictionsOf } from './batches';
import { type EndpointAsker, endpointAsker } from './endpointAsker';
import type { ModelOperation, Outcomes } from './operation';
import { inParallel } from '../n8n/parallel';
import { modelInputFields, readItemInput } from './modelInput';
import { type PredictRequest, predictOptions, readPredict } from './predictOptions';
import { checkRecords, type Prepared, type ReadItem } from './records';

/** Asks the model for all items, in as few requests as the limits allow; each item gets its own. */
export const predict: ModelOperation = {
	fields: modelInputFields,
	options: predictOptions,
	async run(context, workspace, outcomes) {
		const request = readPredict(parametersOf(context, 0));
		const items = context.getInputData();
		const read = readItems(context, items, outcomes);
		failFirst(context, outcomes);
		const asker = await endpointAsker(context, workspace, request);
		if (request.isBody) {
			await inParallel(read, request.parallelRequests, async ({ item, record }) => {
				const asked = await settled(asker.ask(writeJson(record), 'always'));
				outcomes.set(
					item,
					asked.ok
						? itemOutcome(request, items, item, wholeAnswer(asked.value))
						: { ok: false, error: asked.error },
				);
				failFirst(context, outcomes);
			});
			return;
		}
		const { prepared, problems } = checkRecords(read, request.format, asker.columns);
		for (const { item, error } of problems) outcomes.set(item, { ok: false, error });
		failFirst(context, outcomes);
		await inParallel(batchesOf(prepared, request), request.parallelRequests, async (batch) => {
			await predictBatch(context, asker, request, batch, items, outcomes);
			failFirst(context, outcomes);
		});
	},
};

/** Reads the input of every item before anything is sent. */
function readItems(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	outcomes: Outcomes,
): ReadItem[] {
	const read: ReadItem[] = [];
	for (const [item, { json }] of items.entries()) {
		try {
			read.push({ item, ...readItemInput(parametersOf(context, item), json) });
		} catch (error) {
			outcomes.set(item, { ok: false, error });
		}
	}
	return read;
}

/**
 * Asks for one batch. A scoring server refuses a batch as a whole and does not say which item it was:
 * the bad ones are searched, all of them when the node goes on, else the first to blame.
 */
async function predictBatch(
	context: IExecuteFunctions,
	asker: EndpointAsker,
	request: PredictRequest,
	batch: readonly Prepared[],
	items: readonly INodeExecutionData[],
	outcomes: Outcomes,
): Promise<void> {
	const first = await ask(asker, request, batch);
	if (!first.ok && batch.length > 1 && first.isRefusal) {
		const found = await findBadRecords(
			batch,
			first.error,
			async (part) => await ask(asker, request, part),
			{ firstOnly: !context.continueOnFail() },
		);
		for (const [{ item }, outcome] of found) {
			outcomes.set(item, outcome.ok ? itemOutcome(request, items, item, outcome.answer) : outcome);
		}
		return;
	}
	for (const [at, { item }] of batch.entries()) {
		const answer = first.ok ? first.answers[at] : undefined;
		if (answer !== undefined) outcomes.set(item, itemOutcome(request, items, item, answer));
		else if (!first.ok) outcomes.set(item, { ok: false, error: first.error });
	}
}

async function ask(
	asker: EndpointAsker,
	request: PredictRequest,
	batch: readonly Prepared[],
): Promise<Asked<ItemAnswer>> {
	const sent = await settled(asker.ask(bodyOf(batch, request.format), 'always'));
	if (!sent.ok) return { ok: false, error: sent.error, isRefusal: isRefusal(sent.error) };
	const { answer, servedModel, latencyMs } = sent.value;
	try {
		const values = predictionsOf(predictionsIn(answer), batch.length);
		return { ok: true, answers: values.map((value) => ({ value, servedModel, latencyMs })) };
	} catch (error) {
		return { ok: false, error, isRefusal: false };
	}
}

/** Only the content of a request can be to blame for these; a lost server would fail halves, too. */
function isRefusal(error: unknown): boolean {
	return error instanceof DatabricksError && [400, 413, 422].includes(error.status ?? 0);
}

function wholeAnswer({ answer, servedModel, latencyMs }: TimedInvocation): ItemAnswer {
	const value = predictionsIn(answer);
	return { value: value === undefined ? answer : value, servedModel, latencyMs };
}

/** Feature serving calls them outputs. `null` is a prediction, too. */
function predictionsIn({ predictions, outputs }: Invocation): unknown {
	return predictions === undefined ? outputs : predictions;
}

function itemOutcome(
	request: PredictRequest,
	items: readonly INodeExecutionData[],
	item: number,
	answer: ItemAnswer,
): { ok: true; value: IDataObject[] } {
	const input = items[item]?.json;
	return { ok: true, value: [answerItem(request, request.endpoint, input, answer)] };
}

/** Without 'Continue' the first item that failed ends the node. */
function failFirst(context: IExecuteFunctions, outcomes: Outcomes): void {
	if (context.continueOnFail()) return;
	for (const [item, outcome] of outcomes) {
		if (!outcome.ok) itemsOf(context, outcome, item);
	}
}
