import { jobIdOf } from './settings';
import { TaskFailure, type TaskExecutor } from './task';

/** Runs another job and waits for it; a run that is cancelled cancels it, too. */
export const runJobTask: TaskExecutor = async ({ task, resolve, signal, startChild }) => {
	const { run_job_task: settings } = task;
	if (settings === undefined) throw new TaskFailure('run_job_task is missing.');
	const jobId = jobIdOf(settings);
	const jobParameters = Object.fromEntries(
		Object.entries(settings.job_parameters ?? {}).map(([name, value]) => [name, resolve(value)]),
	);
	const child = await startChild(jobId, jobParameters);
	signal.addEventListener('abort', child.cancel, { once: true });
	if (signal.aborted) child.cancel();
	const { result, message } = await child.ended;
	signal.removeEventListener('abort', child.cancel);
	signal.throwIfAborted();
	const output = { run_job_output: { run_id: BigInt(child.runId) } };
	if (result === 'SUCCESS' || result === 'SUCCESS_WITH_FAILURES') return { output };
	const text = `Run ${child.runId} of job ${jobId} is ${result ?? 'unknown'}: ${message}`;
	throw new TaskFailure(text, undefined, output);
};
