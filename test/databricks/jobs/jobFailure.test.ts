import { failureOf } from '../../../nodes/databricks/jobs/jobFailure';
import { runSchema } from '../../../nodes/databricks/jobs/jobRunState';
import type { Handler } from '../inProcessDispatcher';
import { json, workspaceUnderTest } from '../workspaceUnderTest';

const pageUrl = 'https://adb-1.2.azuredatabricks.net/?o=1#job/1/run/7012345678901234567';

describe('why a run failed', () => {
	const failedState = {
		life_cycle_state: 'INTERNAL_ERROR',
		result_state: 'FAILED',
		state_message: 'Task train failed with message: Workload failed, see run output for details.',
	};
	const task = (task_key: string, run_id: number, result_state: string, more: object = {}) => ({
		task_key,
		run_id,
		end_time: run_id,
		state: {
			life_cycle_state: 'TERMINATED',
			result_state,
			state_message: 'Workload failed, see run output for details',
		},
		...more,
	});

	function runWith(tasks: object[], state: object = failedState) {
		return runSchema.parse({ run_id: 1, job_id: 9, run_page_url: pageUrl, state, tasks });
	}

	function answers(byPath: Record<string, unknown>): Handler {
		return (request) => {
			const { pathname, search } = new URL(request.url);
			const body = byPath[`${pathname}${search}`] ?? byPath[pathname];
			return body === undefined
				? json({ error_code: 'INVALID_PARAMETER_VALUE', message: 'no output' }, 400)
				: json(body);
		};
	}
	const outputPath = '/api/2.2/jobs/runs/get-output';

	it('is told by the output of the task that failed first', async () => {
		const { workspace } = workspaceUnderTest(
			answers({
				[`${outputPath}?run_id=11`]: {
					error: '[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012',
					error_trace: 'Traceback …',
				},
			}),
		);
		const run = runWith([
			task('summary', 9, 'UPSTREAM_FAILED'),
			task('other', 12, 'FAILED'),
			task('train', 11, 'FAILED'),
			task('ingest', 10, 'SUCCESS'),
		]);
		const { kind, message, errorCode, sqlState, trace, ids } = await failureOf(workspace, run);
		expect({ kind, message, errorCode, sqlState, trace, ids }).toEqual({
			kind: 'failed',
			message: 'Task "train" of run 1 failed: [DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012',
			errorCode: 'DIVIDE_BY_ZERO',
			sqlState: '22012',
			trace: 'Traceback …',
			ids: { runId: '1', jobId: '9', pageUrl, taskKey: 'train', taskRunId: '11' },
		});
	});

	it.each([
		[
			'a task without output',
			[task('a', 11, 'FAILED')],
			failedState,
			'Task "a" of run 1 failed: Workload failed, see run output for details',
		],
		[
			'a task that took too long',
			[
				task('a', 11, 'TIMEDOUT', {
					state: { life_cycle_state: 'TERMINATED', result_state: 'TIMEDOUT' },
				}),
			],
			failedState,
			'Task "a" of run 1 exceeded its time limit: it ended as TIMEDOUT',
		],
		[
			'a run that was cancelled',
			[task('a', 11, 'CANCELED')],
			{
				life_cycle_state: 'TERMINATED',
				result_state: 'CANCELED',
				state_message: 'Run canceled by user.',
			},
			'Run 1 was cancelled in Databricks: Run cancelled by user.',
		],
		[
			'a run that was skipped',
			[],
			{ life_cycle_state: 'SKIPPED', result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED' },
			'Run 1 was skipped (MAXIMUM_CONCURRENT_RUNS_REACHED).',
		],
		[
			'a run that took too long',
			[],
			{ life_cycle_state: 'TERMINATED', result_state: 'TIMEDOUT' },
			'Run 1 exceeded its time limit (TIMEDOUT).',
		],
		[
			'an ending nobody knows',
			[],
			{ life_cycle_state: 'TERMINATED', result_state: 'INVENTED' },
			'Run 1 ended in a state that this node does not know (INVENTED).',
		],
	])('is told for %s', async (_what, tasks, state, message) => {
		const { workspace } = workspaceUnderTest(answers({}));
		const error = await failureOf(workspace, runWith(tasks, state));
		expect([error.message, error.ids.pageUrl]).toEqual([message, pageUrl]);
	});

	it('follows a task that runs another job to the task that failed there', async () => {
		const { workspace } = workspaceUnderTest(
			answers({
				[`${outputPath}?run_id=11`]: { run_job_output: { run_id: 20 } },
				'/api/2.2/jobs/runs/get?run_id=20&include_history=true': {
					run_id: 20,
					tasks: [task('inner', 21, 'FAILED')],
				},
				[`${outputPath}?run_id=21`]: { error: 'KeyError: agency' },
			}),
		);
		const error = await failureOf(workspace, runWith([task('child', 11, 'FAILED')]));
		expect(error.message).toBe('Task "child" of run 1 failed: inner: KeyError: agency');
	});

	it('follows a pipeline task to the exception of its update', async () => {
		const { workspace } = workspaceUnderTest(
			answers({
				[`${outputPath}?run_id=11`]: {},
				'/api/2.0/pipelines/p1/updates': {
					updates: [
						{ update_id: 'later', state: 'FAILED', creation_time: 900_000 },
						{ update_id: 'u1', state: 'FAILED', creation_time: 100_000 },
					],
				},
				'/api/2.0/pipelines/p1/events': {
					events: [
						{
							event_type: 'flow_progress',
							level: 'ERROR',
							origin: { update_id: 'u1', dataset_name: 'silver.scout.transactions' },
							error: {
								exceptions: [{ message: 'outer' }, { message: '[X_Y] root', error_class: 'X_Y' }],
							},
						},
					],
				},
			}),
		);
		const pipelineTask = task('pipeline', 11, 'FAILED', {
			start_time: 99_000,
			end_time: 200_000,
			pipeline_task: { pipeline_id: 'p1' },
		});
		const error = await failureOf(workspace, runWith([pipelineTask]));
		expect([error.message, error.errorCode, error.ids.updateId, error.ids.pipelineId]).toEqual([
			'Task "pipeline" of run 1 failed: Update u1 failed in silver.scout.transactions: [X_Y] root',
			'X_Y',
			'u1',
			'p1',
		]);
	});
});
