import type { IExecuteFunctions } from 'n8n-workflow';
import type { ModelColumn } from '../databricks/serving/modelColumn';
import { modelColumns, readOrNothing } from '../databricks/serving/modelColumns';
import { getEndpoint, invokeText, type TimedInvocation } from '../databricks/serving/serving';
import { addressOf, workspaceAddress } from '../databricks/serving/servingAddress';
import { noRetry, type Repeat } from '../databricks/retry';
import type { Workspace } from '../databricks/workspace';
import type { AnswerOptions } from './answerOptions';
import { tellWhileWaiting } from './waitingLines';

/** Asks one endpoint, wherever it is, as patiently as the user wants. */
export interface EndpointAsker {
	/** Throws DatabricksError. */
	ask(body: string, repeat: Repeat): Promise<TimedInvocation>;
	/** Of its model, when they can be read. */
	columns?: readonly ModelColumn[];
}

export interface AskerOptions extends AnswerOptions {
	endpoint: string;
	/** Whether the columns of the model are wanted. */
	checksColumns: boolean;
}

/** Looks up where the endpoint is asked. Throws DatabricksError when it must not be asked there. */
export async function endpointAsker(
	context: IExecuteFunctions,
	workspace: Workspace,
	options: AskerOptions,
): Promise<EndpointAsker> {
	const { endpoint: name, timeoutMs, patienceMs } = options;
	// Who may not see the endpoint may still query it.
	const reading = readOrNothing(
		getEndpoint(workspace, name, { timeoutMs: 10_000, retry: noRetry }),
	);
	const [endpoint, columns] = await Promise.all([
		reading,
		options.checksColumns ? modelColumns(workspace, name, reading) : undefined,
	]);
	const address =
		endpoint === undefined ? workspaceAddress(workspace, name) : addressOf(workspace, endpoint);
	let waiting = tellWhileWaiting(context, workspace, name);
	return {
		columns,
		ask: async (body, repeat) => {
			const asked = invokeText(address, body, {
				repeat,
				timeoutMs,
				patienceMs,
				deadlineMs: workspace.clock.now() + patienceMs + timeoutMs,
			});
			const line = waiting?.(asked);
			waiting = undefined;
			await line;
			return await asked;
		},
	};
}
