import { Agent } from 'undici';
import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark, Contender, Figures, Settings } from './measure';
import { nodeContender, ownCredentials, peerCredentials } from './nodeContender';
import { listenAndCount } from './standIn';

const own = 'Databricks Run Job';
const peer = "n8n's Databricks node";
const floor = 'undici + one look every 500 ms';
const runMs = 2_000;
const jobId = '281874479417551';

const job = { __rl: true, mode: 'id', value: jobId };

function inputItems(settings: Settings) {
	return Array.from({ length: Number(settings.items) }, () => ({ json: {} }));
}

const ownRuns: Contender = nodeContender(
	own,
	(settings) => ({
		type: 'n8n-nodes-databricks-lakehouse.databricksRunJob',
		parameters: { authentication: 'accessToken', operation: 'run', job, parameterMode: 'json' },
		credentials: ownCredentials(settings),
		input: inputItems(settings),
	}),
	(items) => `${items.filter(({ json }) => json.result_state === 'SUCCESS').length} runs`,
);

const peerRuns: Contender = nodeContender(
	peer,
	(settings) => ({
		type: 'n8n-nodes-base.databricks',
		parameters: {
			authentication: 'accessToken',
			resource: 'job',
			operation: 'run',
			jobId: job,
			waitForCompletion: true,
		},
		credentials: peerCredentials(settings),
		input: inputItems(settings),
	}),
	(items) => `${items.length} runs`,
);

/** Each run started and looked at by itself, as fast as a connection allows. */
const floorRuns: Contender = {
	name: floor,
	prepare: async (settings) => {
		const agent = new Agent();
		const ask = async (method: 'GET' | 'POST', path: string) => {
			const answer = await agent.request({ origin: settings.url ?? '', path, method });
			return JSON.parse(await answer.body.text());
		};
		return async () => {
			const ended = await Promise.all(
				inputItems(settings).map(async () => {
					const { run_id: id } = await ask('POST', '/api/2.2/jobs/run-now');
					for (;;) {
						const { state } = await ask('GET', `/api/2.2/jobs/runs/get?run_id=${id}`);
						if (state.life_cycle_state === 'TERMINATED') return state.result_state;
						await pause(500);
					}
				}),
			);
			return `${ended.length} runs`;
		};
	},
};

/** Runs of two seconds each; nothing else of the service. */
async function openJobServer() {
	const startedMs = new Map<number, number>();
	const runOf = (id: number) => {
		const start = startedMs.get(id) ?? 0;
		const hasEnded = Date.now() >= start + runMs;
		const ended = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' };
		const state = hasEnded ? ended : { life_cycle_state: 'RUNNING', state_message: '' };
		const details = { code: 'SUCCESS', type: 'SUCCESS' };
		const status = hasEnded
			? { state: 'TERMINATED', termination_details: details }
			: { state: 'RUNNING' };
		const times = { start_time: start, end_time: hasEnded ? start + runMs : 0 };
		const task = { run_id: id + 1_000_000, task_key: 'only', condition_task: {}, state, ...times };
		return { run_id: id, job_id: Number(jobId), state, status, ...times, tasks: [task] };
	};
	const answers: Record<string, (query: URLSearchParams) => unknown> = {
		'/api/2.2/jobs/run-now': () => {
			const id = startedMs.size + 1;
			startedMs.set(id, Date.now());
			return { run_id: id, number_in_job: id };
		},
		'/api/2.2/jobs/runs/get': (query) => runOf(Number(query.get('run_id'))),
		'/api/2.2/jobs/runs/list': (query) => {
			const from = Number(query.get('page_token') ?? '0');
			const times = [query.get('start_time_from') ?? 0, query.get('start_time_to') ?? Infinity];
			const [low = 0, high = 0] = times.map(Number);
			const all = [...startedMs]
				.filter(([, start]) => start >= low && start <= high)
				.map(([id]) => id)
				.reverse();
			const page = all.slice(from, from + 24);
			const next = from + 24 < all.length ? String(from + 24) : undefined;
			return { runs: page.map(runOf), next_page_token: next };
		},
	};
	const { url, counts, close } = await listenAndCount((request, _body, response) => {
		const { pathname, searchParams } = new URL(request.url ?? '', 'http://stand-in');
		const answer = answers[pathname];
		response.writeHead(answer === undefined ? 501 : 200, { 'content-type': 'application/json' });
		response.end(JSON.stringify(answer?.(searchParams) ?? { error_code: 'NOT_IMPLEMENTED' }));
	});
	return { settings: { url }, counts, close };
}

/** The looks of this node at one run; the case of one run is measured first. */
let looksAtOne: number | undefined;

function looks(figures: ReadonlyMap<string, Figures>, runs: number): number | undefined {
	const requests = figures.get(own)?.requests;
	return requests === undefined ? undefined : requests - runs;
}

/** Runs of one job that take two seconds, started and waited for. */
export const benchmark: Benchmark = {
	title: 'Jobs: runs of 2 s, started and waited for',
	open: openJobServer,
	cases: [
		{
			name: '1 run',
			settings: { items: '1' },
			contenders: [ownRuns, floorRuns],
			goals: [
				{
					text: 'the end is seen within 1.5 s',
					isMet: (figures) => {
						looksAtOne = looks(figures, 1);
						const wallMs = figures.get(own)?.wallMs;
						return wallMs === undefined ? undefined : wallMs <= runMs + 1_500;
					},
				},
			],
		},
		{
			name: '10 runs',
			settings: { items: '10' },
			contenders: [ownRuns, peerRuns, floorRuns],
			goals: [
				{
					text: 'wall at most 3.5 s',
					isMet: (figures) => {
						const wallMs = figures.get(own)?.wallMs;
						return wallMs === undefined ? undefined : wallMs <= 3_500;
					},
				},
			],
		},
		{
			name: '100 runs',
			settings: { items: '100' },
			contenders: [ownRuns, floorRuns],
			goals: [
				{
					text: 'requests beside the 100 starts at most 3 × those of one run',
					isMet: (figures) => {
						const many = looks(figures, 100);
						return many === undefined || looksAtOne === undefined
							? undefined
							: many <= 3 * looksAtOne;
					},
				},
			],
		},
	],
};
