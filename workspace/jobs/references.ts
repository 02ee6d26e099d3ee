import type { LocalWorkspace } from '../localWorkspace';
import { latestAttempt, type Run, type TaskRun } from './run';
import { TaskFailure } from './task';

/**
 * Puts values in the place of `{{…}}`: dynamic value references, by the names of the Databricks
 * documentation. Throws TaskFailure for a reference that does not exist here: the service would
 * leave some of them as they are, and a task would then work with the wrong text.
 */
export function resolveReferences(
	text: string,
	workspace: LocalWorkspace,
	run: Run,
	task?: TaskRun,
): string {
	return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, reference: string) => {
		const value = valueOf(reference, workspace, run, task);
		if (value !== undefined) return value;
		throw new TaskFailure(`The reference ${whole} has no value in the local workspace.`);
	});
}

function valueOf(
	reference: string,
	workspace: LocalWorkspace,
	run: Run,
	task?: TaskRun,
): string | undefined {
	const [scope, ...path] = reference.split('.');
	const rest = path.join('.');
	switch (scope) {
		case 'job':
			return jobValue(rest, run);
		case 'task':
			return task && taskValue(rest, task);
		case 'tasks':
			return upstreamValue(path, run);
		case 'workspace':
			return { id: workspace.workspaceId, url: workspace.host }[rest];
		default:
			return undefined;
	}
}

function jobValue(name: string, run: Run): string | undefined {
	if (name.startsWith('parameters.')) {
		const key = name.slice('parameters.'.length);
		return run.parameters.find((parameter) => parameter.name === key)?.value;
	}
	if (name.startsWith('start_time.'))
		return timeValue(name.slice('start_time.'.length), run.startMs);
	return {
		id: run.jobId,
		name: run.name,
		run_id: run.runId,
		repair_count: String(run.repairs.length - 1),
		'trigger.type': run.trigger === 'RUN_JOB_TASK' ? 'run_job_task' : 'manual',
	}[name];
}

function taskValue(name: string, task: TaskRun): string | undefined {
	return {
		name: task.taskKey,
		run_id: task.runId,
		execution_count: String(task.attempt + 1),
	}[name];
}

/** `tasks.<key>.values.<name>`, `tasks.<key>.result_state`, `tasks.<key>.run_id` … */
function upstreamValue([key = '', name = '', ...path]: string[], run: Run): string | undefined {
	const upstream = latestAttempt(run, key);
	if (upstream === undefined) return undefined;
	if (name === 'values') return upstream.values?.[path.join('.')];
	if (path.length > 0) return undefined;
	return {
		result_state: upstream.result?.toLowerCase(),
		run_id: upstream.runId,
		execution_count: String(upstream.attempt + 1),
	}[name];
}

/** Parts of a time, in UTC. */
function timeValue(part: string, ms: number): string | undefined {
	const at = new Date(ms);
	const iso = at.toISOString();
	return {
		iso_date: iso.slice(0, 10),
		iso_datetime: `${iso.slice(0, 19)}Z`,
		year: iso.slice(0, 4),
		month: String(at.getUTCMonth() + 1),
		day: String(at.getUTCDate()),
		hour: String(at.getUTCHours()),
		minute: String(at.getUTCMinutes()),
		second: String(at.getUTCSeconds()),
		timestamp_ms: String(ms),
		iso_weekday: String(at.getUTCDay() || 7),
		is_weekday: String(at.getUTCDay() % 6 !== 0),
	}[part];
}
