import { parseJson, writeJson } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { latestAttempt, type Run, type TaskRun } from './run';
import { TaskFailure } from './task';

/** What a reference may speak about; other text in double braces is left as it is: documented. */
const scopes = ['backfill', 'input', 'job', 'task', 'tasks', 'workspace'];

/** Names from before these references, which Databricks still knows. */
const olderNames: Readonly<Record<string, readonly string[]>> = {
	job_id: ['job', 'id'],
	parent_run_id: ['job', 'run_id'],
	run_id: ['task', 'run_id'],
	start_date: ['job', 'start_time', 'iso_date'],
	start_time: ['job', 'start_time', 'timestamp_ms'],
	task_key: ['task', 'name'],
};

/**
 * Puts values in the place of `{{…}}`: dynamic value references, by the names of the Databricks
 * documentation. Throws TaskFailure for a reference of a known scope that has no value here: a task
 * would then work with the wrong text.
 */
export function resolveReferences(
	text: string,
	workspace: LocalWorkspace,
	run: Run,
	task?: TaskRun,
): string {
	return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, reference: string) => {
		const path = olderNames[reference] ?? pathOf(reference);
		if (!scopes.includes(path[0] ?? '')) return whole;
		const value = valueOf(path, workspace, run, task);
		if (value !== undefined) return value;
		throw new TaskFailure(`The reference ${whole} has no value in the local workspace.`);
	});
}

/** The names between the dots; one with other characters than letters, digits and _ is in backticks. */
function pathOf(reference: string): string[] {
	const isWellFormed = /^(?:\w+|`[^`]+`)(?:\.(?:\w+|`[^`]+`))*$/.test(reference);
	const names = reference.match(/`[^`]+`|\w+/g) ?? [];
	return (isWellFormed ? names : names.slice(0, 1)).map((name) => name.replaceAll('`', ''));
}

function valueOf(
	[scope, ...path]: readonly string[],
	workspace: LocalWorkspace,
	run: Run,
	task?: TaskRun,
): string | undefined {
	const [name = '', ...more] = path;
	switch (scope) {
		case 'job':
			return jobValue(path, run);
		case 'task':
			return more.length === 0 && task !== undefined ? taskValue(name, task) : undefined;
		case 'tasks':
			return upstreamValue(path, run);
		case 'workspace':
			return { id: workspace.workspaceId, url: workspace.host }[path.join('.')];
		case 'input':
			return inputValue(path, task);
		default:
			return undefined;
	}
}

function jobValue(
	[name = '', part = '', ...more]: readonly string[],
	run: Run,
): string | undefined {
	if (more.length > 0) return undefined;
	if (name === 'parameters') {
		return run.parameters.find((parameter) => parameter.name === part)?.value;
	}
	if (name === 'start_time') return timeValue(part, run.startMs);
	if (name === 'trigger') {
		return part === 'type' && run.trigger === 'RUN_JOB_TASK' ? 'run_job_task' : undefined;
	}
	if (part !== '') return undefined;
	return {
		id: run.jobId,
		name: run.name,
		run_id: run.runId,
		repair_count: String(run.repairs.length - 1),
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
function upstreamValue([key = '', name = '', ...path]: readonly string[], run: Run) {
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

/** The element that an iteration of a for-each task works on, or a member of it. */
function inputValue(path: readonly string[], task?: TaskRun): string | undefined {
	if (task?.iteration === undefined) return undefined;
	let value = parseJson(task.iteration.input);
	for (const key of path) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
		value = Reflect.get(value, key);
	}
	return typeof value === 'string' ? value : writeJson(value);
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
