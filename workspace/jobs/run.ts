import { z } from 'zod';
import type { LocalWorkspace } from '../localWorkspace';
import { jobSettingsSchema } from './settings';

const lifeCycleStates = [
	'BLOCKED',
	'PENDING',
	'QUEUED',
	'RUNNING',
	'TERMINATING',
	'WAITING_FOR_RETRY',
	'TERMINATED',
	'SKIPPED',
	'INTERNAL_ERROR',
] as const;
export type LifeCycleState = (typeof lifeCycleStates)[number];

const resultStates = [
	'SUCCESS',
	'SUCCESS_WITH_FAILURES',
	'FAILED',
	'TIMEDOUT',
	'CANCELED',
	'MAXIMUM_CONCURRENT_RUNS_REACHED',
	'EXCLUDED',
	'UPSTREAM_FAILED',
	'UPSTREAM_CANCELED',
	'DISABLED',
] as const;
export type ResultState = (typeof resultStates)[number];

/** The platform failed, ended it or had no room for it: neither its work nor a user did. */
const terminationCodes = ['INTERNAL_ERROR', 'CANCELED', 'WORKSPACE_RUN_LIMIT_EXCEEDED'] as const;
const queueCodes = ['MAX_CONCURRENT_RUNS_REACHED', 'ACTIVE_RUNS_LIMIT_REACHED'] as const;

const stateShape = {
	lifeCycle: z.enum(lifeCycleStates),
	result: z.enum(resultStates).optional(),
	message: z.string(),
	/** The code of its termination where the result alone does not tell it. */
	code: z.enum(terminationCodes).optional(),
	/** Why it waits in the queue, or did. */
	queueCode: z.enum(queueCodes).optional(),
};
export interface RunState {
	lifeCycle: LifeCycleState;
	result?: ResultState;
	message: string;
	code?: (typeof terminationCodes)[number];
	queueCode?: (typeof queueCodes)[number];
}

const taskRunSchema = z.object({
	...stateShape,
	runId: z.string(),
	taskKey: z.string(),
	attempt: z.number(),
	startMs: z.number(),
	/** When its compute was ready and its work began. */
	workStartMs: z.number().optional(),
	endMs: z.number().optional(),
	output: z.record(z.string(), z.unknown()).optional(),
	error: z.string().optional(),
	errorTrace: z.string().optional(),
	values: z.record(z.string(), z.string()).optional(),
	outcome: z.enum(['true', 'false']).optional(),
	/** Of an iteration: the attempt of the for-each task it is part of, its place and its input. */
	iteration: z
		.object({ forEachRunId: z.string(), index: z.number(), input: z.string() })
		.optional(),
});
/** One attempt of one task, or of one iteration of a for-each task. */
export type TaskRun = z.output<typeof taskRunSchema>;

const repairSchema = z.object({
	...stateShape,
	id: z.string().optional(),
	startMs: z.number(),
	endMs: z.number().optional(),
	taskRunIds: z.array(z.string()),
});

export const runSchema = z.object({
	...stateShape,
	runId: z.string(),
	jobId: z.string().optional(),
	name: z.string(),
	runType: z.enum(['JOB_RUN', 'SUBMIT_RUN']),
	trigger: z.enum(['ONE_TIME', 'RUN_JOB_TASK']),
	creatorName: z.string(),
	runAs: z.string(),
	/** The settings of the job as they were when the run began. */
	settings: jobSettingsSchema,
	/** Keys of the tasks that this run runs; others of the job are left out (`only`). */
	taskKeys: z.array(z.string()),
	parameters: z.array(z.object({ name: z.string(), default: z.string(), value: z.string() })),
	pipelineParams: z.record(z.string(), z.unknown()).default({}),
	/** Parameters of the older families, by their names: `sql_params`, `python_params` … */
	overriding: z.record(z.string(), z.unknown()).default({}),
	idempotencyToken: z.string().optional(),
	startMs: z.number(),
	/** When it left the queue. */
	leftQueueMs: z.number().optional(),
	endMs: z.number().optional(),
	deleted: z.boolean().default(false),
	/** Attempts in the order in which they were made. */
	tasks: z.array(taskRunSchema),
	/** Attempts of the iterations of its for-each tasks, in the order in which they were made. */
	iterations: z.array(taskRunSchema).default([]),
	/** The original try first, then each repair. */
	repairs: z.array(repairSchema),
});
export type Run = z.output<typeof runSchema>;

/** Whether nothing more will happen to it. */
export function hasEnded({ lifeCycle }: { lifeCycle: LifeCycleState }): boolean {
	return ['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'].includes(lifeCycle);
}

/** The attempt of a task that counts: the last one. */
export function latestAttempt(run: Run, taskKey: string): TaskRun | undefined {
	return run.tasks.findLast((task) => task.taskKey === taskKey);
}

const fresh = { lifeCycle: 'PENDING', message: '', deleted: false } as const;

/** What a run is given when it starts; the rest it comes to by itself. */
type GivenOfRun = Omit<
	Run,
	'runId' | 'startMs' | keyof typeof fresh | 'repairs' | 'tasks' | 'iterations' | 'parameters'
>;

/** A run that has an id and nothing else yet. */
export function newRun(
	{ ids, clock }: Pick<LocalWorkspace, 'ids' | 'clock'>,
	given: GivenOfRun,
): Run {
	const startMs = clock.now();
	const original = { lifeCycle: 'PENDING', message: '' } as const;
	return {
		...given,
		...fresh,
		runId: ids.next(),
		startMs,
		parameters: [],
		tasks: [],
		iterations: [],
		repairs: [{ ...original, startMs, taskRunIds: [] }],
	};
}
