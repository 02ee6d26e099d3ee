import type { Consumer, Consumers } from '../databricks/delta/consumers';
import type { DeltaSource } from '../databricks/delta/deltaSource';
import { DatabricksError } from '../databricks/errors';
import type { Locator, Parameters } from '../n8n/parameters';

/** What every operation needs. */
export interface CheckpointRequest {
	warehouse: Locator;
	consumer: string;
	checkpointTable: [string, string, string];
	timeoutMs: number;
}

/** What an operation works with. */
export interface Checkpoint {
	consumers: Consumers;
	/** The checkpoint table, and how it is reached. */
	source: DeltaSource;
	request: CheckpointRequest;
	parameters: Parameters;
}

/** The consumer as it is now. Throws DatabricksError (notFound) when it has no place yet. */
export async function known({ consumers, request }: Checkpoint): Promise<Consumer> {
	const consumer = await consumers.read();
	if (consumer !== undefined) return consumer;
	throw new DatabricksError({
		kind: 'notFound',
		message: `There is no consumer "${request.consumer}" in ${request.checkpointTable.join('.')}.`,
		hint: "Check 'Consumer' and 'Checkpoint Table'; a Databricks Delta Trigger makes the consumer at its first poll.",
	});
}
