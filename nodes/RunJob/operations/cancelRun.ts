import { cancelRun, getRun } from '../../databricks/jobs/jobRuns';
import { isTerminal } from '../../databricks/jobs/jobRunState';
import { runField } from '../../n8n/runLocator';
import type { Operation } from '../operation';
import { runItem } from '../../n8n/runItem';

/** Databricks ends a cancelled run within seconds; whoever needs longer uses 'Wait for Run'. */
const endsWithinMs = 120_000;

export const cancelRunOperation: Operation = {
	value: 'cancelRun',
	name: 'Cancel Run',
	action: 'Cancel run',
	description: 'Cancel a run; one that has ended stays as it is',
	fields: [
		runField,
		{
			displayName: 'Wait for Its End',
			name: 'waitForEnd',
			type: 'boolean',
			default: true,
			description: 'Whether to wait up to two minutes until the run has ended',
		},
	],
	start: async ({ workspace, parameters, follower }) => {
		const runId = parameters.locator('run', 'Run').value;
		const waits = parameters.flag('waitForEnd', true);
		const before = await getRun(workspace, runId);
		if (!isTerminal(before)) await cancelRun(workspace, runId);
		const deadlineMs = workspace.clock.now() + endsWithinMs;
		return async () => {
			const run = isTerminal(before)
				? before
				: waits
					? await follower.follow({ runId, deadlineMs })
					: await getRun(workspace, runId);
			return [{ ...runItem(run), cancelled: !isTerminal(before) }];
		};
	},
};
