import { z } from 'zod/v4';
import { idSchema } from '../ids';

/** Old and new state of a run: `state` is always sent, `status` by newer services. */
const stateSchema = z.looseObject({
	life_cycle_state: z.string().optional(),
	result_state: z.string().optional(),
	state_message: z.string().optional(),
	queue_reason: z.string().optional(),
	user_cancelled_or_timedout: z.boolean().optional(),
});

const statusSchema = z.looseObject({
	state: z.string().optional(),
	queue_details: z
		.looseObject({ code: z.string().optional(), message: z.string().optional() })
		.optional(),
	termination_details: z
		.looseObject({
			code: z.string().optional(),
			type: z.string().optional(),
			message: z.string().optional(),
		})
		.optional(),
});

/** How many iterations of a for-each task there are; the latest attempt of each counts. */
const iterationCountsSchema = z.looseObject({
	total_iterations: z.number().default(0),
	succeeded_iterations: z.number().default(0),
	failed_iterations: z.number().default(0),
});

export const runTaskSchema = z.looseObject({
	run_id: idSchema,
	task_key: z.string(),
	attempt_number: z.number().default(0),
	state: stateSchema.optional(),
	status: statusSchema.optional(),
	/** Epoch ms; 0 while not started. */
	start_time: z.number().optional(),
	end_time: z.number().optional(),
	setup_duration: z.number().optional(),
	execution_duration: z.number().optional(),
	run_page_url: z.string().optional(),
	depends_on: z.array(z.looseObject({ task_key: z.string() })).optional(),
	for_each_task: z
		.looseObject({
			stats: z.looseObject({ task_run_stats: iterationCountsSchema.optional() }).optional(),
		})
		.optional(),
});

const repairSchema = z.looseObject({
	/** The original try has none. */
	id: idSchema.optional(),
	type: z.string().optional(),
	state: stateSchema.optional(),
	status: statusSchema.optional(),
	start_time: z.number().optional(),
	end_time: z.number().optional(),
});

export const runSchema = z.looseObject({
	run_id: idSchema,
	job_id: idSchema.optional(),
	run_name: z.string().optional(),
	run_type: z.string().optional(),
	run_page_url: z.string().optional(),
	attempt_number: z.number().optional(),
	creator_user_name: z.string().optional(),
	state: stateSchema.optional(),
	status: statusSchema.optional(),
	start_time: z.number().optional(),
	end_time: z.number().optional(),
	run_duration: z.number().optional(),
	queue_duration: z.number().optional(),
	trigger: z.string().optional(),
	job_parameters: z
		.array(
			z.looseObject({
				name: z.string(),
				default: z.string().optional(),
				value: z.string().optional(),
			}),
		)
		.optional(),
	tasks: z.array(runTaskSchema).default([]),
	iterations: z.array(runTaskSchema).default([]),
	overriding_parameters: z.looseObject({}).optional(),
	/** Only where it is asked for; the original try first. */
	repair_history: z.array(repairSchema).default([]),
	/** In lists: the run has more tasks than are shown. */
	has_more: z.boolean().optional(),
	next_page_token: z.string().optional(),
});

export type JobRun = z.output<typeof runSchema>;
export type RunTask = z.output<typeof runTaskSchema>;
type WithState = Pick<JobRun, 'state' | 'status'>;

/** How a run or task ended, or `pending` while it has not. */
export type RunOutcome =
	| 'pending'
	| 'succeeded'
	/** All leaf tasks succeeded, some other task did not. */
	| 'succeededWithFailures'
	| 'failed'
	| 'cancelled'
	| 'timedOut'
	| 'skipped'
	/** It ended in a way this client has no word for; `resultOf` has Databricks' own. */
	| 'unknown';

const terminalLifeCycles = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']);

/** By `result_state` and by `termination_details.code`, whichever is there. */
const outcomeByWord: Readonly<Record<string, RunOutcome>> = {
	SUCCESS: 'succeeded',
	SUCCESS_WITH_FAILURES: 'succeededWithFailures',
	FAILED: 'failed',
	UPSTREAM_FAILED: 'failed',
	RUN_EXECUTION_ERROR: 'failed',
	TIMEDOUT: 'timedOut',
	CANCELED: 'cancelled',
	USER_CANCELED: 'cancelled',
	UPSTREAM_CANCELED: 'cancelled',
	EXCLUDED: 'skipped',
	DISABLED: 'skipped',
	SKIPPED: 'skipped',
	MAXIMUM_CONCURRENT_RUNS_REACHED: 'skipped',
	MAX_CONCURRENT_RUNS_EXCEEDED: 'skipped',
	MAX_JOB_QUEUE_SIZE_EXCEEDED: 'skipped',
};

const outcomeByType: Readonly<Record<string, RunOutcome>> = {
	SUCCESS: 'succeeded',
	CLIENT_ERROR: 'failed',
	CLOUD_FAILURE: 'failed',
	INTERNAL_ERROR: 'failed',
};

/** Whether it has ended, however. A state nobody knows yet has not. */
export function isTerminal(run: WithState): boolean {
	return (
		run.status?.state === 'TERMINATED' || terminalLifeCycles.has(run.state?.life_cycle_state ?? '')
	);
}

/** Databricks' own word for where it stands: a result when it has ended, else its state. */
export function resultOf(run: WithState): string {
	const details = run.status?.termination_details;
	const ended = run.state?.result_state ?? details?.code;
	if (isTerminal(run) && ended !== undefined) return ended;
	return run.state?.life_cycle_state ?? run.status?.state ?? 'UNKNOWN';
}

/** How it ended. */
export function outcomeOf(run: WithState): RunOutcome {
	if (!isTerminal(run)) return 'pending';
	const { state, status } = run;
	const details = status?.termination_details;
	return (
		outcomeByWord[state?.result_state ?? ''] ??
		outcomeByWord[details?.code ?? ''] ??
		(state?.life_cycle_state === 'SKIPPED' ? 'skipped' : undefined) ??
		outcomeByType[details?.type ?? ''] ??
		(state?.life_cycle_state === 'INTERNAL_ERROR' ? 'failed' : 'unknown')
	);
}

/** What Databricks says about the state, if anything. */
export function stateMessageOf(run: WithState): string | undefined {
	const message = run.state?.state_message || run.status?.termination_details?.message;
	return message === '' ? undefined : message;
}

/** The newest attempt of each task, in the order in which the tasks first appear. */
export function latestAttempts(tasks: readonly RunTask[]): RunTask[] {
	const latest = new Map<string, RunTask>();
	for (const task of tasks) {
		const known = latest.get(task.task_key);
		if (known === undefined || task.attempt_number >= known.attempt_number) {
			latest.set(task.task_key, task);
		}
	}
	return [...latest.values()];
}
