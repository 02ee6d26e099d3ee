import type { IDataObject } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { parseJson } from '../databricks/ids';
import { getRunOutput, type RunOutput } from '../databricks/jobRuns';
import { type JobRun, resultOf, type RunTask, stateMessageOf } from '../databricks/jobRunState';
import type { Workspace } from '../databricks/workspace';
import type { StartedRun } from './startOnce';

/** How many outputs are fetched at a time. */
const togetherFetched = 4;

/** The item of a run, by the names that Databricks uses; times are ISO 8601. */
export function runItem(started: StartedRun, run: JobRun, outputs?: IDataObject): IDataObject {
	return {
		run_id: run.run_id,
		job_id: run.job_id ?? null,
		run_name: run.run_name ?? null,
		result_state: resultOf(run),
		state_message: stateMessageOf(run) ?? null,
		start: started.start,
		attempt: started.attempt,
		follows_run_id: started.follows ?? null,
		run_page_url: run.run_page_url ?? null,
		...times(run),
		job_parameters: Object.fromEntries(
			(run.job_parameters ?? []).map(({ name, value, default: byDefault }) => [
				name,
				value ?? byDefault ?? null,
			]),
		),
		tasks: run.tasks.map(taskItem),
		...(outputs === undefined ? {} : { outputs }),
	};
}

/** The outputs of all tasks by task key; null for tasks whose kind has none. */
export async function outputsOf(workspace: Workspace, run: JobRun): Promise<IDataObject> {
	const entries: [string, IDataObject | null][] = [];
	for (let first = 0; first < run.tasks.length; first += togetherFetched) {
		const some = run.tasks.slice(first, first + togetherFetched);
		entries.push(
			...(await Promise.all(
				some.map(
					async (task): Promise<[string, IDataObject | null]> => [
						task.task_key,
						await outputOf(workspace, task),
					],
				),
			)),
		);
	}
	return Object.fromEntries(entries);
}

function taskItem(task: RunTask): IDataObject {
	return {
		task_key: task.task_key,
		run_id: task.run_id,
		attempt_number: task.attempt_number,
		result_state: resultOf(task),
		run_page_url: task.run_page_url ?? null,
		...times(task),
	};
}

function times(run: Pick<JobRun, 'start_time' | 'end_time'>): IDataObject {
	const { start_time: start, end_time: end } = run;
	return {
		start_time: start ? new Date(start).toISOString() : null,
		end_time: end ? new Date(end).toISOString() : null,
		duration_seconds: start && end ? (end - start) / 1_000 : null,
	};
}

/**
 * Databricks refuses the question for kinds of tasks without output, such as pipeline tasks. An output
 * that cannot be had for another reason says so in its place; the others are not lost with it.
 */
async function outputOf(workspace: Workspace, task: RunTask): Promise<IDataObject | null> {
	return await getRunOutput(workspace, task.run_id).then(outputItem, async (error: unknown) => {
		if (!(error instanceof DatabricksError) || ['aborted', 'timeout'].includes(error.kind))
			return await Promise.reject(error);
		return [400, 404].includes(error.status ?? 0) ? null : { unavailable: error.message };
	});
}

function outputItem(output: RunOutput): IDataObject | null {
	const { notebook_output: notebook } = output;
	const fields = {
		result: notebook?.result === undefined ? undefined : resultValue(notebook.result),
		result_truncated: notebook?.truncated,
		logs: output.logs,
		logs_truncated: output.logs_truncated,
		info: output.info,
		error: output.error,
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
