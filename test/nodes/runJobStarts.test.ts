import type { Execution } from '../../tooling/engine/execution';
import { compare, importSql, job, run, runsOf, sqlJob, withKey } from './jobsUnderTest';
import { whileTimePasses } from './passingTime';
import { type NodeUnderTest, Workbench } from './workbench';

/**
 * What a start comes to, whatever happens to it: how many runs the workspace has, and what the user
 * sees.
 */
let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
});
afterAll(async () => {
	await bench.close();
});
beforeEach(() => bench.workspace.faults.clear());

const dayMs = 86_400_000;
const runNow = { method: 'POST', path: '/api/2.2/jobs/run-now' } as const;
const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };

/** `SUCCESS started 1`, or the message. */
function seen(execution: Execution): string {
	if (execution.error) return execution.error.message.replace(/\d{10,}/g, 'N');
	const [item] = execution.items('Node').map(({ json }) => json);
	return [item?.result_state, item?.start, item?.attempt].join(' ');
}

interface Case {
	/** The name of the fault. */
	name: string;
	prepare?: (jobId: string) => Promise<void> | void;
	job?: () => Promise<string>;
	node?: (jobId: string) => NodeUnderTest;
	executions: (node: NodeUnderTest, jobId: string) => Promise<Execution[]>;
	runs: number;
	sees: string[];
}

/** How long the node waits for one answer. */
const requestTimeoutMs = 60_000;

const inSilence = async (
	start: () => Promise<Execution>,
	isSilent: () => Promise<boolean> | boolean,
) => await whileTimePasses(start, isSilent, requestTimeoutMs);

/** Whether a start has come in since it was asked the last time. */
function newStarts(): () => boolean {
	let seen = 0;
	return () => {
		const { hits = 0 } = bench.workspace.faults.list()[0] ?? {};
		const isNew = hits > seen;
		seen = hits;
		return isNew;
	};
}

const once = async (node: NodeUnderTest) => [await bench.run(node)];
const failed =
	'Task "check" of run N failed: [TABLE_OR_VIEW_NOT_FOUND] The table or view `gold`.`nowhere`.`totals` cannot be found.';
const startsWithFailure = expect.stringMatching(
	new RegExp(`^${failed.slice(0, 60).replace(/[[\]`."]/g, '\\$&')}`),
);

const cases: Case[] = [
	{
		name: 'the answer is lost',
		prepare: () => bench.workspace.faults.add({ ...runNow, when: 'after', reset: true }),
		executions: once,
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'a 503 after the effect',
		prepare: () => bench.workspace.faults.add({ ...runNow, when: 'after', status: 503 }),
		executions: once,
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'a gateway gives up before the effect',
		prepare: () => bench.workspace.faults.add({ ...runNow, status: 504 }),
		executions: once,
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'a gateway gives up after the effect',
		prepare: () => bench.workspace.faults.add({ ...runNow, when: 'after', status: 504 }),
		executions: once,
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'no answer within the 60 seconds of a request, before the effect',
		prepare: () => bench.workspace.faults.add({ ...runNow, delayMs: dayMs }),
		executions: async (node) => [await inSilence(() => bench.run(node), newStarts())],
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'no answer within the 60 seconds of a request, after the effect',
		prepare: () => bench.workspace.faults.add({ ...runNow, when: 'after', delayMs: dayMs }),
		executions: async (node, id) => {
			const isNew = newStarts();
			const hasBegun = async () => (await runsOf(bench, id)).length === 1 && isNew();
			return [await inSilence(() => bench.run(node), hasBegun)];
		},
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: "no answer for as long as the node tries, and the user presses 'Retry'",
		prepare: () =>
			bench.workspace.faults.add({ ...runNow, when: 'after', delayMs: dayMs, times: 0 }),
		executions: async (node) => {
			const resumeToken = 'of the silent one';
			const options = { executionId: '12', resumeToken };
			const first = await inSilence(() => bench.run(node, options), newStarts());
			bench.workspace.faults.clear();
			const again = { executionId: '13', resumeToken, mode: 'retry' } as const;
			return [first, await bench.run(node, again)];
		},
		runs: 1,
		sees: [
			expect.stringMatching(/^No answer from 127\.0\.0\.1:\d+ within 60 s\.$/),
			'SUCCESS found 1',
		],
	},
	{
		name: 'Retry On Fail three times over a refused start',
		prepare: () => {
			const body = { error_code: 'PERMISSION_DENIED', message: 'not now' };
			bench.workspace.faults.add({ ...runNow, status: 403, body, times: 2 });
		},
		node: (id) => ({ ...run(id), settings: retryOnFail }),
		executions: once,
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'Retry On Fail three times over a result that cannot be read',
		prepare: () => {
			const path = '/api/2.2/jobs/runs/get';
			const body = { error_code: 'PERMISSION_DENIED', message: 'not now' };
			bench.workspace.faults.add({ path, status: 403, body, times: 2 });
		},
		node: (id) => ({ ...run(id), settings: retryOnFail }),
		executions: once,
		runs: 1,
		sees: ['SUCCESS started 1'],
	},
	{
		name: 'Retry On Fail three times over a run that fails',
		job: async () => await sqlJob(bench, 'fails thrice', 'SELECT * FROM gold.nowhere.totals'),
		node: (id) => ({ ...run(id), settings: retryOnFail }),
		executions: once,
		runs: 3,
		sees: [startsWithFailure],
	},
	{
		name: 'two executions with one key at the same instant',
		node: (id) => run(id, withKey('2026-10')),
		executions: async (node) => {
			bench.workspace.faults.add({ ...runNow, delayMs: 50, times: 2 });
			return await Promise.all([bench.run(node), bench.run(node)]);
		},
		runs: 1,
		sees: ['SUCCESS started 1', expect.stringMatching(/^SUCCESS (joined|found) 1$/)],
	},
	{
		name: 'the worker dies after the start, and n8n runs the execution again',
		executions: async (node) => {
			const resumeToken = 'the same';
			const path = '/api/2.2/jobs/runs/get';
			// Nothing is read after the start: what is left of the first time is the run alone.
			const body = { error_code: 'PERMISSION_DENIED', message: 'died here' };
			bench.workspace.faults.add({ path, status: 403, body });
			const first = await bench.run(node, { executionId: '7', resumeToken });
			return [first, await bench.run(node, { executionId: '7', resumeToken })];
		},
		runs: 1,
		sees: ['died here', 'SUCCESS started 1'],
	},
	{
		name: "the worker dies after the start, and the user presses 'Retry'",
		executions: async (node) => {
			const resumeToken = 'the same, too';
			const path = '/api/2.2/jobs/runs/get';
			const body = { error_code: 'PERMISSION_DENIED', message: 'died here' };
			bench.workspace.faults.add({ path, status: 403, body });
			const first = await bench.run(node, { executionId: '8', resumeToken });
			const again = { executionId: '9', resumeToken, mode: 'retry' } as const;
			return [first, await bench.run(node, again)];
		},
		runs: 1,
		sees: ['died here', 'SUCCESS found 1'],
	},
	{
		name: "the run ended FAILED, and the user presses 'Retry'",
		job: async () => await sqlJob(bench, 'mended', 'SELECT * FROM gold.nowhere.totals'),
		executions: async (node) => {
			const resumeToken = 'of the failed one';
			const first = await bench.run(node, { executionId: '10', resumeToken });
			await importSql(bench, 'mended', 'SELECT 1');
			const again = { executionId: '11', resumeToken, mode: 'retry' } as const;
			return [first, await bench.run(node, again)];
		},
		runs: 2,
		sees: [startsWithFailure, 'SUCCESS started 2'],
	},
	{
		name: 'the run of a key ended FAILED, and it is started again',
		job: async () => await sqlJob(bench, 'mended key', 'SELECT * FROM gold.nowhere.totals'),
		node: (id) => run(id, withKey('2026-10')),
		executions: async (node) => {
			const first = await bench.run(node);
			await importSql(bench, 'mended key', 'SELECT 1');
			return [first, await bench.run(node), await bench.run(node)];
		},
		runs: 2,
		sees: [startsWithFailure, 'SUCCESS started 2', 'SUCCESS found 2'],
	},
	{
		name: 'the run of a key was deleted',
		node: (id) => run(id, withKey('2026-10')),
		executions: async (node, id) => {
			const first = await bench.run(node);
			const [runId] = await runsOf(bench, id);
			await bench.text('POST', '/api/2.2/jobs/runs/delete', { run_id: runId });
			return [first, await bench.run(node)];
		},
		runs: 1,
		sees: ['SUCCESS started 1', 'SUCCESS started 2'],
	},
	{
		name: 'a key of 200 characters',
		node: (id) => run(id, withKey('é'.repeat(200))),
		executions: async (node) => [await bench.run(node), await bench.run(node)],
		runs: 1,
		sees: ['SUCCESS started 1', 'SUCCESS found 1'],
	},
];

test.each(cases)('$name', async ({ name, prepare, job: makeJob, node, executions, runs, sees }) => {
	const id = makeJob === undefined ? await job(bench, name, [compare('only')]) : await makeJob();
	await prepare?.(id);
	const done = await executions((node ?? run)(id), id);
	expect(done).toHaveLength(sees.length);
	expect(done.map(seen)).toEqual(expect.arrayContaining(sees));
	expect(await runsOf(bench, id)).toHaveLength(runs);
});
