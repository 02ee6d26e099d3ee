import type { IExecuteFunctions } from 'n8n-workflow';
import { cancelWhenGivenUp } from '../databricks/waiting';
import type { Workspace } from '../databricks/workspace';

const cancelTimeoutMs = 20_000;

/** The signal of the Stop button and of n8n's own execution timeout. */
export function stopSignal(context: IExecuteFunctions): AbortSignal | undefined {
	return context.getExecutionCancelSignal();
}

/**
 * Runs `work`; when it is given up, by Stop or because its time is over, Databricks is told to cancel
 * it. The call that says so has a signal of its own, because the one of the execution has aborted.
 */
export async function cancelledWithNode<Value>(
	workspace: Workspace,
	work: () => Promise<Value>,
	cancel: (workspace: Workspace) => Promise<void>,
): Promise<Value> {
	return await cancelWhenGivenUp(
		work,
		async () => await cancel(workspace.forSignal(AbortSignal.timeout(cancelTimeoutMs))),
	);
}
