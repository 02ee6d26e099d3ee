import { createJob, endOf, failing, runNow, task, taskStates } from './runCalls';
import { workspaceUnderTest } from './workspaceUnderTest';

const opened = workspaceUnderTest();
afterAll(async () => (await opened).server.close());

const off = (key: string) => task(key, [], { disabled: true });
/** A task that is excluded: it deals with a failure, and there was none. */
const spare = (key: string) => [
	task(`${key}_before`),
	task(key, [`${key}_before`], { run_if: 'ALL_FAILED' }),
];

/** The state of a task `end` that depends on `before`, by its condition: documented tables. */
const table: [string, { task_key: string }[], string, Record<string, string>][] = [
	[
		'all succeeded',
		[task('a'), task('b')],
		'a b',
		{
			ALL_SUCCESS: 'SUCCESS',
			AT_LEAST_ONE_SUCCESS: 'SUCCESS',
			NONE_FAILED: 'SUCCESS',
			ALL_DONE: 'SUCCESS',
			AT_LEAST_ONE_FAILED: 'EXCLUDED',
			ALL_FAILED: 'EXCLUDED',
		},
	],
	[
		'one of two failed',
		[task('a'), failing('b')],
		'a b',
		{
			ALL_SUCCESS: 'UPSTREAM_FAILED',
			AT_LEAST_ONE_SUCCESS: 'SUCCESS',
			NONE_FAILED: 'UPSTREAM_FAILED',
			ALL_DONE: 'SUCCESS',
			AT_LEAST_ONE_FAILED: 'SUCCESS',
			ALL_FAILED: 'EXCLUDED',
		},
	],
	[
		'all failed',
		[failing('a'), failing('b')],
		'a b',
		{
			ALL_SUCCESS: 'UPSTREAM_FAILED',
			AT_LEAST_ONE_SUCCESS: 'UPSTREAM_FAILED',
			NONE_FAILED: 'UPSTREAM_FAILED',
			ALL_DONE: 'SUCCESS',
			AT_LEAST_ONE_FAILED: 'SUCCESS',
			ALL_FAILED: 'SUCCESS',
		},
	],
	[
		'one excluded, which counts as successful',
		[task('a'), ...spare('b')],
		'a b',
		{ ALL_SUCCESS: 'SUCCESS', NONE_FAILED: 'SUCCESS', AT_LEAST_ONE_FAILED: 'EXCLUDED' },
	],
	[
		'all excluded',
		spare('a'),
		'a',
		{
			ALL_SUCCESS: 'EXCLUDED',
			AT_LEAST_ONE_SUCCESS: 'EXCLUDED',
			NONE_FAILED: 'EXCLUDED',
			ALL_DONE: 'EXCLUDED',
			AT_LEAST_ONE_FAILED: 'EXCLUDED',
			ALL_FAILED: 'EXCLUDED',
		},
	],
	[
		'one disabled',
		[off('a')],
		'a',
		{
			ALL_SUCCESS: 'DISABLED',
			AT_LEAST_ONE_SUCCESS: 'DISABLED',
			NONE_FAILED: 'DISABLED',
			ALL_DONE: 'SUCCESS',
			AT_LEAST_ONE_FAILED: 'DISABLED',
			ALL_FAILED: 'DISABLED',
		},
	],
	[
		'one disabled, one succeeded',
		[off('a'), task('b')],
		'a b',
		{
			ALL_SUCCESS: 'DISABLED',
			AT_LEAST_ONE_SUCCESS: 'SUCCESS',
			NONE_FAILED: 'SUCCESS',
			ALL_DONE: 'SUCCESS',
		},
	],
	['one disabled, one excluded', [off('a'), ...spare('b')], 'a b', { NONE_FAILED: 'SUCCESS' }],
	[
		'one disabled, one failed',
		[off('a'), failing('b')],
		'a b',
		{ AT_LEAST_ONE_FAILED: 'SUCCESS', ALL_FAILED: 'DISABLED', NONE_FAILED: 'UPSTREAM_FAILED' },
	],
];

const cases = table.flatMap(([what, tasks, before, results]) =>
	Object.entries(results).map(
		([condition, result]) => [what, condition, result, tasks, before] as const,
	),
);

test.each(cases)('%s: %s gives %s', async (_what, condition, result, tasks, before) => {
	const { call } = await opened;
	const end = task('end', before.split(' '), { run_if: condition });
	const runId = await runNow(call, await createJob(call, { tasks: [...tasks, end] }));
	const states = taskStates(await endOf(await opened, runId));
	expect(states.at(-1)).toMatch(new RegExp(`^end#0 \\w+ ${result}$`));
});

test.each([
	['the branch that was not taken excludes what needs it', 'b', 'EXCLUDED'],
	['the branch that was taken does not', 'a', 'SUCCESS'],
])('%s', async (_what, other, result) => {
	const { call } = await opened;
	const outcome = result === 'SUCCESS' ? 'true' : 'false';
	const tasks = [task('if'), task(other), task('end', [['if', outcome], other])];
	const runId = await runNow(call, await createJob(call, { tasks }));
	expect(taskStates(await endOf(await opened, runId)).at(-1)).toMatch(
		new RegExp(`^end#0 \\w+ ${result}$`),
	);
});

const compared = (op: string, left: string, right: string) => ({
	task_key: 'if',
	condition_task: { op, left, right },
});

test.each([
	['EQUAL_TO', '12.0', '12', 'false'],
	['NOT_EQUAL', '12.0', '12', 'true'],
	['GREATER_THAN', '10.0', '9', 'true'],
	['GREATER_THAN_OR_EQUAL', '12.0', '12', 'true'],
	['GREATER_THAN_OR_EQUAL', '10.0', '12', 'false'],
	['LESS_THAN', '9', '10', 'true'],
	['LESS_THAN_OR_EQUAL', '10', '10.0', 'true'],
])('%s of %s and %s is %s', async (op, left, right, outcome) => {
	const { call } = await opened;
	const job = await createJob(call, { tasks: [compared(op, left, right)] });
	const run = await endOf(await opened, await runNow(call, job));
	expect(run).toMatchObject({ tasks: [{ condition_task: { op, left, right, outcome } }] });
});

test('a comparison of what is no number fails, and is not retried', async () => {
	const { call } = await opened;
	const tasks = [{ ...compared('LESS_THAN', 'x', '1'), max_retries: 3 }];
	const run = await endOf(await opened, await runNow(call, await createJob(call, { tasks })));
	expect(taskStates(run)).toEqual(['if#0 TERMINATED FAILED']);
});
