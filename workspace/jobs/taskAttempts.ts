import type { LocalWorkspace } from '../localWorkspace';
import { iterationsOf, keptIterations } from './iterations';
import { resolveReferences } from './references';
import type { Run, RunState, TaskRun } from './run';
import { kindOf, type TaskSettings } from './settings';
import { type StartChild, TaskFailure } from './task';
import { taskKinds } from './taskKinds';
import { ignoreAbort, startTimer } from './timer';

/** Text of the state of a failed task: the cause is in its output. */
const failureMessage = 'Workload failed, see run output for details';

/** What the tasks of a run share. */
export interface TaskScope {
	workspace: LocalWorkspace;
	run: Run;
	/** Called after each change of a state. */
	save: () => void;
	startChild: StartChild;
	/** The state of a task that the end of its run ends. */
	endedWithRun: () => RunState;
}

/**
 * Runs a task until it succeeds or its retries are used up. `first` is its first attempt, `again` makes
 * the next ones. Never throws: the last attempt has the state.
 */
export async function runAttempts(
	scope: TaskScope,
	task: TaskSettings,
	{ first, again, signal }: { first: TaskRun; again: () => TaskRun; signal: AbortSignal },
): Promise<TaskRun> {
	const { max_retries: given = 0, min_retry_interval_millis: intervalMs = 0 } = task;
	// A condition does not support retries: documented.
	const maxRetries = task.condition_task === undefined ? given : 0;
	for (let attempt = first; ; ) {
		await runAttempt(scope, task, attempt, signal);
		const retries = attempt.attempt - first.attempt;
		const isFailed =
			attempt.result === 'FAILED' ||
			(attempt.result === 'TIMEDOUT' && task.retry_on_timeout === true);
		const isLast = maxRetries >= 0 && retries >= maxRetries;
		if (!isFailed || signal.aborted || isLast) return attempt;
		attempt = again();
		attempt.lifeCycle = 'WAITING_FOR_RETRY';
		scope.save();
		await scope.workspace.clock.sleep(intervalMs, signal).catch(ignoreAbort);
	}
}

/** Ends an attempt with a state. */
export function endAttempt(scope: TaskScope, attempt: TaskRun, state: RunState): void {
	Object.assign(attempt, state, { endMs: scope.workspace.clock.now() });
	scope.save();
}

async function runAttempt(
	scope: TaskScope,
	task: TaskSettings,
	attempt: TaskRun,
	whole: AbortSignal,
): Promise<void> {
	const { clock, pace, closing } = scope.workspace;
	const timeout = new AbortController();
	const signal = AbortSignal.any([whole, timeout.signal]);
	attempt.lifeCycle = 'PENDING';
	scope.save();
	await clock.sleep(pace.taskStartMs, signal).catch(ignoreAbort);
	if (closing.signal.aborted) return;
	if (signal.aborted) return endAttempt(scope, attempt, scope.endedWithRun());
	attempt.lifeCycle = 'RUNNING';
	attempt.workStartMs = clock.now();
	scope.save();
	const stopTimer = startTimer(clock, task.timeout_seconds, timeout, whole);
	const inner: TaskScope = {
		...scope,
		endedWithRun: () => (whole.aborted ? scope.endedWithRun() : cancelledByTimeout(task)),
	};
	const state = await work(inner, task, attempt, signal).then(
		(): RunState => ({ lifeCycle: 'TERMINATED', result: 'SUCCESS', message: '' }),
		(error: unknown) => {
			if (whole.aborted) return scope.endedWithRun();
			return timeout.signal.aborted ? timedOut(task, attempt) : failure(attempt, error);
		},
	);
	stopTimer();
	if (!closing.signal.aborted) endAttempt(scope, attempt, state);
}

async function work(
	scope: TaskScope,
	task: TaskSettings,
	attempt: TaskRun,
	signal: AbortSignal,
): Promise<void> {
	const { workspace, run, startChild } = scope;
	const kind = kindOf(task);
	const execute = taskKinds[kind];
	if (execute === undefined) {
		throw new TaskFailure(
			`The local workspace cannot run a ${kind}. It runs ${Object.keys(taskKinds).join(', ')}.`,
		);
	}
	const { output, values, outcome } = await execute({
		workspace,
		task,
		runId: run.runId,
		taskRunId: attempt.runId,
		userName: run.runAs,
		pipelineParams: run.pipelineParams,
		overriding: run.overriding,
		resolve: (text) => resolveReferences(text, workspace, run, attempt),
		signal,
		startChild,
		iterate: (nested, inputs) => iterate(scope, attempt, nested, inputs, signal),
	});
	Object.assign(attempt, { output, values, outcome });
}

/** A function for each input that runs its iteration, or gives the one that an earlier try left. */
function iterate(
	scope: TaskScope,
	forEach: TaskRun,
	nested: TaskSettings,
	inputs: readonly string[],
	signal: AbortSignal,
): (() => Promise<TaskRun>)[] {
	const { run, save } = scope;
	const { ids, clock } = scope.workspace;
	const kept = keptIterations(run, forEach);
	const add = (index: number, input: string): TaskRun => {
		const iteration = { forEachRunId: forEach.runId, index, input };
		const before = iterationsOf(run, forEach.runId).findLast(
			(other) => other.iteration?.index === index,
		);
		const added: TaskRun = {
			runId: ids.next(),
			taskKey: nested.task_key,
			attempt: before === undefined ? 0 : before.attempt + 1,
			lifeCycle: 'BLOCKED',
			message: '',
			startMs: clock.now(),
			iteration,
		};
		run.iterations.push(added);
		return added;
	};
	const begins = inputs.map((input, index) => {
		const done = kept.get(index);
		if (done?.iteration?.input === input) {
			const iteration = { ...done.iteration, forEachRunId: forEach.runId };
			const same: TaskRun = { ...done, iteration };
			run.iterations.push(same);
			return async () => await Promise.resolve(same);
		}
		const first = add(index, input);
		const again = () => add(index, input);
		return async () => await runAttempts(scope, nested, { first, again, signal });
	});
	save();
	return begins;
}

function timedOut(task: TaskSettings, attempt: TaskRun): RunState {
	const message = timeoutMessage(task);
	attempt.error = message;
	return { lifeCycle: 'TERMINATED', result: 'TIMEDOUT', message };
}

/** The state of iterations that were active when their for-each task timed out. */
function cancelledByTimeout(task: TaskSettings): RunState {
	const message = timeoutMessage(task);
	return { lifeCycle: 'TERMINATED', result: 'CANCELED', message, code: 'CANCELED' };
}

function timeoutMessage(task: TaskSettings): string {
	return `The task took longer than its timeout of ${task.timeout_seconds} seconds.`;
}

function failure(attempt: TaskRun, error: unknown): RunState {
	attempt.error = error instanceof Error ? error.message : String(error);
	if (error instanceof TaskFailure) {
		attempt.errorTrace = error.trace;
		attempt.output = error.output;
	}
	return { lifeCycle: 'TERMINATED', result: 'FAILED', message: failureMessage };
}
