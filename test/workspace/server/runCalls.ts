import type { LocalWorkspace } from '../../../workspace/localWorkspace';
import { runsOf } from '../../../workspace/jobs/runs';
import { at, type Call } from './workspaceUnderTest';

export interface Opened {
	workspace: LocalWorkspace;
	call: Call;
}

export const jobs = '/api/2.2/jobs';

/** A condition task: succeeds, with the outcome of `1 == right`. */
export const task = (key: string, dependsOn: (string | [string, string])[] = [], more = {}) => ({
	task_key: key,
	condition_task: { op: 'EQUAL_TO', left: '1', right: '1' },
	depends_on: dependsOn.map((on) =>
		typeof on === 'string' ? { task_key: on } : { task_key: on[0], outcome: on[1] },
	),
	...more,
});

/** A task of a kind that the workspace cannot run: fails. */
export const failing = (key: string, dependsOn: string[] = [], more = {}) => ({
	task_key: key,
	notebook_task: { notebook_path: '/Workspace/x' },
	depends_on: dependsOn.map((on) => ({ task_key: on })),
	...more,
});

export async function createJob(call: Call, settings: object): Promise<unknown> {
	return at((await call('POST', `${jobs}/create`, { name: 'job', ...settings })).body, 'job_id');
}

export async function runNow(call: Call, jobId: unknown, more = {}): Promise<string> {
	const { body } = await call('POST', `${jobs}/run-now`, { job_id: jobId, ...more });
	return String(at(body, 'run_id'));
}

export async function getRun(call: Call, runId: string, more = ''): Promise<unknown> {
	return (await call('GET', `${jobs}/runs/get?run_id=${runId}${more}`)).body;
}

/** The run as it is when it has ended, with all its tasks on the first page. */
export async function endOf(opened: Opened, runId: string): Promise<unknown> {
	await runsOf(opened.workspace).whenEnded(runId);
	return await getRun(opened.call, runId);
}

/** `key#attempt LIFE_CYCLE RESULT` of each task. */
export function taskStates(run: unknown): string[] {
	const tasks = at(run, 'tasks');
	if (!Array.isArray(tasks)) return [];
	return tasks.map((each) => {
		const state = ['life_cycle_state', 'result_state'].map((name) => at(each, 'state', name));
		return `${at(each, 'task_key')}#${at(each, 'attempt_number')} ${state.join(' ').trim()}`;
	});
}
