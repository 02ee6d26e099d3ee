import { posix } from 'node:path';
import { z } from 'zod';
import { localPythonTasks } from '../serving/localPythonTasks';
import { workspaceFilesOf } from '../workspaceFiles/workspaceFiles';
import { TaskFailure, type TaskExecutor } from './task';

const overridingSchema = z.array(z.string()).optional();

/**
 * There is no Python here: a file that has a counterpart of its own name in this workspace is
 * done by that; any other file fails. The file itself has to have been deployed all the same.
 */
export const runPythonTask: TaskExecutor = async (context) => {
	const { workspace, task, taskRunId, userName, overriding, resolve, signal } = context;
	const { spark_python_task: python } = task;
	if (python === undefined) throw new TaskFailure('spark_python_task is missing.');
	const path = resolve(python.python_file);
	const object = workspaceFilesOf(workspace).get(path);
	if (object.type !== 'FILE') {
		throw new TaskFailure(`${path} is a ${object.type}: spark_python_task needs a plain file.`);
	}
	const execute = localPythonTasks.get(posix.basename(path));
	if (execute === undefined) {
		throw new TaskFailure(
			`The local workspace has no Python and no counterpart of ${posix.basename(path)}. It has those of ${[...localPythonTasks.keys()].join(', ')}.`,
		);
	}
	const { logs } = await execute({
		workspace,
		user: workspace.principalNamed(userName),
		parameters: (overridingSchema.parse(overriding.python_params) ?? python.parameters ?? []).map(
			resolve,
		),
		runId: taskRunId,
		signal,
	});
	return { output: { logs, logs_truncated: false } };
};
