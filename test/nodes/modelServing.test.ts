import { ManualClock } from '../../workspace/clock';
import { fitForecaster, type ForecastInput } from '../../workspace/serving/forecaster';
import { modelRegistryOf } from '../../workspace/serving/modelRegistry';
import { type NodeUnderTest, Workbench } from './workbench';

const model = 'platinum.bir.bir_tax_forecaster';
const record = (prev_month: number, month = 11): ForecastInput => ({
	agency: 'RIM',
	year: 2026,
	month,
	prev_month,
	prev_year: 900_000.5,
	rolling_3m_avg: 980_000.5,
	rolling_12m_avg: 950_000.5,
});
const input = [1, 2, 3].map((factor) => ({ json: { ...record(factor * 200_000.5) } }));

let bench: Workbench;
/** Time of the workspace, which stands still; the node's own goes on. */
let clock: ManualClock;
beforeAll(async () => {
	clock = new ManualClock(Date.UTC(2026, 10, 1));
	bench = await Workbench.open({ clock, pace: { endpointColdStartMs: 40_000 } });
	const { workspace } = bench;
	const { userName } = workspace.user;
	await workspace.lakehouse.catalogs.create('platinum', {}, userName);
	await workspace.lakehouse.schemas.create('platinum', 'bir', {}, userName);
	const [catalog_name, schema_name, name] = model.split('.');
	await bench.call('POST', '/api/2.1/unity-catalog/models', { catalog_name, schema_name, name });
	const rows = Array.from({ length: 48 }, (_, at) => record(100_000.5 * (at + 1), (at % 12) + 1));
	const artifact = fitForecaster(
		rows,
		rows.map((row) => row.prev_month),
	);
	const trained = { artifact, metrics: {}, params: {}, runId: '1' };
	await modelRegistryOf(workspace).addVersion(model, trained, workspace.user);
});
afterAll(() => bench.close());
beforeEach(() => bench.workspace.faults.clear());

const entity = { name: 'champion', entity_name: model, entity_version: '1' };

async function endpoint(
	name: string,
	served: Record<string, unknown> = entity,
	more: Record<string, unknown> = {},
): Promise<string> {
	const config = { served_entities: [served] };
	await bench.call('POST', '/api/2.0/serving-endpoints', { name, config, ...more });
	return name;
}

const node = (
	name: string,
	more: Record<string, unknown> = {},
	settings: Record<string, unknown> = {},
): NodeUnderTest => ({
	type: 'databricksModelPredict',
	parameters: {
		authentication: 'accessToken',
		endpoint: { __rl: true, mode: 'name', value: name },
		...more,
	},
	settings,
});

/** How many requests to the path there have been since faults were cleared. */
function watch(path: string, more: Record<string, unknown> = {}): () => number {
	const { faults } = bench.workspace;
	faults.add({ path, delayMs: 0, times: 0, ...more });
	const at = faults.list().length - 1;
	return () => faults.list()[at]?.hits ?? 0;
}

describe('a route-optimised endpoint', () => {
	test('is asked at its own address with OAuth', async () => {
		const name = await endpoint('quick', entity, { route_optimized: true });
		const atWorkspace = watch('/serving-endpoints/quick/invocations');
		const atOwn = watch(`/${bench.workspace.workspaceId}/serving-endpoints/quick/invocations`);
		const items = await bench.items(node(name, { authentication: 'oAuth2' }), { input });
		expect(items.map(({ prediction }) => typeof prediction)).toEqual([
			'number',
			'number',
			'number',
		]);
		expect([atWorkspace(), atOwn()]).toEqual([0, 1]);
	});

	test('is refused for access tokens, before anything is sent', async () => {
		const asked = watch('*/invocations');
		const { error } = await bench.run(node('quick'), { input });
		expect(error).toMatchObject({
			message: expect.stringMatching(/route optimised.*takes OAuth tokens only/),
			description: expect.stringContaining("'OAuth2 (Service Principal)'"),
		});
		expect(asked()).toBe(0);
	});

	test('does not get the credential when it names an address that is none of Databricks', async () => {
		const body = {
			name: 'quick',
			route_optimized: true,
			endpoint_url: 'https://evil.example/serving-endpoints/quick/invocations',
		};
		const path = '/api/2.0/serving-endpoints/quick';
		bench.workspace.faults.add({ method: 'GET', path, status: 200, body });
		const { error } = await bench.run(node('quick', { authentication: 'oAuth2' }), { input });
		expect(error?.message).toContain('No credential was sent there.');
	});
});

test('an address in the OpenAPI document is not followed', async () => {
	const name = await endpoint('plain');
	const path = '/api/2.0/serving-endpoints/plain/openapi';
	const body = { openapi: '3.1.0', servers: [{ url: 'https://evil.example' }], paths: {} };
	bench.workspace.faults.add({ method: 'GET', path, status: 200, body });
	const asked = watch('/serving-endpoints/plain/invocations');
	expect((await bench.items(node(name), { input })).length).toBe(3);
	expect(asked()).toBe(1);
});

describe('the columns of the model', () => {
	const refuse = (path: string) =>
		bench.workspace.faults.add({
			method: 'GET',
			path,
			times: 0,
			status: 403,
			body: { error_code: 'PERMISSION_DENIED', message: 'no' },
		});
	const shown = async () =>
		await bench.mapperFields('databricksModelPredict', 'mapModelColumns', node('plain').parameters);

	test('are those of Unity Catalog when the OpenAPI document cannot be read', async () => {
		refuse('/api/2.0/serving-endpoints/plain/openapi');
		const fields = await shown();
		expect(fields.map(({ id, type, required }) => [id, type, required])).toEqual([
			['agency', 'string', true],
			['year', 'number', true],
			['month', 'number', true],
			...['prev_month', 'prev_year', 'rolling_3m_avg', 'rolling_12m_avg'].map((name) => [
				name,
				'number',
				true,
			]),
		]);
		const asked = watch('/serving-endpoints/plain/invocations');
		const bad = [{ json: { ...record(1), year: 2026.5 } }];
		const { error } = await bench.run(node('plain'), { input: bad });
		expect(error?.message).toContain('"year" is 2026.5, and the model takes a whole number');
		expect(asked()).toBe(0);
	});

	test('are typed by hand when neither can be read', async () => {
		refuse('/api/2.0/serving-endpoints/plain/openapi');
		refuse('/api/2.0/fs/files/Models/*');
		expect(await shown()).toEqual([]);
		const values = Object.entries(record(400_001)).map(([name, value]) => ({
			name,
			type: typeof value === 'string' ? 'text' : 'number',
			value: String(value),
		}));
		const byHand = node('plain', { recordMode: 'fields', record: { values } });
		const [item] = await bench.items(byHand, { input: input.slice(0, 1) });
		expect(typeof item?.prediction).toBe('number');
	});
});

describe('waiting', () => {
	test('an endpoint that scaled to zero is waited for', async () => {
		const name = await endpoint('sleepy', { ...entity, scale_to_zero_enabled: true });
		await clock.advance(31 * 60_000);
		const execution = bench.items(node(name), { input });
		const state = async () => await bench.text('GET', `/api/2.0/serving-endpoints/${name}`);
		await bench.until(async () => (await state()).includes('Scaling up from zero'));
		await clock.advance(40_000);
		expect((await execution).length).toBe(3);
	});

	test('an answer is waited for as long as the user says', async () => {
		const path = '/serving-endpoints/plain/invocations';
		bench.workspace.faults.add({ method: 'POST', path, delayMs: 3_600_000, times: 0 });
		const options = { timeoutSeconds: 1, patienceMinutes: 0 };
		const { error } = await bench.run(node('plain', { options }), { input });
		expect(error?.message).toMatch(/^No answer from 127\.0\.0\.1:\d+ within 1 s\.$/);
	});

	test('Stop ends the waiting at once', async () => {
		const asked = watch('/serving-endpoints/plain/invocations', { delayMs: 3_600_000 });
		const stop = new AbortController();
		const execution = bench.run(node('plain'), { input, signal: stop.signal });
		await bench.until(async () => asked() === 1);
		stop.abort();
		expect((await execution).items('Node')).toEqual([]);
		expect(asked()).toBe(1);
	});

	test('a busy endpoint is asked again when its Retry-After is over', async () => {
		const path = '/serving-endpoints/plain/invocations';
		bench.workspace.faults.add({ method: 'POST', path, status: 429, retryAfter: 1 });
		const startedMs = Date.now();
		expect((await bench.items(node('plain'), { input })).length).toBe(3);
		expect(Date.now() - startedMs).toBeGreaterThanOrEqual(1_000);
		bench.workspace.faults.add({ method: 'POST', path, status: 429, retryAfter: 3_600 });
		const { error } = await bench.run(node('plain', { options: { patienceMinutes: 1 } }), {
			input,
		});
		expect(error).toMatchObject({ httpCode: '429' });
	});
});

const says = 'The local workspace has no language model and repeats what it was given.';

describe('language models', () => {
	beforeAll(async () => {
		for (const name of ['chat', 'completions', 'embeddings']) {
			await endpoint(name, { entity_name: `system.ai.local_${name}` });
		}
	});
	const questions = ['How much?', 'Which agency?', 'Since when?', 'By whom?', 'Why?'].map(
		(question) => ({ json: { question } }),
	);

	test('a chat gets each question with the system message, some at a time', async () => {
		const path = '/serving-endpoints/chat/invocations';
		const asked = watch(path, { delayMs: 1_000 });
		const chat = node('chat', {
			operation: 'chat',
			message: '={{ $json.question }}',
			systemMessage: 'Be short.',
			options: { temperature: 0.2, maxTokens: 18, includeDetails: true, parallelRequests: 2 },
		});
		const execution = bench.run(chat, { input: questions });
		for (const most of [2, 4, 5]) {
			await bench.until(async () => asked() >= most);
			expect(asked()).toBe(most);
			await clock.advance(1_000);
		}
		const items = (await execution).items('Node');
		expect(items).toEqual(
			questions.map(({ json }, item) => {
				const words = `${says} Told beforehand: Be short. Asked: ${json.question}`.split(' ');
				return {
					pairedItem: { item },
					json: {
						...json,
						answer: words.slice(0, 18).join(' '),
						endpoint: 'chat',
						served_model: 'local_chat',
						latency_ms: expect.any(Number),
						finish_reason: words.length > 18 ? 'length' : 'stop',
						prompt_tokens: 2 + json.question.split(' ').length,
						completion_tokens: 18,
						total_tokens: 20 + json.question.split(' ').length,
					},
				};
			}),
		);
	});

	test('temperature and length reach the model; a wrong one fails its item alone', async () => {
		const chat = node(
			'chat',
			{
				operation: 'chat',
				message: '={{ $json.question }}',
				options: { temperature: "={{ $json.question === 'Why?' ? 9 : 1 }}" },
			},
			{ onError: 'continueRegularOutput' },
		);
		const items = await bench.items(chat, { input: questions });
		expect(items.map(({ answer, error }) => answer ?? error)).toEqual([
			...questions.slice(0, 4).map(({ json }) => `${says} Asked: ${json.question}`),
			expect.stringContaining('temperature'),
		]);
	});

	test('a completion goes on, an embedding is a vector; equal texts are equal', async () => {
		const [completed] = await bench.items(
			node('completions', { operation: 'completion', prompt: 'The tax is' }),
			{ input: questions.slice(0, 1) },
		);
		expect(completed).toEqual({ question: 'How much?', completion: `… The tax is (${says})` });
		const twice = [...questions.slice(0, 2), ...questions.slice(0, 1)];
		const vectors = await bench.items(
			node('embeddings', {
				operation: 'embedding',
				text: '={{ $json.question }}',
				options: { keepInput: false },
			}),
			{ input: twice },
		);
		const [first, second, third] = vectors.map(({ embedding }) => embedding);
		expect(first).toEqual(Array.from({ length: 16 }, () => expect.any(Number)));
		expect([third, second]).toEqual([first, expect.not.arrayContaining([first])]);
	});

	test('only endpoints that fit the operation are listed', async () => {
		const names = async (operation: string) => {
			const parameters = { authentication: 'accessToken', operation };
			const found = await bench.search('databricksModelPredict', 'searchEndpoints', '', parameters);
			return found.map(({ name }) => name);
		};
		expect(await names('chat')).toEqual(['chat']);
		expect(await names('embedding')).toEqual(['embeddings']);
		expect(await names('predict')).toEqual(expect.not.arrayContaining(['chat']));
	});

	test('a model of the wrong kind says so', async () => {
		const { error } = await bench.run(node('chat'), { input });
		expect(error?.message).toContain('Bad request');
	});
});
