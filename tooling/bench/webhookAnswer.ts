import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Agent } from 'undici';
import { createEngine } from '../engine/engine';
import { repositoryRoot } from '../start/repositoryRoot';
import type { Contender, Settings } from './measure';
import type { NodeRun } from './nodeContender';

/** Requests before those that count: code and connections are warm then, as in a server that runs. */
const warmUps = 20;
const requests = 200;

/**
 * A workflow of three nodes, Webhook, the node and Respond to Webhook, that n8n's engine runs for every
 * HTTP request to a server in this process; n8n's own HTTP layer and its database are not in it. The
 * requests come one after the other. Answers the 50th and 95th percentile of the time to the answer.
 */
export function webhookContender(name: string, run: (settings: Settings) => NodeRun): Contender {
	return {
		name,
		prepare: async (settings) => {
			const root = repositoryRoot(__dirname);
			const engine = createEngine({
				packageDirectories: [join(root, 'node_modules/n8n-nodes-base'), root],
			});
			await engine.load();
			const { type, parameters, credentials } = run(settings);
			const stored = Object.entries(credentials).map(([key, data]) => ({ type: key, data }));
			const workflow = webhookWorkflow(type, parameters, Object.keys(credentials));
			const answer = async (body: string): Promise<string> => {
				let response: unknown;
				const execution = await engine.execute(workflow, {
					mode: 'webhook',
					startNode: 'Webhook',
					credentials: stored,
					input: [{ json: JSON.parse(body) }],
					hooks: { response: (sent) => (response = sent) },
				});
				if (execution.error !== undefined) throw execution.error;
				return JSON.stringify(response);
			};
			return async () => await measured(answer);
		},
	};
}

function webhookWorkflow(type: string, parameters: NodeRun['parameters'], credentials: string[]) {
	const node = (
		name: string,
		nodeType: string,
		typeVersion: number,
		values: object,
		at: number,
	) => ({
		id: name,
		name,
		type: nodeType,
		typeVersion,
		position: [at * 200, 0],
		parameters: values,
	});
	return {
		name: 'Webhook',
		nodes: [
			node(
				'Webhook',
				'n8n-nodes-base.webhook',
				2,
				{ path: 'ask', responseMode: 'responseNode' },
				0,
			),
			{
				...node('Node', type, 1, parameters, 1),
				credentials: Object.fromEntries(credentials.map((key) => [key, { name: 'Stand-in' }])),
			},
			node(
				'Respond',
				'n8n-nodes-base.respondToWebhook',
				1,
				{ respondWith: 'firstIncomingItem' },
				2,
			),
		],
		connections: {
			Webhook: { main: [[{ node: 'Node', type: 'main', index: 0 }]] },
			Node: { main: [[{ node: 'Respond', type: 'main', index: 0 }]] },
		},
	};
}

async function measured(answer: (body: string) => Promise<string>): Promise<string> {
	const server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			answer(Buffer.concat(parts).toString('utf8')).then(
				(text) => response.end(text),
				(error: unknown) => response.writeHead(500).end(String(error)),
			);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = address !== null && typeof address === 'object' ? address.port : 0;
	const agent = new Agent();
	const times: number[] = [];
	for (let at = 0; at < warmUps + requests; at++) {
		const startedMs = performance.now();
		const reply = await agent.request({
			origin: `http://127.0.0.1:${port}`,
			path: '/ask',
			method: 'POST',
			body: JSON.stringify({
				agency: 'RIM',
				year: 2026,
				month: 1 + (at % 12),
				prev_month: at + 0.5,
			}),
		});
		const text = await reply.body.text();
		if (!text.includes(`${at + 0.5}`)) throw new Error(`The answer was ${text.slice(0, 300)}`);
		if (at >= warmUps) times.push(performance.now() - startedMs);
	}
	await agent.close();
	server.close();
	times.sort((a, b) => a - b);
	const percentile = (share: number) => Math.round(times[Math.ceil(share * times.length) - 1] ?? 0);
	return `${times.length} answers, p50 ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms`;
}

/** The 95th percentile in what a contender answered, in ms. */
export function p95In(done: string): number | undefined {
	const ms = /p95 (\d+) ms/.exec(done)?.[1];
	return ms === undefined ? undefined : Number(ms);
}
