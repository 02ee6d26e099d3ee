import { runConditionTask } from './conditionTask';
import { runForEachTask } from './forEachTask';
import { runPipelineTask } from './pipelineTask';
import { runPythonTask } from './pythonTask';
import { runJobTask } from './runJobTask';
import type { TaskKindName } from './settings';
import { runSqlTask } from './sqlTask';
import type { TaskExecutor } from './task';

/** The kinds of tasks that run here; every other kind fails, naming itself, in its own output. */
export const taskKinds: Readonly<Partial<Record<TaskKindName, TaskExecutor>>> = {
	condition_task: runConditionTask,
	for_each_task: runForEachTask,
	pipeline_task: runPipelineTask,
	run_job_task: runJobTask,
	spark_python_task: runPythonTask,
	sql_task: runSqlTask,
};
