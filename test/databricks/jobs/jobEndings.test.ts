import { failureOf } from '../../../nodes/databricks/jobs/jobFailure';
import { outcomeOf, runSchema } from '../../../nodes/databricks/jobs/jobRunState';
import { json, workspaceUnderTest } from '../workspaceUnderTest';

/** Every `termination_details.code` and `result_state` that Databricks documents, and an invented one. */
const endings: [string, string | undefined, string | undefined, string, RegExp, RegExp][] = [
	// what, code, result_state → outcome, message, description
	['USER_CANCELED', 'USER_CANCELED', 'CANCELED', 'cancelled', /was cancelled in/, /Somebody/],
	['CANCELED', 'CANCELED', undefined, 'cancelled', /was cancelled in/, /longest duration/],
	['a timeout', 'CANCELED', 'TIMEDOUT', 'timedOut', /exceeded its time limit/, /Raise it/],
	['TIMEDOUT', undefined, 'TIMEDOUT', 'timedOut', /exceeded its time limit/, /Raise it/],
	['SKIPPED', 'SKIPPED', undefined, 'skipped', /was skipped/, /queue/],
	['DISABLED', 'DISABLED', 'DISABLED', 'skipped', /was skipped/, /Enable it/],
	['EXCLUDED', undefined, 'EXCLUDED', 'skipped', /was skipped/, /conditions/],
	['UPSTREAM_FAILED', undefined, 'UPSTREAM_FAILED', 'failed', /failed/, /before it failed/],
	['UPSTREAM_CANCELED', undefined, 'UPSTREAM_CANCELED', 'cancelled', /cancelled/, /Repair/],
	['RUN_EXECUTION_ERROR', 'RUN_EXECUTION_ERROR', 'FAILED', 'failed', /failed/, /Repair Run/],
	['FAILED', undefined, 'FAILED', 'failed', /failed/, /Repair Run/],
	[
		'SUCCESS_WITH_FAILURES',
		'SUCCESS_WITH_FAILURES',
		'SUCCESS_WITH_FAILURES',
		'succeededWithFailures',
		/succeeded in part only/,
		/Accept Partial Success/,
	],
	[
		'MAXIMUM_CONCURRENT_RUNS_REACHED',
		'MAX_CONCURRENT_RUNS_EXCEEDED',
		'MAXIMUM_CONCURRENT_RUNS_REACHED',
		'skipped',
		/was skipped/,
		/Already Running/,
	],
	[
		'MAX_JOB_QUEUE_SIZE_EXCEEDED',
		'MAX_JOB_QUEUE_SIZE_EXCEEDED',
		undefined,
		'skipped',
		/was skipped/,
		/queue of the job is full/,
	],
	['INTERNAL_ERROR', 'INTERNAL_ERROR', undefined, 'failed', /failed/, /support/],
	['DRIVER_ERROR', 'DRIVER_ERROR', undefined, 'failed', /failed/, /memory/],
	['CLUSTER_ERROR', 'CLUSTER_ERROR', undefined, 'failed', /failed/, /event log/],
	[
		'CLUSTER_TERMINATED_BY_USER',
		'CLUSTER_TERMINATED_BY_USER',
		'FAILED',
		'failed',
		/failed/,
		/compute/,
	],
	[
		'REPOSITORY_CHECKOUT_FAILED',
		'REPOSITORY_CHECKOUT_FAILED',
		undefined,
		'failed',
		/failed/,
		/Git/,
	],
	[
		'INVALID_CLUSTER_REQUEST',
		'INVALID_CLUSTER_REQUEST',
		undefined,
		'failed',
		/failed/,
		/compute of the job/,
	],
	[
		'WORKSPACE_RUN_LIMIT_EXCEEDED',
		'WORKSPACE_RUN_LIMIT_EXCEEDED',
		undefined,
		'failed',
		/failed/,
		/active runs/,
	],
	['FEATURE_DISABLED', 'FEATURE_DISABLED', undefined, 'failed', /failed/, /administrator/],
	[
		'CLUSTER_REQUEST_LIMIT_EXCEEDED',
		'CLUSTER_REQUEST_LIMIT_EXCEEDED',
		undefined,
		'failed',
		/failed/,
		/more compute/,
	],
	['STORAGE_ACCESS_ERROR', 'STORAGE_ACCESS_ERROR', undefined, 'failed', /failed/, /storage/],
	['UNAUTHORIZED_ERROR', 'UNAUTHORIZED_ERROR', undefined, 'failed', /failed/, /lacks a right/],
	[
		'LIBRARY_INSTALLATION_ERROR',
		'LIBRARY_INSTALLATION_ERROR',
		undefined,
		'failed',
		/failed/,
		/library/,
	],
	[
		'MAX_SPARK_CONTEXTS_EXCEEDED',
		'MAX_SPARK_CONTEXTS_EXCEEDED',
		undefined,
		'failed',
		/failed/,
		/Spark contexts/,
	],
	['RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND', undefined, 'failed', /failed/, /does not exist/],
	[
		'INVALID_RUN_CONFIGURATION',
		'INVALID_RUN_CONFIGURATION',
		undefined,
		'failed',
		/failed/,
		/not defined correctly/,
	],
	['CLOUD_FAILURE', 'CLOUD_FAILURE', undefined, 'failed', /failed/, /cloud provider/],
	[
		'BUDGET_POLICY_LIMIT_EXCEEDED',
		'BUDGET_POLICY_LIMIT_EXCEEDED',
		undefined,
		'failed',
		/failed/,
		/budget/,
	],
	['BREAKING_CHANGE', 'BREAKING_CHANGE', undefined, 'failed', /failed/, /change of the platform/],
	['one that nobody knows', 'INVENTED', undefined, 'unknown', /does not know \(INVENTED\)/, /^$/],
];

/** The kinds of `termination_details` that go with a code: its own, or that of a failure. */
const typeOf = (code: string | undefined) =>
	code === 'INVENTED' ? 'INVENTED' : code === 'CLOUD_FAILURE' ? 'CLOUD_FAILURE' : 'CLIENT_ERROR';

it.each(endings)('%s', async (_what, code, result_state, outcome, message, hint) => {
	const { workspace } = workspaceUnderTest(() => json({}));
	const state = { life_cycle_state: 'TERMINATED', result_state, state_message: 'canceled or so' };
	const termination_details = { code, type: typeOf(code) };
	const status = { state: 'TERMINATED', termination_details };
	const run = runSchema.parse({
		run_id: 1,
		job_id: 9,
		run_page_url: 'https://x/run/1',
		state,
		status,
	});
	const error = await failureOf(workspace, run);
	expect(outcomeOf(run)).toBe(outcome);
	expect(error.message).toMatch(/^Run 1 .*: cancelled or so$/);
	expect(error.message).toMatch(message);
	expect(error.hint ?? '').toMatch(hint);
	expect([error.kind, error.errorCode, error.ids, error.facts]).toEqual([
		outcome === 'cancelled' ? 'cancelled' : 'failed',
		code,
		{ runId: '1', jobId: '9', pageUrl: 'https://x/run/1' },
		{
			outcome,
			result_state: result_state ?? code,
			termination_code: code,
			failed_tasks: [],
			upstream_failed_tasks: [],
		},
	]);
});

it('every failing task is told, apart from those that only followed', async () => {
	const { workspace } = workspaceUnderTest((request) => {
		const { searchParams } = new URL(request.url);
		const id = searchParams.get('run_id');
		return json({ error: `error of ${id}`, error_trace: `trace of ${id}` });
	});
	const task = (task_key: string, run_id: number, result_state: string) => ({
		task_key,
		run_id,
		end_time: run_id,
		run_page_url: `https://x/task/${run_id}`,
		state: { life_cycle_state: 'TERMINATED', result_state },
	});
	const run = runSchema.parse({
		run_id: 1,
		state: { life_cycle_state: 'INTERNAL_ERROR', result_state: 'FAILED' },
		tasks: [
			task('late', 12, 'FAILED'),
			task('first', 11, 'TIMEDOUT'),
			task('after', 13, 'UPSTREAM_FAILED'),
		],
	});
	const { message, facts, trace } = await failureOf(workspace, run);
	const told = (task_key: string, id: number, result_state: string) => ({
		task_key,
		run_id: String(id),
		result_state,
		attempt_number: 0,
		error: `error of ${id}`,
		error_code: null,
		error_trace: `trace of ${id}`,
		run_page_url: `https://x/task/${id}`,
	});
	expect([message, trace]).toEqual([
		'Task "first" of run 1 exceeded its time limit: error of 11',
		'trace of 11',
	]);
	expect(facts).toEqual({
		outcome: 'failed',
		result_state: 'FAILED',
		termination_code: undefined,
		failed_tasks: [told('first', 11, 'TIMEDOUT'), told('late', 12, 'FAILED')],
		upstream_failed_tasks: ['after'],
	});
});
