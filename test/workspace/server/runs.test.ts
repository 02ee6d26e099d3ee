import { createJob, endOf, failing, getRun, jobs, runNow, task, taskStates } from './runCalls';
import { at, workspaceUnderTest } from './workspaceUnderTest';

describe('the outcome of a run', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());

	test.each([
		[
			'all succeed',
			[task('a'), task('b', ['a'])],
			'TERMINATED SUCCESS ',
			['a#0 TERMINATED SUCCESS', 'b#0 TERMINATED SUCCESS'],
		],
		[
			'a failure reaches what depends on it',
			[failing('train'), task('after', ['train']), task('beside')],
			'INTERNAL_ERROR FAILED Task train failed with message: Workload failed, see run output for details.',
			[
				'train#0 TERMINATED FAILED',
				'after#0 SKIPPED UPSTREAM_FAILED',
				'beside#0 TERMINATED SUCCESS',
			],
		],
		[
			'a failure that is dealt with',
			[failing('a'), task('b', ['a'], { run_if: 'ALL_DONE' })],
			'TERMINATED SUCCESS_WITH_FAILURES ',
			['a#0 TERMINATED FAILED', 'b#0 TERMINATED SUCCESS'],
		],
		[
			'AT_LEAST_ONE_FAILED without a failure',
			[task('a'), task('alarm', ['a'], { run_if: 'AT_LEAST_ONE_FAILED' })],
			'TERMINATED SUCCESS ',
			['a#0 TERMINATED SUCCESS', 'alarm#0 SKIPPED EXCLUDED'],
		],
		[
			'the branches of a condition',
			[
				task('if'),
				task('yes', [['if', 'true']]),
				task('no', [['if', 'false']]),
				task('end', ['no']),
			],
			'TERMINATED SUCCESS ',
			[
				'if#0 TERMINATED SUCCESS',
				'yes#0 TERMINATED SUCCESS',
				'no#0 SKIPPED EXCLUDED',
				'end#0 SKIPPED EXCLUDED',
			],
		],
		[
			'NONE_FAILED joins branches',
			[
				task('if'),
				task('yes', [['if', 'true']]),
				task('no', [['if', 'false']]),
				task('join', ['yes', 'no'], { run_if: 'NONE_FAILED' }),
			],
			'TERMINATED SUCCESS ',
			[
				'if#0 TERMINATED SUCCESS',
				'yes#0 TERMINATED SUCCESS',
				'no#0 SKIPPED EXCLUDED',
				'join#0 TERMINATED SUCCESS',
			],
		],
		[
			'retries are further attempts',
			[failing('a', [], { max_retries: 2 })],
			'INTERNAL_ERROR FAILED Task a failed with message: Workload failed, see run output for details.',
			['a#0 TERMINATED FAILED', 'a#1 TERMINATED FAILED', 'a#2 TERMINATED FAILED'],
		],
		[
			'a disabled task',
			[task('a', [], { disabled: true }), task('b')],
			'TERMINATED SUCCESS ',
			['a#0 SKIPPED DISABLED', 'b#0 TERMINATED SUCCESS'],
		],
	])('%s', async (_name, tasks, state, states) => {
		const { call } = await opened;
		const run = await endOf(await opened, await runNow(call, await createJob(call, { tasks })));
		const { life_cycle_state, result_state, state_message } = Object(at(run, 'state'));
		expect(`${life_cycle_state} ${result_state} ${state_message}`).toBe(state);
		expect(taskStates(run)).toEqual(states);
	});

	test('a run shows both the old state and the new status, with exact ids', async () => {
		const { call, workspace } = await opened;
		const jobId = await createJob(call, { tasks: [task('a')] });
		const runId = await runNow(call, jobId);
		const run = await endOf(await opened, runId);
		const time = expect.any(Number);
		expect(run).toEqual({
			job_id: jobId,
			run_id: BigInt(runId),
			number_in_job: BigInt(runId),
			job_run_id: BigInt(runId),
			original_attempt_run_id: BigInt(runId),
			creator_user_name: 'ana@example.com',
			run_name: 'job',
			run_type: 'JOB_RUN',
			trigger: 'ONE_TIME',
			format: 'MULTI_TASK',
			run_page_url: `http://workspace.test/?o=${workspace.workspaceId}#job/${String(jobId)}/run/${runId}`,
			state: {
				life_cycle_state: 'TERMINATED',
				result_state: 'SUCCESS',
				state_message: '',
				user_cancelled_or_timedout: false,
			},
			status: {
				state: 'TERMINATED',
				termination_details: { code: 'SUCCESS', type: 'SUCCESS', message: '' },
			},
			start_time: time,
			end_time: time,
			setup_duration: 0,
			execution_duration: 0,
			cleanup_duration: 0,
			run_duration: time,
			tasks: [
				{
					...task('a'),
					condition_task: { op: 'EQUAL_TO', left: '1', right: '1', outcome: 'true' },
					run_if: 'ALL_SUCCESS',
					run_id: expect.any(BigInt),
					attempt_number: 0,
					run_page_url: expect.stringContaining(`/run/${runId}?task=`),
					state: {
						life_cycle_state: 'TERMINATED',
						result_state: 'SUCCESS',
						state_message: '',
						user_cancelled_or_timedout: false,
					},
					status: {
						state: 'TERMINATED',
						termination_details: { code: 'SUCCESS', type: 'SUCCESS', message: '' },
					},
					start_time: time,
					end_time: time,
					setup_duration: time,
					execution_duration: time,
					cleanup_duration: 0,
				},
			],
		});
	});

	test('the output of a failed task has the cause; that of the whole run is refused', async () => {
		const { call } = await opened;
		const runId = await runNow(call, await createJob(call, { tasks: [failing('a')] }));
		const run = await endOf(await opened, runId);
		const output = `${jobs}/runs/get-output?run_id=`;
		const { body } = await call('GET', output + String(at(run, 'tasks', 0, 'run_id')));
		expect(at(body, 'error')).toBe(
			'The local workspace cannot run a notebook_task. It runs condition_task, for_each_task, pipeline_task, run_job_task, spark_python_task, sql_task.',
		);
		expect(at(body, 'metadata', 'run_id')).toBe(at(run, 'tasks', 0, 'run_id'));
		expect(await call('GET', output + runId)).toMatchObject({
			status: 400,
			body: {
				error_code: 'INVALID_PARAMETER_VALUE',
				message:
					'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
			},
		});
	});

	test('a run of another job: its parameters, its run id, its failure', async () => {
		const { call } = await opened;
		const child = await createJob(call, {
			name: 'child',
			parameters: [{ name: 'month', default: '2026-09' }],
			tasks: [
				task('ask', [], {
					condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.month}}', right: '2026-10' },
				}),
				failing('only_then', [], { depends_on: [{ task_key: 'ask', outcome: 'true' }] }),
			],
		});
		const parent = (month: string) =>
			createJob(call, {
				tasks: [
					{
						task_key: 'call',
						run_job_task: { job_id: child, job_parameters: { month } },
					},
				],
			});
		const good = await endOf(await opened, await runNow(call, await parent('2026-09')));
		const output = `${jobs}/runs/get-output?run_id=${String(at(good, 'tasks', 0, 'run_id'))}`;
		const childRunId = String(at((await call('GET', output)).body, 'run_job_output', 'run_id'));
		const childRun = await getRun(call, childRunId);
		expect(at(childRun, 'trigger')).toBe('RUN_JOB_TASK');
		expect(at(childRun, 'job_parameters')).toEqual([
			{ name: 'month', default: '2026-09', value: '2026-09' },
		]);
		const bad = await endOf(await opened, await runNow(call, await parent('2026-10')));
		expect(at(bad, 'state', 'result_state')).toBe('FAILED');
	});

	test.each([
		[
			'a parameter that is not declared',
			{ job_parameters: { year: '2026' } },
			400,
			'Job parameter year is not declared',
		],
		['an unknown task in only', { only: ['+x'] }, 400, 'Task x of only does not exist'],
		['a token of 65 characters', { idempotency_token: 'x'.repeat(65) }, 400, 'at most 64'],
		[
			'two families that exclude each other',
			{ notebook_params: { a: 'b' }, jar_params: ['c'] },
			400,
			'cannot be given together',
		],
		['too many bytes', { sql_params: { a: 'x'.repeat(10_000) } }, 400, '10000 bytes'],
		['Python parameters beyond ASCII', { python_params: ['é'] }, 400, 'ASCII'],
		['a job that is not there', { job_id: 42 }, 400, 'Job 42 does not exist.'],
	])('run-now refuses %s', async (_name, more, status, text) => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a')] });
		const answer = await call('POST', `${jobs}/run-now`, { job_id: jobId, ...more });
		expect(answer.status).toBe(status);
		expect(at(answer.body, 'message')).toContain(text);
	});

	test.each([
		[['b'], ['b']],
		[['+b'], ['a', 'b']],
		[['b+'], ['b', 'c']],
		[['+b+'], ['a', 'b', 'c']],
		[
			['a', 'd'],
			['a', 'd'],
		],
	])('only %j runs %j', async (only, keys) => {
		const { call } = await opened;
		const tasks = [task('a'), task('b', ['a']), task('c', ['b']), task('d')];
		const runId = await runNow(call, await createJob(call, { tasks }), { only });
		expect(taskStates(await endOf(await opened, runId))).toEqual(
			keys.map((key) => `${key}#0 TERMINATED SUCCESS`),
		);
	});
});

describe('one token, one run', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());

	test('the same token gives the same run, also at the same moment', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a')] });
		const token = { idempotency_token: 'close-2026-10' };
		const ids = await Promise.all([1, 2, 3].map(() => runNow(call, jobId, token)));
		expect(new Set(ids).size).toBe(1);
		expect(await runNow(call, jobId, { idempotency_token: 'close-2026-11' })).not.toBe(ids[0]);
		const { body } = await call('GET', `${jobs}/runs/list?job_id=${String(jobId)}`);
		expect(at(body, 'runs', 'length')).toBe(2);
	});

	test('the token of a deleted run is an error', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, { tasks: [task('a')] });
		const token = { idempotency_token: 'deleted' };
		const runId = await runNow(call, jobId, token);
		await endOf(await opened, runId);
		expect((await call('POST', `${jobs}/runs/delete`, { run_id: BigInt(runId) })).status).toBe(200);
		expect(await call('GET', `${jobs}/runs/get?run_id=${runId}`)).toMatchObject({
			status: 400,
			body: { error_code: 'INVALID_PARAMETER_VALUE', message: `Run ${runId} does not exist.` },
		});
		const again = await call('POST', `${jobs}/run-now`, { job_id: jobId, ...token });
		expect(again).toMatchObject({ status: 400 });
		expect(at(again.body, 'message')).toContain('has been deleted');
	});
});

describe('repair', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());

	test('runs failed tasks again under the same run id', async () => {
		const { call } = await opened;
		const jobId = await createJob(call, {
			parameters: [{ name: 'right', default: 'x' }],
			tasks: [
				task('a'),
				task('compare', ['a'], {
					condition_task: { op: 'LESS_THAN', left: '1', right: '{{job.parameters.right}}' },
				}),
				task('after', ['compare']),
			],
		});
		const runId = await runNow(call, jobId);
		expect(taskStates(await endOf(await opened, runId))).toEqual([
			'a#0 TERMINATED SUCCESS',
			'compare#0 TERMINATED FAILED',
			'after#0 SKIPPED UPSTREAM_FAILED',
		]);
		const repair = { run_id: BigInt(runId), rerun_all_failed_tasks: true };
		const repaired = await call('POST', `${jobs}/runs/repair`, {
			...repair,
			job_parameters: { right: '2' },
		});
		expect(repaired).toMatchObject({ status: 200, body: { repair_id: expect.any(BigInt) } });
		expect(taskStates(await endOf(await opened, runId))).toEqual([
			'a#0 TERMINATED SUCCESS',
			'compare#0 TERMINATED FAILED',
			'compare#1 TERMINATED SUCCESS',
			'after#0 SKIPPED UPSTREAM_FAILED',
			'after#1 TERMINATED SUCCESS',
		]);
		const history = at(await getRun(call, runId, '&include_history=true'), 'repair_history');
		const types = Array.isArray(history)
			? history.map((each) => [at(each, 'type'), at(each, 'state', 'result_state')])
			: [];
		expect(types).toEqual([
			['ORIGINAL', 'FAILED'],
			['REPAIR', 'SUCCESS'],
		]);
		const again = await call('POST', `${jobs}/runs/repair`, { ...repair, rerun_tasks: ['a'] });
		expect(again.status).toBe(400);
	});
});

test('a submitted run belongs to no job', async () => {
	const submitted = await workspaceUnderTest();
	const { call, server } = submitted;
	const { body } = await call('POST', `${jobs}/runs/submit`, {
		run_name: 'once',
		idempotency_token: 's',
		tasks: [task('a')],
	});
	const run = await endOf(submitted, String(at(body, 'run_id')));
	expect([at(run, 'run_name'), at(run, 'run_type'), at(run, 'state', 'result_state')]).toEqual([
		'once',
		'SUBMIT_RUN',
		'SUCCESS',
	]);
	const again = await call('POST', `${jobs}/runs/submit`, {
		idempotency_token: 's',
		tasks: [task('a')],
	});
	expect(again.body).toEqual(body);
	await server.close();
});
