import { setTimeout as sleep } from 'node:timers/promises';
import type { StandIn } from './measure';
import { listenAndCount } from './standIn';

/** The way to the endpoint and back, and the model itself. */
const latencyMs = 20;

const columns = { agency: 'string', year: 'integer', month: 'integer', prev_month: 'number' };

/** The document that an endpoint gives of itself, of its records alone. */
const openApi = JSON.stringify({
	paths: {
		'/served-models/champion/invocations': {
			post: {
				requestBody: {
					content: {
						'application/json': {
							schema: {
								oneOf: [
									{
										properties: {
											dataframe_records: {
												items: {
													required: Object.keys(columns),
													properties: Object.fromEntries(
														Object.entries(columns).map(([name, type]) => [name, { type }]),
													),
												},
											},
										},
									},
								],
							},
						},
					},
				},
			},
		},
	},
});

/** What the workspace says of the endpoint. */
const endpoint = JSON.stringify({ name: 'forecaster', state: { ready: 'READY' } });

/** A stand-in of a served model: each row's last value, after 20 ms. */
export async function openScoringServer(): Promise<StandIn> {
	const { url, ...server } = await listenAndCount((request, body, response) => {
		const answer = async () => {
			await sleep(latencyMs);
			const isScoring = request.method === 'POST';
			const rows: unknown[][] = isScoring ? JSON.parse(body).dataframe_split.data : [];
			const text = isScoring
				? JSON.stringify({ predictions: rows.map((row) => row.at(-1)) })
				: request.url?.endsWith('/openapi') === true
					? openApi
					: endpoint;
			response.writeHead(200, { 'content-type': 'application/json' }).end(text);
		};
		answer().catch(() => response.destroy());
	});
	return { ...server, settings: { url } };
}
