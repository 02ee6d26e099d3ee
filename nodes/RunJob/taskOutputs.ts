import type { IDataObject } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { parseJson } from '../databricks/ids';
import { inGroups } from '../databricks/inGroups';
import { getRunOutput, type RunOutput } from '../databricks/jobs/jobRuns';
import { outcomeOf, type RunTask } from '../databricks/jobs/jobRunState';
import type { Workspace } from '../databricks/workspace';

/** Kinds of tasks that Databricks keeps no output of; asking for it would be refused. */
const kindsWithoutOutput = ['condition_task', 'pipeline_task', 'for_each_task'];

/** The output of a task, or what was said instead. */
export interface TaskOutput {
	output: IDataObject | null;
	error?: string;
	/** Why there is no output, when Databricks did not give it. */
	output_unavailable?: string;
}

/** The outputs of tasks by their keys. One that cannot be had does not lose the others. */
export async function outputsOf(
	workspace: Workspace,
	tasks: readonly RunTask[],
): Promise<Map<string, TaskOutput>> {
	const asked = tasks.filter(
		(task) =>
			!['skipped', 'pending'].includes(outcomeOf(task)) &&
			!kindsWithoutOutput.some((kind) => task[kind] !== undefined),
	);
	const outputs = await inGroups(
		asked,
		async (task): Promise<[string, TaskOutput]> => [
			task.task_key,
			await outputOf(workspace, task.run_id),
		],
	);
	return new Map(outputs);
}

async function outputOf(workspace: Workspace, taskRunId: string): Promise<TaskOutput> {
	return await getRunOutput(workspace, taskRunId).then(
		(output) => ({ output: outputItem(output), error: output.error }),
		async (error: unknown) => {
			const isGivenUp =
				!(error instanceof DatabricksError) || ['aborted', 'timeout'].includes(error.kind);
			if (isGivenUp) return await Promise.reject<TaskOutput>(error);
			return { output: null, output_unavailable: error.message };
		},
	);
}

/** What a task left behind, by the names of the service; null when it left nothing. */
export function outputItem(output: RunOutput): IDataObject | null {
	const { notebook_output: notebook } = output;
	const fields = {
		result: notebook?.result === undefined ? undefined : resultValue(notebook.result),
		result_truncated: notebook?.truncated,
		logs: output.logs,
		logs_truncated: output.logs_truncated,
		info: output.info,
		sql_output: output.sql_output,
		dbt_output: output.dbt_output,
		run_job_output: output.run_job_output,
	};
	const known = Object.entries(fields).filter(([, value]) => value !== undefined);
	return known.length === 0 ? null : Object.fromEntries(known);
}

/** A notebook gives one text back; an object or a list in it is read. */
function resultValue(text: string): string | object {
	if (!/^\s*[[{]/.test(text)) return text;
	try {
		const value = parseJson(text);
		return typeof value === 'object' && value !== null ? value : text;
	} catch {
		return text;
	}
}
