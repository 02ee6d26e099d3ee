import { DatabricksError } from '../../databricks/errors';
import { listRuns } from '../../databricks/jobs/jobRuns';
import { collect } from '../../databricks/paging';
import { jobField, jobIdOf } from '../../n8n/jobLocator';
import { limitFields, readLimit } from '../../n8n/limitFields';
import type { Parameters } from '../../n8n/parameters';
import { optionsField } from '../fields/resultFields';
import type { Operation } from '../operation';
import { runItem } from '../../n8n/runItem';

export const listRunsOperation: Operation = {
	value: 'listRuns',
	name: 'List Runs',
	action: 'List runs',
	description: 'List runs, the most recently started first',
	fields: [
		{ ...jobField, required: false, description: 'The job whose runs are listed; empty for all' },
		{
			displayName: 'State',
			name: 'stateFilter',
			type: 'options',
			options: [
				{ name: 'Active', value: 'active', description: 'Queued, running or ending' },
				{ name: 'All', value: 'all' },
				{ name: 'Completed', value: 'completed' },
			],
			default: 'all',
			description: 'Which runs to list',
		},
		...limitFields,
		optionsField([
			{
				displayName: 'Run Type',
				name: 'runType',
				type: 'options',
				options: [
					{ name: 'Any', value: '' },
					{ name: 'Job Run', value: 'JOB_RUN' },
					{ name: 'Notebook Workflow', value: 'WORKFLOW_RUN' },
					{ name: 'One-Time Run', value: 'SUBMIT_RUN' },
				],
				default: '',
				description: 'How the runs came to be',
			},
			{
				displayName: 'Started From',
				name: 'startedFrom',
				type: 'dateTime',
				default: '',
				description: 'Only runs that started at this time or later',
			},
			{
				displayName: 'Started Until',
				name: 'startedUntil',
				type: 'dateTime',
				default: '',
				description: 'Only runs that started at this time or before',
			},
		]),
	],
	start: async ({ workspace, parameters }) => {
		const job = parameters.optionalLocator('job');
		const state = parameters.choice('stateFilter', 'State', ['all', 'active', 'completed']);
		const limit = readLimit(parameters);
		const runs = await collect(
			listRuns(workspace, {
				jobId: job === undefined ? undefined : await jobIdOf(workspace, job),
				activeOnly: state === 'active' ? true : undefined,
				completedOnly: state === 'completed' ? true : undefined,
				runType: parameters.optionalText('options.runType'),
				startTimeFrom: timeMs(parameters, 'options.startedFrom', 'Started From'),
				startTimeTo: timeMs(parameters, 'options.startedUntil', 'Started Until'),
			}),
			limit,
		);
		return async () => runs.map((run) => runItem(run));
	},
};

function timeMs(parameters: Parameters, name: string, label: string): number | undefined {
	const text = parameters.optionalText(name);
	if (text === undefined) return undefined;
	const ms = Date.parse(text);
	if (!Number.isNaN(ms)) return ms;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' is '${text}', which is not a time.`,
		hint: `Write '${label}' as in 2026-10-31T18:00:00Z.`,
	});
}
