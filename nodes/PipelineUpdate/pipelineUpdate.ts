import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { itemsOf, parametersOf, settled } from '../n8n/perItem';
import { operationNames, operations } from './operations';
import { hasSecondOutput } from './qualityGateFields';

/** Does the operation for each item, one after the other: a pipeline runs one update at a time. */
export async function updatePipelines(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let connection: Promise<Workspace> | undefined;
	const outputs: INodeExecutionData[][] = [[], []];
	const tell = (line: string) => {
		if (context.getMode() === 'manual') context.sendMessageToUI(line);
	};
	for (const item of context.getInputData().keys()) {
		const parameters = parametersOf(context, item);
		const work = async () => {
			connection ??= connect(context, parameters.text('authentication'), {
				signal: stopSignal(context),
			});
			const name = parameters.choice('operation', 'Operation', operationNames);
			return await operations[name].run(await connection, parameters, tell);
		};
		const outcome = await settled(work());
		const items = outcome.ok ? { ok: true as const, value: outcome.value.items } : outcome;
		const output = outputs[outcome.ok ? outcome.value.output : 0];
		for (const result of itemsOf(context, items, item)) output?.push(result);
	}
	return outputs.slice(0, hasSecondOutput(parametersOf(context, 0)) ? 2 : 1);
}
