import { z } from 'zod/v4';
import { failureOf } from '../../nodes/databricks/jobs/jobFailure';
import { outcomeOf } from '../../nodes/databricks/jobs/jobRunState';
import { waitForRun } from '../../nodes/databricks/jobs/jobRunFollowing';
import { cancelRun, getRun, getRunOutput, listRuns } from '../../nodes/databricks/jobs/jobRuns';
import { runNow } from '../../nodes/databricks/jobs/jobRunStart';
import { findJobByName, getJob, listJobs } from '../../nodes/databricks/jobs/jobs';
import { collect } from '../../nodes/databricks/paging';
import { cancelWhenGivenUp } from '../../nodes/databricks/waiting';
import type { Workspace } from '../../nodes/databricks/workspace';
import { inAMinute, localClient } from './localClient';
import { errorOf } from './workspaceUnderTest';

const opened = localClient();
afterAll(async () => (await opened).server.close());

const condition = (task_key: string) => ({
	task_key,
	condition_task: { op: 'EQUAL_TO', left: '1', right: '1' },
});

async function createJob(workspace: Workspace, settings: object): Promise<string> {
	const { job_id } = await workspace.json(
		{ method: 'POST', path: '/api/2.2/jobs/create', json: settings },
		z.looseObject({ job_id: z.string() }),
	);
	return job_id;
}

async function sqlTask(workspace: Workspace, warehouseId: string, sql: string) {
	await workspace.request({
		method: 'POST',
		path: '/api/2.0/workspace/mkdirs',
		json: { path: '/Workspace/Shared' },
	});
	await workspace.request({
		method: 'POST',
		path: '/api/2.0/workspace-files/import-file/Workspace%2FShared%2Ftask.sql',
		query: { overwrite: true },
		body: sql,
	});
	return {
		task_key: 'summary',
		sql_task: { warehouse_id: warehouseId, file: { path: '/Workspace/Shared/task.sql' } },
	};
}

const tokenOf = (test: string) => `${test}-${Math.random().toString(36).slice(2)}`;

it('ids above 2^53 pass through exactly, there and back', async () => {
	const { workspace } = await opened;
	const jobId = await createJob(workspace, { name: 'ids', tasks: [condition('a')] });
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('ids') });
	const run = await waitForRun(workspace, runId, { deadlineMs: inAMinute(workspace) });
	expect([jobId, runId].map((id) => BigInt(id) > 2n ** 53n)).toEqual([true, true]);
	expect([run.run_id, run.job_id, outcomeOf(run)]).toEqual([runId, jobId, 'succeeded']);
	expect((await getJob(workspace, jobId)).job_id).toBe(jobId);
	expect((await findJobByName(workspace, 'ids')).job_id).toBe(jobId);
	expect((await collect(listRuns(workspace, { jobId }))).map(({ run_id }) => run_id)).toEqual([
		runId,
	]);
});

it('250 tasks come on three pages, 130 jobs on two', async () => {
	const { workspace, dispatcher } = await opened;
	const tasks = Array.from({ length: 250 }, (_, index) => condition(`t${index}`));
	const jobId = await createJob(workspace, { name: 'many', tasks });
	for (let count = 0; count < 130; count++) {
		await createJob(workspace, { name: 'same name', tasks: [condition('a')] });
	}
	dispatcher.seen.length = 0;
	const job = await getJob(workspace, jobId);
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('many') });
	const run = await waitForRun(workspace, runId, { deadlineMs: inAMinute(workspace) });
	expect([
		job.settings.tasks?.length,
		run.tasks.length,
		new Set(run.tasks.map((task) => task.task_key)).size,
	]).toEqual([250, 250, 250]);
	expect(await collect(listJobs(workspace, 'same name'))).toHaveLength(130);
	expect((await errorOf(() => findJobByName(workspace, 'same name'))).message).toBe(
		'There are 130 jobs named "same name".',
	);
});

it('a lost answer after run-now leaves one run', async () => {
	const { workspace, local, requestsTo } = await opened;
	const jobId = await createJob(workspace, { name: 'once', tasks: [condition('a')] });
	const path = '/api/2.2/jobs/run-now';
	local.faults.add({ method: 'POST', path, reset: true, when: 'after', times: 2 });
	const before = requestsTo('POST', path);
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('once') });
	const runs = await collect(listRuns(workspace, { jobId }));
	expect([runs.map(({ run_id }) => run_id), requestsTo('POST', path) - before]).toEqual([
		[runId],
		3,
	]);
});

it('503 twice on a read, then it works', async () => {
	const { workspace, local } = await opened;
	const jobId = await createJob(workspace, { name: 'shaky', tasks: [condition('a')] });
	local.faults.add({ path: '/api/2.2/jobs/runs/get', status: 503, times: 2 });
	local.faults.add({ path: '/api/2.2/jobs/runs/get', truncate: true });
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('shaky') });
	expect(outcomeOf(await waitForRun(workspace, runId, { deadlineMs: inAMinute(workspace) }))).toBe(
		'succeeded',
	);
});

it('a failed task says its own error, class, trace and ids', async () => {
	const { workspace, local } = await opened;
	const jobId = await createJob(workspace, {
		name: 'fails',
		tasks: [await sqlTask(workspace, local.warehouseId, 'SELECT * FROM nowhere.s.t;')],
	});
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('fails') });
	const run = await waitForRun(workspace, runId, { deadlineMs: inAMinute(workspace) });
	const error = await failureOf(workspace, run);
	const [task] = run.tasks;
	expect(outcomeOf(run)).toBe('failed');
	expect([error.kind, error.errorCode, error.sqlState]).toEqual([
		'failed',
		'TABLE_OR_VIEW_NOT_FOUND',
		'42P01',
	]);
	expect(error.message).toMatch(
		/^Task "summary" of run \d{19} failed: \[TABLE_OR_VIEW_NOT_FOUND\] .*nowhere/,
	);
	expect(error.ids).toEqual({
		runId,
		jobId,
		taskKey: 'summary',
		taskRunId: task?.run_id,
		pageUrl: run.run_page_url,
	});
	expect(run.run_page_url).toMatch(/^http/);
});

it('a failed loop is told by the iteration that failed', async () => {
	const { workspace } = await opened;
	const condition_task = { op: 'LESS_THAN', left: '{{input}}', right: '9' };
	const task = { task_key: 'each', condition_task };
	const tasks = [{ task_key: 'loop', for_each_task: { inputs: '[1, "x", 2]', task } }];
	const jobId = await createJob(workspace, { name: 'loop', tasks });
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('loop') });
	const run = await waitForRun(workspace, runId, { deadlineMs: inAMinute(workspace) });
	const { message } = await failureOf(workspace, run);
	expect(message).toBe(
		`Task "loop" of run ${runId} failed: each: Cannot compare 'x': it is not a number.`,
	);
	expect(run.tasks[0]?.for_each_task?.stats?.task_run_stats).toMatchObject({
		total_iterations: 3,
		succeeded_iterations: 2,
		failed_iterations: 1,
	});
});

it('the output of a task is that of the task', async () => {
	const { workspace, local } = await opened;
	const jobId = await createJob(workspace, {
		name: 'sql',
		tasks: [await sqlTask(workspace, local.warehouseId, 'SELECT 1;')],
	});
	const runId = await runNow(workspace, { jobId, idempotencyToken: tokenOf('sql') });
	const run = await waitForRun(workspace, runId, { deadlineMs: inAMinute(workspace) });
	const output = await getRunOutput(workspace, run.tasks[0]?.run_id ?? '');
	expect(output.sql_output).toMatchObject({ query_output: { query_text: 'SELECT 1;' } });
	const error = await errorOf(() => getRunOutput(workspace, runId));
	expect([error.status, error.message]).toEqual([
		400,
		'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
	]);
});

it('a missing job and a missing run are said to be missing', async () => {
	const { workspace } = await opened;
	const errors = [
		await errorOf(() => getJob(workspace, '42')),
		await errorOf(() => getRun(workspace, '42')),
		await errorOf(() => runNow(workspace, { jobId: '42', idempotencyToken: 'x' })),
	];
	expect(errors.map(({ kind }) => kind)).toEqual(['notFound', 'notFound', 'notFound']);
});

it('Stop cancels the run in the workspace', async () => {
	const client = await localClient({ pace: { taskStartMs: 600_000 } });
	const jobId = await createJob(client.workspace, { name: 'slow', tasks: [condition('a')] });
	const runId = await runNow(client.workspace, { jobId, idempotencyToken: tokenOf('slow') });
	const controller = new AbortController();
	const stopped = client.withSignal(controller.signal);
	const error = await errorOf(() =>
		cancelWhenGivenUp(
			async () =>
				await waitForRun(stopped, runId, {
					deadlineMs: inAMinute(stopped),
					onChange: () => controller.abort(),
				}),
			async () => await cancelRun(stopped.forSignal(undefined), runId),
		),
	);
	const run = await waitForRun(client.workspace, runId, {
		deadlineMs: inAMinute(client.workspace),
	});
	const failure = await failureOf(client.workspace, run);
	await client.server.close();
	expect([error.kind, outcomeOf(run), failure.kind]).toEqual(['aborted', 'cancelled', 'cancelled']);
});
