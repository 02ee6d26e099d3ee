import { getRun, getRunOutput } from '../../databricks/jobs/jobRuns';
import { runField } from '../../n8n/runLocator';
import type { Operation } from '../operation';
import { outputItem, outputsOf } from '../taskOutputs';

export const getOutputOperation: Operation = {
	value: 'getOutput',
	name: 'Get Output',
	action: 'Get output of run',
	description: 'Get what the tasks of a run left behind, or one task by its own run ID',
	fields: [{ ...runField, description: 'A run, or the run of one task' }],
	start: async ({ workspace, parameters }) => {
		const runId = parameters.locator('run', 'Run').value;
		const run = await getRun(workspace, runId);
		if (run.tasks.length === 0) {
			const output = await getRunOutput(workspace, runId);
			const task = {
				task_key: output.metadata?.task_key ?? run.run_name ?? null,
				task_run_id: run.run_id,
				output: outputItem(output),
				error: output.error ?? null,
				error_trace: output.error_trace ?? null,
			};
			return async () => [task];
		}
		return async () => {
			const outputs = await outputsOf(workspace, run.tasks);
			return run.tasks.map((task) => ({
				run_id: run.run_id,
				task_key: task.task_key,
				task_run_id: task.run_id,
				...(outputs.get(task.task_key) ?? { output: null }),
			}));
		};
	},
};
