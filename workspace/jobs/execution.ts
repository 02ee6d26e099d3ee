import type { LocalWorkspace } from '../localWorkspace';
import { notRunBecause, outcomeOf } from './dependencies';
import { latestAttempt, type Run, type RunState, type TaskRun } from './run';
import type { TaskSettings } from './settings';
import type { StartChild } from './task';
import { endAttempt, runAttempts, type TaskScope } from './taskAttempts';
import { ignoreAbort, startTimer } from './timer';

/** What an execution asks of those who keep the runs. */
export interface RunKeeper {
	/** Called after each change of a state. */
	save: () => void;
	startChild: StartChild;
}

/** Runs the tasks of a run, or of a repair of it, each as soon as what it depends on has ended. */
export class RunExecution {
	readonly ended: Promise<void>;
	private readonly cancelling = new AbortController();
	private readonly timingOut = new AbortController();
	private readonly signal: AbortSignal;
	private readonly scope: TaskScope;
	private readonly taskEnds = new Map<string, Promise<void>>();

	constructor(
		private readonly workspace: LocalWorkspace,
		private readonly run: Run,
		private readonly taskKeys: readonly string[],
		keeper: RunKeeper,
	) {
		const { closing } = workspace;
		this.signal = AbortSignal.any([this.cancelling.signal, this.timingOut.signal, closing.signal]);
		this.scope = { workspace, run, ...keeper, endedWithRun: () => this.cancelledState() };
		for (const key of taskKeys) this.addAttempt(key);
		this.ended = this.execute();
	}

	/** Asks the run to end: it is TERMINATING until its tasks have. */
	cancel(): void {
		this.run.lifeCycle = 'TERMINATING';
		for (const task of [...this.run.tasks, ...this.run.iterations]) {
			if (task.lifeCycle === 'RUNNING') task.lifeCycle = 'TERMINATING';
		}
		this.scope.save();
		this.cancelling.abort();
	}

	private async execute(): Promise<void> {
		const { clock, pace } = this.workspace;
		const { run, signal } = this;
		const { timeout_seconds: seconds } = run.settings;
		const stopTimer = startTimer(clock, seconds, this.timingOut, signal);
		await clock.sleep(pace.runQueueMs, signal).catch(ignoreAbort);
		if (!signal.aborted) {
			run.lifeCycle = 'RUNNING';
			this.scope.save();
		}
		await Promise.all(this.taskKeys.map((key) => this.taskEnd(key)));
		stopTimer();
		if (this.isClosing) return;
		if (signal.aborted) await clock.sleep(pace.runTerminateMs).catch(ignoreAbort);
		if (this.isClosing) return;
		const endMs = clock.now();
		Object.assign(run, this.finalState(), { endMs });
		const repair = run.repairs.at(-1);
		if (repair !== undefined) Object.assign(repair, this.finalState(), { endMs });
		this.scope.save();
	}

	/** A workspace that closes leaves its runs as they are: the next one finds them interrupted. */
	private get isClosing(): boolean {
		return this.workspace.closing.signal.aborted;
	}

	/** Whether its timeout ended the run; a Stop that came first did otherwise. */
	private get isTimedOut(): boolean {
		const { signal } = this.timingOut;
		return signal.aborted && this.signal.reason === signal.reason;
	}

	/** The state of what the end of the run ended: by a user, or by the platform for its timeout. */
	private cancelledState(): RunState {
		const state = { lifeCycle: 'TERMINATED', result: 'CANCELED' } as const;
		return this.isTimedOut
			? { ...state, message: this.timeoutMessage, code: 'CANCELED' }
			: { ...state, message: 'Run cancelled.' };
	}

	private get timeoutMessage(): string {
		return `The run took longer than its timeout of ${this.run.settings.timeout_seconds} seconds.`;
	}

	private finalState(): RunState {
		if (this.isTimedOut) {
			return { lifeCycle: 'TERMINATED', result: 'TIMEDOUT', message: this.timeoutMessage };
		}
		if (this.cancelling.signal.aborted) return this.cancelledState();
		const tasks = this.run.taskKeys.map((key) => this.settingsOf(key));
		const last = new Map<string, TaskRun>();
		for (const task of this.run.tasks) last.set(task.taskKey, task);
		const { firstFailed, leafFailed } = outcomeOf(tasks, last);
		const result = firstFailed === undefined ? 'SUCCESS' : 'SUCCESS_WITH_FAILURES';
		if (firstFailed === undefined || !leafFailed) {
			return { lifeCycle: 'TERMINATED', result, message: '' };
		}
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
		const { run, scope, signal } = this;
		const key = task.task_key;
		const upstream = (task.depends_on ?? []).map((on) => on.task_key);
		await Promise.all(upstream.map((other) => this.taskEnd(other)));
		const first = latestAttempt(run, key);
		if (first === undefined || this.isClosing) return;
		const results = new Map<string, TaskRun>();
		for (const other of upstream) {
			const result = latestAttempt(run, other);
			if (result !== undefined) results.set(other, result);
		}
		const notRun =
			task.disabled === true
				? ({ lifeCycle: 'SKIPPED', result: 'DISABLED', message: 'The task is disabled.' } as const)
				: notRunBecause(task, results);
		if (signal.aborted) endAttempt(scope, first, this.cancelledState());
		else if (notRun !== undefined) endAttempt(scope, first, notRun);
		else await runAttempts(scope, task, { first, again: () => this.addAttempt(key), signal });
	}

	private addAttempt(taskKey: string): TaskRun {
		const { ids, clock } = this.workspace;
		const isBlocked = (this.settingsOf(taskKey).depends_on ?? []).length > 0;
		const previous = latestAttempt(this.run, taskKey);
		const task: TaskRun = {
			runId: ids.next(),
			taskKey,
			attempt: previous === undefined ? 0 : previous.attempt + 1,
			lifeCycle: isBlocked ? 'BLOCKED' : 'PENDING',
			message: '',
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
}
