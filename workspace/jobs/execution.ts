import type { LocalWorkspace } from '../localWorkspace';
import { notRunBecause, outcomeOf } from './dependencies';
import { resolveReferences } from './references';
import { hasEnded, latestAttempt, type Run, type RunState, type TaskRun } from './run';
import { kindOf, type TaskSettings } from './settings';
import { TaskFailure } from './task';
import { taskKinds } from './taskKinds';

/** Text of the state of a failed task: the cause is in its output. */
const failureMessage = 'Workload failed, see run output for details';

/** Runs the tasks of a run, or of a repair of it, each as soon as what it depends on has ended. */
export class RunExecution {
	readonly ended: Promise<void>;
	private readonly cancelling = new AbortController();
	private readonly timingOut = new AbortController();
	private readonly signal: AbortSignal;
	private readonly taskEnds = new Map<string, Promise<void>>();

	/** `save` is called after each change of a state. */
	constructor(
		private readonly workspace: LocalWorkspace,
		private readonly run: Run,
		private readonly taskKeys: readonly string[],
		private readonly save: () => void,
	) {
		const { closing } = workspace;
		this.signal = AbortSignal.any([this.cancelling.signal, this.timingOut.signal, closing.signal]);
		for (const key of taskKeys) this.addAttempt(key);
		this.ended = this.execute();
	}

	/** Asks the run to end: it is TERMINATING until its tasks have. */
	cancel(): void {
		this.run.lifeCycle = 'TERMINATING';
		for (const task of this.run.tasks) {
			if (task.lifeCycle === 'RUNNING') task.lifeCycle = 'TERMINATING';
		}
		this.save();
		this.cancelling.abort();
	}

	private async execute(): Promise<void> {
		const { clock, pace } = this.workspace;
		const { run } = this;
		const stopTimer = this.startTimer(run.settings.timeout_seconds, this.timingOut);
		await clock.sleep(pace.runQueueMs, this.signal).catch(ignoreAbort);
		if (!this.signal.aborted) {
			run.lifeCycle = 'RUNNING';
			this.save();
		}
		await Promise.all(this.taskKeys.map((key) => this.taskEnd(key)));
		stopTimer();
		if (this.isClosing) return;
		if (this.signal.aborted) await clock.sleep(pace.runTerminateMs).catch(ignoreAbort);
		if (this.isClosing) return;
		const endMs = clock.now();
		Object.assign(run, this.finalState(), { endMs });
		const repair = run.repairs.at(-1);
		if (repair !== undefined) Object.assign(repair, this.finalState(), { endMs });
		this.save();
	}

	/** A workspace that closes leaves its runs as they are: the next one finds them interrupted. */
	private get isClosing(): boolean {
		return this.workspace.closing.signal.aborted;
	}

	private finalState(): RunState {
		if (this.cancelling.signal.aborted) return ended('CANCELED', 'Run cancelled.');
		const { timeout_seconds: seconds } = this.run.settings;
		if (this.timingOut.signal.aborted) {
			return ended('TIMEDOUT', `The run took longer than its timeout of ${seconds} seconds.`);
		}
		const tasks = this.run.taskKeys.map((key) => this.settingsOf(key));
		const last = new Map<string, TaskRun>();
		for (const task of this.run.tasks) last.set(task.taskKey, task);
		const { firstFailed, leafFailed } = outcomeOf(tasks, last);
		if (firstFailed === undefined) return ended('SUCCESS', '');
		if (!leafFailed) return ended('SUCCESS_WITH_FAILURES', '');
		const message = `Task ${firstFailed.taskKey} failed with message: ${firstFailed.message}.`;
		return { lifeCycle: 'INTERNAL_ERROR', result: 'FAILED', message };
	}

	private taskEnd(key: string): Promise<void> {
		if (!this.taskKeys.includes(key)) return Promise.resolve();
		const existing = this.taskEnds.get(key);
		if (existing !== undefined) return existing;
		const end = this.runTask(this.settingsOf(key));
		this.taskEnds.set(key, end);
		return end;
	}

	private async runTask(task: TaskSettings): Promise<void> {
		const key = task.task_key;
		const upstream = (task.depends_on ?? []).map((on) => on.task_key);
		await Promise.all(upstream.map((other) => this.taskEnd(other)));
		const first = latestAttempt(this.run, key);
		if (first === undefined || this.isClosing) return;
		const results = new Map<string, TaskRun>();
		for (const other of upstream) {
			const result = latestAttempt(this.run, other);
			if (result !== undefined) results.set(other, result);
		}
		const notRun =
			task.disabled === true
				? skipped('DISABLED', 'The task is disabled.')
				: notRunBecause(task, results);
		if (this.signal.aborted) this.endTask(first, ended('CANCELED', 'Run cancelled.'));
		else if (notRun !== undefined) this.endTask(first, notRun);
		else await this.runAttempts(task, first);
	}

	private async runAttempts(task: TaskSettings, first: TaskRun): Promise<void> {
		const { max_retries: maxRetries = 0, min_retry_interval_millis: intervalMs = 0 } = task;
		for (let attempt = first; ; ) {
			await this.runAttempt(task, attempt);
			const retries = attempt.attempt - first.attempt;
			const again =
				attempt.result === 'FAILED' ||
				(attempt.result === 'TIMEDOUT' && task.retry_on_timeout === true);
			if (!again || this.signal.aborted || (maxRetries >= 0 && retries >= maxRetries)) return;
			attempt = this.addAttempt(task.task_key, 'WAITING_FOR_RETRY');
			this.save();
			await this.workspace.clock.sleep(intervalMs, this.signal).catch(ignoreAbort);
		}
	}

	private async runAttempt(task: TaskSettings, attempt: TaskRun): Promise<void> {
		const { clock, pace } = this.workspace;
		const timeout = new AbortController();
		const signal = AbortSignal.any([this.signal, timeout.signal]);
		attempt.lifeCycle = 'PENDING';
		this.save();
		await clock.sleep(pace.taskStartMs, signal).catch(ignoreAbort);
		if (this.isClosing) return;
		if (signal.aborted) return this.endTask(attempt, ended('CANCELED', 'Run cancelled.'));
		attempt.lifeCycle = 'RUNNING';
		attempt.workStartMs = clock.now();
		this.save();
		const stopTimer = this.startTimer(task.timeout_seconds, timeout);
		const state = await this.work(task, attempt, signal).then(
			() => ended('SUCCESS', ''),
			(error: unknown) => {
				if (this.signal.aborted) return ended('CANCELED', 'Run cancelled.');
				if (!timeout.signal.aborted) return this.failure(attempt, error);
				const message = `The task took longer than its timeout of ${task.timeout_seconds} seconds.`;
				attempt.error = message;
				return ended('TIMEDOUT', message);
			},
		);
		stopTimer();
		if (!this.isClosing) this.endTask(attempt, state);
	}

	private async work(task: TaskSettings, attempt: TaskRun, signal: AbortSignal): Promise<void> {
		const { workspace, run } = this;
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
		});
		Object.assign(attempt, { output, values, outcome });
	}

	private failure(attempt: TaskRun, error: unknown): RunState {
		attempt.error = error instanceof Error ? error.message : String(error);
		if (error instanceof TaskFailure) {
			attempt.errorTrace = error.trace;
			attempt.output = error.output;
		}
		return ended('FAILED', failureMessage);
	}

	private endTask(task: TaskRun, state: Pick<RunState, 'lifeCycle' | 'result' | 'message'>): void {
		Object.assign(task, state, { endMs: this.workspace.clock.now() });
		this.save();
	}

	private addAttempt(taskKey: string, lifeCycle?: 'WAITING_FOR_RETRY'): TaskRun {
		const { ids, clock } = this.workspace;
		const blocked = (this.settingsOf(taskKey).depends_on ?? []).length > 0;
		const previous = latestAttempt(this.run, taskKey);
		const task: TaskRun = {
			runId: ids.next(),
			taskKey,
			attempt: previous === undefined ? 0 : previous.attempt + 1,
			lifeCycle: lifeCycle ?? (blocked ? 'BLOCKED' : 'PENDING'),
			message: '',
			interrupted: false,
			startMs: clock.now(),
		};
		this.run.tasks.push(task);
		this.run.repairs.at(-1)?.taskRunIds.push(task.runId);
		return task;
	}

	private settingsOf(key: string): TaskSettings {
		const task = this.run.settings.tasks?.find((other) => other.task_key === key);
		if (task === undefined) throw new Error(`Run ${this.run.runId} has no task ${key}.`);
		return task;
	}

	/** Aborts `controller` after the seconds of a timeout; 0 and none mean never. */
	private startTimer(seconds: number | undefined, controller: AbortController): () => void {
		if (seconds === undefined || seconds === 0) return () => undefined;
		const stopping = new AbortController();
		this.workspace.clock
			.sleep(seconds * 1000, AbortSignal.any([stopping.signal, this.signal]))
			.then(() => controller.abort(), ignoreAbort);
		return () => stopping.abort();
	}
}

/** Marks a run that an earlier process left active: nobody will ever end it. */
export function interrupt(run: Run, nowMs: number): void {
	const message = 'The local workspace stopped while this run was active.';
	const state: RunState = {
		lifeCycle: 'INTERNAL_ERROR',
		result: 'FAILED',
		message,
		interrupted: true,
	};
	for (const task of run.tasks) {
		if (hasEnded(task)) continue;
		Object.assign(task, state, { endMs: nowMs, error: message });
	}
	const repair = run.repairs.at(-1);
	if (repair !== undefined) Object.assign(repair, state, { endMs: nowMs });
	Object.assign(run, state, { endMs: nowMs });
}

function ended(result: RunState['result'], message: string): RunState {
	return { lifeCycle: 'TERMINATED', result, message };
}

function skipped(result: RunState['result'], message: string): RunState {
	return { lifeCycle: 'SKIPPED', result, message };
}

/** What was waited for ended early; who asked for that is read from the signals. */
function ignoreAbort(): void {}
