import { ManualClock } from '../../../workspace/clock';
import { createJob, jobs, runNow, task } from './runCalls';
import { at, workspaceUnderTest } from './workspaceUnderTest';

const startMs = Date.UTC(2026, 10, 1, 8, 5, 9);
const clock = new ManualClock(startMs);
const opened = workspaceUnderTest({ clock });
afterAll(async () => (await opened).server.close());

/** The run of a job whose second task compares `left` with a text, and its output. */
async function compared(left: string, more: object = {}) {
	const { call, workspace } = await opened;
	const condition_task = { op: 'EQUAL_TO', left, right: 'x' };
	const jobId = await createJob(call, {
		name: 'close',
		parameters: [
			{ name: 'month', default: '2026-10' },
			{ name: 'with-dash', default: 'dashed' },
		],
		tasks: [task('first'), task('second', ['first'], { condition_task, ...more })],
	});
	const runId = await runNow(call, jobId);
	await clock.advance(0);
	const run = (await call('GET', `${jobs}/runs/get?run_id=${runId}`)).body;
	const idOf = (index: number) => String(at(run, 'tasks', index, 'run_id'));
	const output = await call('GET', `${jobs}/runs/get-output?run_id=${idOf(1)}`);
	const ids = { jobId: String(jobId), runId, firstRunId: idOf(0), secondRunId: idOf(1) };
	return { run, output: output.body, ...ids, workspaceId: workspace.workspaceId };
}

/** The value of a reference: the text that it equals. */
async function isEqual(reference: string, value: string): Promise<unknown> {
	const condition_task = { op: 'EQUAL_TO', left: reference, right: value };
	const { run, output } = await compared('', { condition_task });
	return at(output, 'error') ?? at(run, 'tasks', 1, 'condition_task', 'outcome');
}

test.each([
	['{{job.name}}', 'close'],
	['{{job.parameters.month}}', '2026-10'],
	['{{ job.parameters.month }} and {{job.repair_count}}', '2026-10 and 0'],
	['{{job.parameters.`with-dash`}}', 'dashed'],
	['{{job.start_time.iso_date}}', '2026-11-01'],
	['{{job.start_time.iso_datetime}}', '2026-11-01T08:05:09Z'],
	['{{job.start_time.timestamp_ms}}', String(startMs)],
	['{{job.start_time.year}}-{{job.start_time.month}}-{{job.start_time.day}}', '2026-11-1'],
	['{{job.start_time.hour}}:{{job.start_time.minute}}:{{job.start_time.second}}', '8:5:9'],
	['{{job.start_time.iso_weekday}} {{job.start_time.is_weekday}}', '7 false'],
	['{{start_date}} {{start_time}}', `2026-11-01 ${startMs}`],
	['{{task.name}} {{task.execution_count}}', 'second 1'],
	['{{task_key}}', 'second'],
	['{{tasks.first.result_state}} {{tasks.first.execution_count}}', 'success 1'],
	['{{workspace.url}}', 'http://workspace.test'],
])('%s is %s', async (reference, value) => {
	expect(await isEqual(reference, value)).toBe('true');
});

test.each(['{{nothing}}', '{{user.name}}', '{job.id}', '{{job.id'])(
	'%s is of no scope that Databricks knows, and stays as it is',
	async (text) => {
		expect(await isEqual(text, text)).toBe('true');
	},
);

test.each([
	'{{job.notebook_url}}',
	'{{job.parameters.none}}',
	'{{job.start_time.era}}',
	'{{job.parameters.with-dash}}',
	'{{job.trigger.type}}',
	'{{task.notebook_path}}',
	'{{tasks.none.run_id}}',
	'{{tasks.first.values.rows}}',
	'{{input}}',
	'{{backfill.iso_date}}',
])('%s has no value here, and fails the task', async (reference) => {
	expect(await isEqual(reference, 'x')).toBe(
		`The reference ${reference} has no value in the local workspace.`,
	);
});

test('ids are those of the run, the task and what came before it', async () => {
	const reference =
		'{{job.id}} {{job.run_id}} {{task.run_id}} {{tasks.first.run_id}} {{workspace.id}} {{job_id}}';
	const inputs = JSON.stringify(reference);
	const nested = {
		task_key: 'each',
		condition_task: { op: 'LESS_THAN', left: '{{input}}', right: '1' },
	};
	const seen = await compared('', {
		condition_task: undefined,
		for_each_task: { inputs: `[${inputs}]`, task: nested },
	});
	const { call } = await opened;
	const page = (await call('GET', `${jobs}/runs/get?run_id=${seen.secondRunId}`)).body;
	const iteration = String(at(page, 'iterations', 0, 'run_id'));
	const output = (await call('GET', `${jobs}/runs/get-output?run_id=${iteration}`)).body;
	const { jobId, runId, firstRunId, secondRunId, workspaceId } = seen;
	expect(at(output, 'error')).toBe(
		`Cannot compare '${[jobId, runId, secondRunId, firstRunId, workspaceId, jobId].join(' ')}': it is not a number.`,
	);
});

test('parameters of a run and of a run that it starts may have references', async () => {
	const { call } = await opened;
	const child = await createJob(call, {
		name: 'child',
		parameters: [
			{ name: 'from', default: '' },
			{ name: 'by', default: '{{job.trigger.type}}' },
		],
		tasks: [task('only')],
	});
	const parent = await createJob(call, {
		parameters: [{ name: 'day', default: '{{job.start_time.iso_date}}' }],
		tasks: [
			{
				task_key: 'call',
				run_job_task: { job_id: child, job_parameters: { from: '{{job.parameters.day}}' } },
			},
		],
	});
	await runNow(call, parent);
	await clock.advance(0);
	const list = await call('GET', `${jobs}/runs/list?job_id=${String(child)}`);
	expect(at(list.body, 'runs', 0, 'job_parameters')).toEqual([
		{ name: 'from', default: '', value: '2026-11-01' },
		{ name: 'by', default: '{{job.trigger.type}}', value: 'run_job_task' },
	]);
});
