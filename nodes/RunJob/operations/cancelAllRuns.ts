import { cancelAllRuns } from '../../databricks/jobs/jobRuns';
import { jobField, jobIdOf } from '../../n8n/jobLocator';
import type { Operation } from '../operation';

export const cancelAllRunsOperation: Operation = {
	value: 'cancelAllRuns',
	name: 'Cancel All Runs',
	action: 'Cancel all runs of job',
	description: 'Cancel all runs of a job; they end a little later',
	fields: [
		jobField,
		{
			displayName: 'Queued Runs Only',
			name: 'queuedOnly',
			type: 'boolean',
			default: false,
			description: 'Whether to leave the runs alone that have begun',
		},
	],
	start: async ({ workspace, parameters }) => {
		const jobId = await jobIdOf(workspace, parameters.locator('job', 'Job'));
		await cancelAllRuns(workspace, jobId, { queuedOnly: parameters.flag('queuedOnly') });
		return async () => [{ job_id: jobId, cancelled: true }];
	},
};
