import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';
import { listenAndCount } from '../../tooling/bench/standIn';
import { Workbench } from './workbench';

/** What a model makes of the answers to the rows of a request. */
const manners = {
	'keeps order': (answers: number[]) => answers,
	sorts: (answers: number[]) => [...answers].sort((a, b) => a - b),
	'leaves out': (answers: number[]) => answers.filter((answer) => answer % 20 === 0),
	'drops equal ones': (answers: number[]) => [...new Set(answers)],
	'answers twice': (answers: number[]) => answers.flatMap((answer) => [answer, answer]),
};
type Manner = keyof typeof manners;

const bodySchema = z.object({ dataframe_split: z.object({ data: z.array(z.array(z.number())) }) });

let bench: Workbench;
let server: Awaited<ReturnType<typeof listenAndCount>>;
let manner: Manner = 'keeps order';
let random = randomFrom(1);

/** Refuses a request with a negative value; answers ten times the value, some requests before others. */
async function answer(body: string): Promise<{ status: number; text: string }> {
	const values = bodySchema
		.parse(JSON.parse(body))
		.dataframe_split.data.map(([value = 0]) => value);
	for (let turns = Math.floor(random() * 30); turns > 0; turns--) {
		await new Promise((next) => setImmediate(next));
	}
	if (values.some((value) => value < 0)) {
		const text = JSON.stringify({ error_code: 'BAD_REQUEST', message: 'negative' });
		return { status: 400, text };
	}
	const predictions = manners[manner](values.map((value) => value * 10));
	return { status: 200, text: JSON.stringify({ predictions }) };
}

beforeAll(async () => {
	bench = await Workbench.open();
	server = await listenAndCount((request, body, response) => {
		const reply = (status: number, text: string) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(text);
		if (request.method !== 'POST') reply(404, '{"message":"no"}');
		else
			answer(body).then(
				({ status, text }) => reply(status, text),
				() => response.destroy(),
			);
	});
});
afterAll(async () => {
	await server.close();
	await bench.close();
});

/** Numbers below 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

async function predict(values: number[], options: Record<string, unknown>): Promise<IDataObject[]> {
	const parameters = {
		authentication: 'accessToken',
		endpoint: { __rl: true, mode: 'name', value: 'm' },
		options: { ...options, keepInput: false },
	};
	const settings = { onError: 'continueRegularOutput' };
	const execution = await bench.run(
		{ type: 'databricksModelPredict', parameters, settings },
		{
			input: values.map((value) => ({ json: { value } })),
			credentials: [
				{ type: 'databricksLakehouseTokenApi', data: { host: server.url, token: 'dapi0' } },
			],
		},
	);
	const items = execution.items('Node');
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(values.map((_, item) => ({ item })));
	return items.map(({ json }) => json);
}

const below = (limit: number) => Math.floor(random() * limit);

describe.each(Object.keys(manners))('a model that %s', (name) => {
	test.each([
		['one item per request', true],
		['many items per request', false],
	])('never gives an item the answer of another: %s', async (_case, singleItems) => {
		// Alone, its answers cannot be told from right ones: hence the switch, and the test below.
		if (name === 'sorts' && !singleItems) return;
		manner = mannerOf(name);
		for (let seed = 1; seed <= 12; seed++) {
			random = randomFrom(seed);
			const badShare = random() / 3;
			const values = Array.from({ length: 1 + below(30) }, () =>
				random() < badShare ? -1 - below(3) : below(6),
			);
			const options = {
				singleItems,
				batchRecords: 1 + below(8),
				parallelRequests: 1 + below(4),
			};
			const items = await predict(values, options);
			const isOneToOne = manners[manner]([10]).length === 1 && manner !== 'leaves out';
			const mustAnswer = isOneToOne && (singleItems || manner === 'keeps order');
			for (const [at, value] of values.entries()) {
				const { prediction, error } = items[at] ?? {};
				if (value < 0) {
					expect(prediction).toBeUndefined();
					// The search for bad items ends where answers cannot be paired.
					expect(error).toMatch(
						singleItems || mustAnswer ? /^negative$/ : /^negative$|cannot be paired/,
					);
				} else if (mustAnswer) expect(prediction).toBe(value * 10);
				else if (prediction === undefined) expect(error).toMatch(/cannot be paired/);
				else expect(prediction).toBe(value * 10);
			}
		}
	});
});

function mannerOf(name: string): Manner {
	for (const known of ['keeps order', 'sorts', 'leaves out', 'drops equal ones'] as const) {
		if (known === name) return known;
	}
	return 'answers twice';
}

test('a model that sorts needs one item per request', async () => {
	manner = 'sorts';
	const predictions = async (options: Record<string, unknown>) =>
		(await predict([3, 1, 2], options)).map(({ prediction }) => prediction);
	expect(await predictions({})).toEqual([10, 20, 30]);
	expect(await predictions({ singleItems: true })).toEqual([30, 10, 20]);
});
