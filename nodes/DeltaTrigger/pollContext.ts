import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import type { DeltaSource } from '../databricks/delta/deltaSource';
import { standardRetry } from '../databricks/retry';
import { connect } from '../n8n/authentication';
import type { Parameters } from '../n8n/parameters';
import { warehouseIdOf } from '../n8n/warehouseLocator';
import { type DeltaTriggerRequest } from './fields';

/** n8n's own default where it does not say how long a poll may take. */
const usualBudgetMs = 30_000;

/** Items of each output. */
export type Outputs = IDataObject[][];

/** What a poll works with. */
export interface Poll {
	source: DeltaSource;
	request: DeltaTriggerRequest;
	/** What n8n keeps for the node: saved together with items, and lost with the process otherwise. */
	memory: IDataObject;
}

/** Connects; each attempt leaves time for another within what n8n gives a poll. */
export async function openPoll(
	context: IPollFunctions,
	parameters: Parameters,
	request: DeltaTriggerRequest,
): Promise<Poll> {
	const budgetMs = context.getPollBudgetMs?.() ?? usualBudgetMs;
	const retry = { ...standardRetry, retryForMs: Math.min(standardRetry.retryForMs, budgetMs / 2) };
	const workspace = await connect(context, parameters.text('authentication'), { retry });
	const source = {
		workspace,
		warehouseId: await warehouseIdOf(workspace, request.warehouse),
		table: request.table,
		deadlineMs: workspace.clock.now() + budgetMs,
		decimalsAsNumbers: request.decimalsAsNumbers,
	};
	return { source, request, memory: context.getWorkflowStaticData('node') };
}
