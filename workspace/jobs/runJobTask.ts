import { jobsOf } from './jobs';
import { runsOf } from './runs';
import { jobIdOf } from './settings';
import { TaskFailure, type TaskExecutor } from './task';

/** Runs another job and waits for it; a run that is cancelled cancels it, too. */
export const runJobTask: TaskExecutor = async (context) => {
	const { workspace, task, userName, resolve, signal } = context;
	const { run_job_task: settings } = task;
	if (settings === undefined) throw new TaskFailure('run_job_task is missing.');
	const runs = runsOf(workspace);
	const job = jobsOf(workspace).get(jobIdOf(settings));
	const jobParameters = Object.fromEntries(
		Object.entries(settings.job_parameters ?? {}).map(([name, value]) => [name, resolve(value)]),
	);
	const request = { jobParameters, only: [], pipelineParams: {} };
	const child = await runs.runNow(job, request, { userName }, 'RUN_JOB_TASK');
	const cancel = () => runs.cancel(child.runId);
	signal.addEventListener('abort', cancel, { once: true });
	if (signal.aborted) cancel();
	const { result, message } = await runs.whenEnded(child.runId);
	signal.removeEventListener('abort', cancel);
	signal.throwIfAborted();
	const output = { run_job_output: { run_id: BigInt(child.runId) } };
	if (result === 'SUCCESS' || result === 'SUCCESS_WITH_FAILURES') return { output };
	const text = `Run ${child.runId} of job ${job.jobId} is ${result ?? 'unknown'}: ${message}`;
	throw new TaskFailure(text, undefined, output);
};
