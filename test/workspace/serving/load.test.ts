import { forecastInput, ServingUnderTest } from './servingUnderTest';

let under: ServingUnderTest;
beforeEach(async () => {
	under = await ServingUnderTest.open({ pace: { endpointColdStartMs: 40_000 } });
});
afterEach(() => under.server.close());

const root = '/api/2.0/serving-endpoints';
const minute = 60_000;

describe('traffic', () => {
	const routes = [
		{ served_model_name: 'v1', traffic_percentage: 75 },
		{ served_model_name: 'v2', traffic_percentage: 25 },
	];

	it('is split as the routes say, and a served model can be asked by its name', async () => {
		await under.serve('split', [under.entity('1'), under.entity('2')], {}, { routes });
		const served: Record<string, number> = {};
		const predictions = new Map<string, unknown>();
		for (let at = 0; at < 100; at++) {
			const { served: name = '', body } = await under.predict('split');
			served[name ?? ''] = (served[name ?? ''] ?? 0) + 1;
			predictions.set(name ?? '', body);
		}
		expect(served).toEqual({ v1: 75, v2: 25 });
		const path = '/serving-endpoints/split/served-models/v2/invocations';
		const direct = await under.ask('POST', path, { dataframe_records: [forecastInput] });
		expect(direct).toMatchObject({ status: 200, served: 'v2', body: predictions.get('v2') });
		expect(predictions.get('v1')).not.toEqual(predictions.get('v2'));
		const unknown = await under.ask('POST', path.replace('v2', 'v3'), {});
		expect(unknown).toMatchObject({ status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND' } });
	});

	it('has a path for each served model in the OpenAPI document', async () => {
		await under.serve('split', [under.entity('1'), under.entity('2')], {}, { routes });
		const { body } = await under.ask('GET', `${root}/split/openapi`);
		expect(body).toMatchObject({
			paths: {
				'/served-models/v1/invocations': expect.anything(),
				'/served-models/v2/invocations': expect.anything(),
			},
		});
	});
});

describe('an endpoint that scales to zero', () => {
	const message = async () => {
		const { body } = await under.ask('GET', `${root}/sleepy`);
		return JSON.stringify(body).match(/"deployment_state_message":"([^"]*)"/)?.[1];
	};

	it('holds the first request after half an hour until a replica is up', async () => {
		await under.serve('sleepy', [under.entity('1', { scale_to_zero_enabled: true })]);
		expect((await under.predict('sleepy')).status).toBe(200);
		await under.clock.advance(30 * minute - 1);
		expect(await message()).toBe('');
		await under.clock.advance(1);
		expect(await message()).toBe('Scaled to zero');
		const before = under.clock.now();
		let answered = false;
		const held = [under.predict('sleepy'), under.predict('sleepy')].map(async (answer) => {
			const { status } = await answer;
			answered = true;
			return status;
		});
		await under.clock.advance(39_999);
		expect([answered, await message()]).toEqual([false, 'Scaling up from zero']);
		await under.clock.advance(1);
		expect(await Promise.all(held)).toEqual([200, 200]);
		expect([under.clock.now() - before, await message()]).toEqual([40_000, '']);
		expect((await under.predict('sleepy')).status).toBe(200);
	});

	it('keeps a replica when it is not told to scale to zero', async () => {
		await under.serve('awake', [under.entity('1')]);
		await under.clock.advance(24 * 60 * minute);
		expect((await under.predict('awake')).status).toBe(200);
	});

	it('does not hold a request for longer than the service does', async () => {
		await under.server.close();
		under = await ServingUnderTest.open({ pace: { endpointColdStartMs: 600_000 } });
		await under.serve('slow', [under.entity('1', { scale_to_zero_enabled: true })]);
		await under.clock.advance(30 * minute);
		const held = under.predict('slow');
		await under.clock.advance(297_000);
		expect((await held).status).toBe(504);
		await under.clock.advance(303_000);
		expect((await under.predict('slow')).status).toBe(200);
	});
});

describe('rate limits', () => {
	const statuses = async (times: number) => {
		const all: number[] = [];
		for (let at = 0; at < times; at++) all.push((await under.predict('busy')).status);
		return all;
	};
	const limit = (calls: number, key = 'endpoint') => ({
		rate_limits: [{ calls, key, renewal_period: 'minute' }],
	});

	it.each([
		['of the endpoint', limit(2)],
		['of the AI gateway', { ai_gateway: limit(2) }],
		['of each user', limit(2, 'user')],
	])('%s answer 429 with Retry-After until the minute is over', async (_what, settings) => {
		await under.serve('busy', [under.entity('1')], settings);
		await under.clock.advance(15_000);
		expect(await statuses(3)).toEqual([200, 200, 429]);
		const refused = await under.predict('busy');
		expect(refused).toMatchObject({
			retryAfter: '45',
			body: { error_code: 'REQUEST_LIMIT_EXCEEDED' },
		});
		await under.clock.advance(45_000);
		expect(await statuses(3)).toEqual([200, 200, 429]);
	});

	it('of a user do not count for another', async () => {
		await under.serve('busy', [under.entity('1')], limit(1, 'user'));
		expect(await statuses(2)).toEqual([200, 429]);
		const { accessToken } = under.workspace.issueAccessToken();
		const path = '/serving-endpoints/busy/invocations';
		const body = { dataframe_records: [forecastInput] };
		expect((await under.ask('POST', path, body, accessToken)).status).toBe(200);
	});

	it('are changed, and refused when they are of a kind that is not kept here', async () => {
		await under.serve('busy', [under.entity('1')]);
		expect(await statuses(3)).toEqual([200, 200, 200]);
		await under.ask('PUT', `${root}/busy/rate-limits`, limit(1));
		expect(await statuses(2)).toEqual([200, 429]);
		await under.ask('PUT', `${root}/busy/ai-gateway`, limit(2));
		expect(await statuses(2)).toEqual([200, 429]);
		const tokens = { rate_limits: [{ tokens: 5, key: 'endpoint', renewal_period: 'minute' }] };
		expect((await under.ask('PUT', `${root}/busy/ai-gateway`, tokens)).status).toBe(400);
	});
});

describe('a route-optimised endpoint', () => {
	const body = { dataframe_records: [forecastInput] };
	const info = async () => {
		const { body: endpoint } = await under.ask('GET', `${root}/quick`);
		return JSON.parse(JSON.stringify(endpoint));
	};

	it('has an address of its own that takes OAuth tokens only', async () => {
		await under.serve('quick', [under.entity('1')], { route_optimized: true });
		const endpoint = await info();
		const url = `http://serving.workspace.test/${under.workspace.workspaceId}/serving-endpoints/quick/invocations`;
		expect(endpoint).toMatchObject({
			route_optimized: true,
			endpoint_url: url,
			data_plane_info: {
				query_info: {
					endpoint_url: url,
					authorization_details: JSON.stringify([
						{
							type: 'workspace_permission',
							object_type: 'serving-endpoints',
							object_path: `/serving-endpoints/${endpoint.id}`,
							actions: ['query_inference_endpoint'],
						},
					]),
				},
			},
		});
		const { accessToken } = under.workspace.issueAccessToken();
		expect((await under.ask('POST', url, body, accessToken)).status).toBe(200);
		expect((await under.ask('POST', url, body)).status).toBe(401);
		const atWorkspace = await under.ask('POST', '/serving-endpoints/quick/invocations', body);
		expect(atWorkspace).toMatchObject({
			status: 400,
			body: { message: `The endpoint is route optimized: query it at ${url}.` },
		});
	});

	it('has none unless it was made so', async () => {
		await under.serve('quick', [under.entity('1')]);
		const { endpoint_url: url, route_optimized: isOptimised } = await info();
		expect([url, isOptimised]).toEqual([undefined, false]);
		const { accessToken } = under.workspace.issueAccessToken();
		const path = `/${under.workspace.workspaceId}/serving-endpoints/quick/invocations`;
		expect((await under.ask('POST', path, body, accessToken)).status).toBe(404);
	});
});
