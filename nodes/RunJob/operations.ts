import { DatabricksError } from '../databricks/errors';
import type { Operation } from './operation';
import { cancelAllRunsOperation } from './operations/cancelAllRuns';
import { cancelRunOperation } from './operations/cancelRun';
import { getOutputOperation } from './operations/getOutput';
import { getRunOperation } from './operations/getRun';
import { listRunsOperation } from './operations/listRuns';
import { repairRunOperation } from './operations/repairRun';
import { runOperation } from './operations/run';
import { runOnceOperation } from './operations/runOnce';
import { waitForRunOperation } from './operations/waitForRun';

/** In the order of the list in the editor. */
export const operations: readonly Operation[] = [
	cancelAllRunsOperation,
	cancelRunOperation,
	getOutputOperation,
	getRunOperation,
	listRunsOperation,
	repairRunOperation,
	runOperation,
	runOnceOperation,
	waitForRunOperation,
];

/** Throws DatabricksError (badRequest) when an expression gave a name that is none. */
export function operationNamed(name: string): Operation {
	const operation = operations.find(({ value }) => value === name);
	if (operation !== undefined) return operation;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'Operation' is '${name}', which is not one of its options.`,
		hint: `Options: ${operations.map(({ value }) => value).join(', ')}.`,
	});
}
