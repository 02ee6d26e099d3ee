import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isGivenUp } from '../databricks/errors';
import { failureOf } from '../databricks/jobFailure';
import { cancelRun, runNow, waitForRun } from '../databricks/jobRuns';
import { isTerminal, type JobRun, outcomeOf } from '../databricks/jobRunState';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { cancelledWithNode, stopSignal } from '../n8n/giveUp';
import { jobIdOf } from '../n8n/jobLocator';
import { parametersOf, startThenFinish } from '../n8n/perItem';
import { readRunJob, type RunJobRequest } from './fields';
import { outputsOf, runItem } from './runItem';
import { type StartedRun, startOnce } from './startOnce';

interface Running {
	workspace: Workspace;
	request: RunJobRequest;
	started: StartedRun;
	deadlineMs: number;
	/** Counts the attempts of this place in the execution; see `attemptsOf`. */
	nextAttempt: () => void;
}

/** Runs one job for each item; the runs are waited for together. */
export async function runJobs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let connection: Promise<Workspace> | undefined;
	return await startThenFinish(
		context,
		async (item) => {
			const parameters = parametersOf(context, item);
			connection ??= connect(context, parameters.text('authentication'), {
				signal: stopSignal(context),
			});
			return await start(context, await connection, readRunJob(parameters), item);
		},
		finish,
	);
}

async function start(
	context: IExecuteFunctions,
	workspace: Workspace,
	request: RunJobRequest,
	item: number,
): Promise<Running> {
	const deadlineMs = request.wait
		? workspace.clock.now() + request.timeoutMs
		: Number.POSITIVE_INFINITY;
	const jobId = await jobIdOf(workspace, request.job);
	const { jobParameters } = request;
	const hasParameters = Object.keys(jobParameters).length > 0;
	const attempts = attemptsOf(context, item);
	const started = await startOnce(
		workspace,
		{
			runs: { jobId },
			send: async (idempotencyToken, answerByMs) =>
				await runNow(workspace, {
					jobId,
					idempotencyToken,
					jobParameters: hasParameters ? jobParameters : undefined,
					deadlineMs: answerByMs,
				}),
			isFailure: (run: JobRun) => isTerminal(run) && !isSuccess(run, request),
			cancelWhenGivenUp: request.cancelWhenGivenUp,
			deadlineMs,
		},
		request.idempotencyKey === undefined
			? {
					parts: ['execution', ...placeOf(context, item)],
					attempt: attempts.current,
					shared: context.getMode() === 'retry',
				}
			: { parts: ['key', request.idempotencyKey], attempt: 1, shared: true },
	);
	return { workspace, request, started, deadlineMs, nextAttempt: attempts.next };
}

async function finish(running: Running): Promise<IDataObject[]> {
	const { workspace, request, started } = running;
	if (!request.wait) return [runItem(started, started.run)];
	const run = await waitFor(running);
	if (!isSuccess(run, request)) {
		running.nextAttempt();
		throw await failureOf(workspace, run);
	}
	const outputs = request.includeTaskOutputs ? await outputsOf(workspace, run) : undefined;
	return [runItem(started, run, outputs)];
}

async function waitFor(running: Running): Promise<JobRun> {
	const { workspace, request, started, deadlineMs } = running;
	const runId = started.run.run_id;
	const wait = async () => await waitForRun(workspace, runId, { deadlineMs });
	if (request.cancelWhenGivenUp && started.start === 'started') {
		return await cancelledWithNode(workspace, wait, async (other) => {
			running.nextAttempt();
			await cancelRun(other, runId);
		});
	}
	const hint =
		started.start !== 'started'
			? 'The run was there before this node started and goes on in Databricks.'
			: 'The run goes on in Databricks.';
	return await wait().catch(
		async (error: unknown) => await Promise.reject(isGivenUp(error) ? error.with({ hint }) : error),
	);
}

function isSuccess(run: JobRun, request: RunJobRequest): boolean {
	const outcome = outcomeOf(run);
	return (
		outcome === 'succeeded' || (outcome === 'succeededWithFailures' && request.acceptPartialSuccess)
	);
}

/**
 * Where in which execution a run is started. The token in the resume URL belongs to one execution and
 * stays the same when n8n runs it again, after a crash or by 'Retry', under a number of its own; an n8n
 * without it has the number only.
 */
function placeOf(context: IExecuteFunctions, item: number): string[] {
	const resumeUrl = String(context.evaluateExpression('{{ $execution.resumeUrl }}', item));
	const [, token] = resumeUrl.split('?');
	return [
		token ?? `${resumeUrl} ${context.getExecutionId()}`,
		String(context.getWorkflow().id),
		context.getNode().id,
		runIndexOf(context, item),
		String(item),
	];
}

/**
 * Which attempt of this place it is. n8n's 'Retry On Fail' runs the node again in the same execution:
 * after a run that is known to have failed the retry starts a new one, in every other case it leads
 * to the run that is there. The count lives in the data of the execution.
 */
function attemptsOf(context: IExecuteFunctions, item: number) {
	const memory = context.getContext('node');
	const key = `attempt ${runIndexOf(context, item)} ${item}`;
	const current = Number(memory[key] ?? 1);
	const next = () => {
		memory[key] = current + 1;
	};
	return { current, next };
}

function runIndexOf(context: IExecuteFunctions, item: number): string {
	return String(context.evaluateExpression('{{ $runIndex }}', item));
}
