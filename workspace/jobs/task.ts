import type { LocalWorkspace } from '../localWorkspace';
import type { RunState, TaskRun } from './run';
import type { TaskSettings } from './settings';

/** The run of another job that a task started. */
export interface ChildRun {
	runId: string;
	ended: Promise<RunState>;
	cancel: () => void;
}

/** Starts a run of another job as this run's user. Throws ApiError 400. */
export type StartChild = (
	jobId: string,
	jobParameters: Readonly<Record<string, string>>,
) => Promise<ChildRun>;

/** What a task is given to do its work. */
export interface TaskContext {
	workspace: LocalWorkspace;
	/** The task as the job has it: `task.sql_task`, `task.spark_python_task`, … */
	task: TaskSettings;
	runId: string;
	/** Run id of this attempt of the task. */
	taskRunId: string;
	/** User or application id that the run runs as. */
	userName: string;
	/** Puts values in the place of `{{job.parameters.x}}` and the like. Throws TaskFailure. */
	resolve(text: string): string;
	/** What this run was started with beyond parameters: pipeline_params of run-now. */
	pipelineParams: Readonly<Record<string, unknown>>;
	/** Parameters of the older families that run-now gave: `sql_params`, `python_params` … */
	overriding: Readonly<Record<string, unknown>>;
	/** Aborts when the run is cancelled, the task times out or the workspace closes. */
	signal: AbortSignal;
	startChild: StartChild;
	/**
	 * Makes an iteration for each input, a JSON text; it begins when its function is called and never
	 * fails: its state tells how it ended.
	 */
	iterate(nested: TaskSettings, inputs: readonly string[]): (() => Promise<TaskRun>)[];
}

/** What a task that succeeded leaves behind. */
export interface TaskResult {
	/** Fields of runs/get-output: `logs`, `sql_output`, `run_job_output`, … */
	output?: Record<string, unknown>;
	/** Task values, read by later tasks as `{{tasks.<key>.values.<name>}}`. */
	values?: Record<string, string>;
	/** What a condition_task found. */
	outcome?: 'true' | 'false';
}

/** Does one kind of task. Throws TaskFailure, or any error, when the task fails. */
export type TaskExecutor = (context: TaskContext) => Promise<TaskResult>;

/** A task that failed: `message` becomes `error` of its output, `trace` its `error_trace`. */
export class TaskFailure extends Error {
	constructor(
		message: string,
		readonly trace?: string,
		/** What get-output gives besides the error, for example `logs`. */
		readonly output: Record<string, unknown> = {},
	) {
		super(message);
	}
}
