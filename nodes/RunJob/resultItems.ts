import type { IDataObject } from 'n8n-workflow';
import type { JobRun } from '../databricks/jobs/jobRunState';
import type { Workspace } from '../databricks/workspace';
import { type Provenance, runItem, taskItem } from '../n8n/runItem';
import type { ResultSettings } from './fields/resultFields';
import { outputsOf } from './taskOutputs';

/** The items of a run with its tasks: one for the run, or one for each task. */
export async function resultItems(
	workspace: Workspace,
	run: JobRun,
	settings: ResultSettings,
	provenance?: Provenance,
): Promise<IDataObject[]> {
	const outputs = settings.includeTaskOutputs ? await outputsOf(workspace, run.tasks) : undefined;
	const tasks = run.tasks.map((task) => ({
		task_key: task.task_key,
		...taskItem(task),
		...(outputs === undefined ? {} : (outputs.get(task.task_key) ?? { output: null })),
	}));
	if (settings.splitTasks) {
		const { run_id, job_id, run_name } = runItem(run);
		return tasks.map(({ run_id: taskRunId, ...task }) => ({
			run_id,
			job_id,
			run_name,
			task_run_id: taskRunId,
			...task,
		}));
	}
	const byKey = Object.fromEntries(tasks.map(({ task_key, ...task }) => [task_key, task]));
	return [{ ...runItem(run, provenance), tasks: byKey }];
}
