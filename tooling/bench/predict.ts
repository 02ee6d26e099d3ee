import { Agent } from 'undici';
import type { Benchmark, Contender, Goal, Settings } from './measure';
import { nodeContender, ownCredentials, peerCredentials, type NodeRun } from './nodeContender';
import { openScoringServer } from './scoringServer';
import { p95In, webhookContender } from './webhookAnswer';

const own = 'Databricks Model Predict';
const peer = "n8n's Databricks node";
const floor = 'undici, batches of 1 000';

const endpoint = 'forecaster';

function inputItems(settings: Settings) {
	return Array.from({ length: Number(settings.items) }, (_, at) => ({
		json: { agency: 'RIM', year: 2026, month: 1 + (at % 12), prev_month: at + 0.5 },
	}));
}

const ownRun = (settings: Settings): NodeRun => ({
	type: 'n8n-nodes-databricks-lakehouse.databricksModelPredict',
	parameters: {
		authentication: 'accessToken',
		endpoint: { __rl: true, mode: 'name', value: endpoint },
	},
	credentials: ownCredentials(settings),
});

const peerRun = (settings: Settings): NodeRun => ({
	type: 'n8n-nodes-base.databricks',
	parameters: {
		authentication: 'accessToken',
		resource: 'modelServing',
		operation: 'queryEndpoint',
		endpointName: { __rl: true, mode: 'name', value: endpoint },
		requestBody:
			'={{ JSON.stringify({ dataframe_split: { columns: Object.keys($json), data: [Object.values($json)] } }) }}',
	},
	credentials: peerCredentials(settings),
});

const warmUp: Settings = { items: '1' };

const ownPredict = nodeContender(
	own,
	(settings) => ({ ...ownRun(settings), input: inputItems(settings) }),
	(items) =>
		`${items.filter(({ json }) => typeof json.prediction === 'number').length} predictions`,
	warmUp,
);

/** It has no batches: two requests for each item, one after the other. */
const peerPredict = nodeContender(
	peer,
	(settings) => ({ ...peerRun(settings), input: inputItems(settings) }),
	(items) => `${items.filter(({ json }) => Array.isArray(json.predictions)).length} predictions`,
	warmUp,
);

const floorPredict: Contender = {
	name: floor,
	prepare: async (settings) => {
		const agent = new Agent();
		return async () => {
			const items = inputItems(settings);
			let predictions = 0;
			for (let at = 0; at < items.length; at += 1_000) {
				const rows = items.slice(at, at + 1_000).map(({ json }) => Object.values(json));
				const columns = Object.keys(items[0]?.json ?? {});
				const answer = await agent.request({
					origin: settings.url ?? '',
					path: `/serving-endpoints/${endpoint}/invocations`,
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify({ dataframe_split: { columns, data: rows } }),
				});
				predictions += JSON.parse(await answer.body.text()).predictions.length;
			}
			return `${predictions} predictions`;
		};
	},
};

function goal(text: string, value: 'wallMs' | 'requests' | 'connections', limit: number): Goal {
	return {
		text,
		isMet: (figures) => {
			const mine = figures.get(own)?.[value];
			return mine === undefined ? undefined : mine <= limit;
		},
	};
}

/** This node, n8n's own and the floor against a stand-in of a served model 20 ms away. */
export const benchmark: Benchmark = {
	title: 'Model Predict: items to an endpoint 20 ms away',
	open: openScoringServer,
	cases: [
		{
			name: '1 item',
			settings: { items: '1' },
			repeats: 5,
			contenders: [ownPredict, peerPredict, floorPredict],
			goals: [goal('one item within 200 ms', 'wallMs', 200)],
		},
		{
			name: '1 000 items',
			settings: { items: '1000' },
			contenders: [ownPredict, peerPredict, floorPredict],
			goals: [
				goal('wall at most 500 ms', 'wallMs', 500),
				goal('at most 10 requests', 'requests', 10),
				goal('at most 4 connections', 'connections', 4),
			],
		},
		{
			name: '100 000 items',
			settings: { items: '100000' },
			contenders: [ownPredict, floorPredict],
			goals: [goal('wall at most 20 s', 'wallMs', 20_000)],
		},
		{
			name: 'webhook to answer, one item, 200 times',
			repeats: 3,
			contenders: [webhookContender(own, ownRun), webhookContender(peer, peerRun)],
			goals: [
				{
					text: 'p95 under 200 ms',
					isMet: (figures) => {
						const ms = p95In(figures.get(own)?.done ?? '');
						return ms === undefined ? undefined : ms < 200;
					},
				},
			],
		},
	],
};
