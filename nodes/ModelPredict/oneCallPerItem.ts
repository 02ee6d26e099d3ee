import type { IExecuteFunctions } from 'n8n-workflow';
import { writeJson } from '../databricks/ids';
import type { Invocation } from '../databricks/serving/serving';
import type { Workspace } from '../databricks/workspace';
import { itemsOf, parametersOf, settled } from '../n8n/perItem';
import type { Parameters } from '../n8n/parameters';
import { answerItem, type ItemAnswer, readAnswerOptions } from './answerOptions';
import { endpointAsker } from './endpointAsker';
import type { Outcomes } from './operation';
import { inParallel } from '../n8n/parallel';

/** How an operation asks for one item and reads the answer. */
export interface ItemCall {
	/** Field of the answer when the user names none. */
	outputField: string;
	body: (parameters: Parameters) => Record<string, unknown>;
	/** Throws DatabricksError when the answer has another shape. */
	read: (answer: Invocation) => Pick<ItemAnswer, 'value' | 'about'>;
}

/**
 * One request for each item, some at a time: foundation models answer a conversation, not a batch. A
 * call that may have been carried out is not repeated, because an agent may act.
 */
export async function oneCallPerItem(
	context: IExecuteFunctions,
	workspace: Workspace,
	outcomes: Outcomes,
	call: ItemCall,
): Promise<void> {
	const parameters = parametersOf(context, 0);
	const options = readAnswerOptions(parameters, call.outputField);
	const endpoint = parameters.locator('endpoint', 'Serving Endpoint').value;
	const asker = await endpointAsker(context, workspace, {
		...options,
		endpoint,
		checksColumns: false,
	});
	const items = [...context.getInputData().entries()];
	await inParallel(items, options.parallelRequests, async ([item, { json }]) => {
		const ask = async () => {
			const body = writeJson(call.body(parametersOf(context, item)));
			const { answer, servedModel, latencyMs } = await asker.ask(body, 'refused');
			const read = call.read(answer);
			return [answerItem(options, endpoint, json, { ...read, servedModel, latencyMs })];
		};
		const outcome = await settled(ask());
		outcomes.set(item, outcome);
		if (!outcome.ok && !context.continueOnFail()) itemsOf(context, outcome, item);
	});
}
