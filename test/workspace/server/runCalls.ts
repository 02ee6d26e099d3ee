import { at, type Call } from './workspaceUnderTest';

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

/** Reads the run again and again, without time passing, until it has ended. */
export async function endOf(call: Call, runId: string): Promise<unknown> {
	for (let reads = 0; reads < 2000; reads++) {
		const run = await getRun(call, runId);
		if (at(run, 'status', 'state') === 'TERMINATED') return run;
		await new Promise((resolve) => setImmediate(resolve));
	}
	throw new Error(`run ${runId} does not end`);
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
