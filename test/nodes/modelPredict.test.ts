import { fitForecaster, type ForecastInput } from '../../workspace/serving/forecaster';
import { modelRegistryOf } from '../../workspace/serving/modelRegistry';
import { type NodeUnderTest, Workbench } from './workbench';

const endpoint = 'bir-tax-forecaster';
const invocations = `/serving-endpoints/${endpoint}/invocations`;

const record = (prev_month: number, more: Partial<ForecastInput> = {}): ForecastInput => ({
	agency: 'RIM',
	year: 2026,
	month: 11,
	prev_month,
	prev_year: 900_000.5,
	rolling_3m_avg: 980_000.5,
	rolling_12m_avg: 950_000.5,
	...more,
});
const inputs = [1, 2, 3, 4, 5].map((factor) => ({ json: { ...record(factor * 200_000.5) } }));

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	const { workspace } = bench;
	const { userName } = workspace.user;
	await workspace.lakehouse.catalogs.create('platinum', {}, userName);
	await workspace.lakehouse.schemas.create('platinum', 'bir', {}, userName);
	const rows = Array.from({ length: 48 }, (_, at) =>
		record(100_000.5 * (at + 1), { month: (at % 12) + 1 }),
	);
	const artifact = fitForecaster(
		rows,
		rows.map((row) => row.prev_month * 1.02),
	);
	const trained = { artifact, metrics: { r2: 0.95 }, params: {}, runId: '1' };
	const model = 'platinum.bir.bir_tax_forecaster';
	await bench.call('POST', '/api/2.1/unity-catalog/models', {
		catalog_name: 'platinum',
		schema_name: 'bir',
		name: 'bir_tax_forecaster',
	});
	await modelRegistryOf(workspace).addVersion(model, trained, workspace.user);
	await bench.call('POST', '/api/2.0/serving-endpoints', {
		name: endpoint,
		config: { served_entities: [{ name: 'champion', entity_name: model, entity_version: '1' }] },
	});
});
afterAll(() => bench.close());
beforeEach(() => bench.workspace.faults.clear());

const predict = (more: Record<string, unknown> = {}): NodeUnderTest => ({
	type: 'databricksModelPredict',
	parameters: {
		authentication: 'accessToken',
		endpoint: { __rl: true, mode: 'name', value: endpoint },
		...more,
	},
});

/** What the endpoint answers when it is asked directly. */
async function asked(): Promise<unknown[]> {
	const answer = await bench.call('POST', invocations, {
		dataframe_records: inputs.map(({ json }) => json),
	});
	return typeof answer === 'object' && answer !== null && 'predictions' in answer
		? [answer.predictions].flat()
		: [];
}

/** The number of requests that reach the endpoint while `work` runs. */
async function requests(work: () => Promise<unknown>): Promise<number> {
	bench.workspace.faults.add({ method: 'POST', path: invocations, delayMs: 0, times: 0 });
	await work();
	return bench.workspace.faults.list()[0]?.hits ?? 0;
}

test('every item gets the prediction that the endpoint gives for it, with its pairing', async () => {
	const direct = await asked();
	const execution = await bench.run(predict(), { input: inputs });
	expect(new Set(direct).size).toBe(5);
	expect(execution.items('Node')).toEqual(
		inputs.map(({ json }, item) => ({
			json: { ...json, prediction: direct[item] },
			pairedItem: { item },
		})),
	);
});

test.each([
	['all in one request', {}, 1],
	['by count', { batchRecords: 2 }, 3],
	['by size', { batchMegabytes: 0.001 }, 5],
])('items are packed %s, and the predictions stay the same', async (_case, options, count) => {
	const direct = await asked();
	const note = 'x'.repeat(600);
	const wide = inputs.map(({ json }) => ({ json: { ...json, note } }));
	let items: unknown[] = [];
	const sent = await requests(async () => {
		const found = await bench.items(predict({ options }), { input: wide });
		items = found.map(({ prediction }) => prediction);
	});
	expect(items).toEqual(direct);
	expect(sent).toBe(count);
});

test.each(['dataframe_split', 'dataframe_records', 'instances', 'inputs'])(
	'the format %s gives the same predictions',
	async (format) => {
		const items = await bench.items(predict({ options: { format } }), { input: inputs });
		expect(items.map(({ prediction }) => prediction)).toEqual(await asked());
	},
);

const columns = [
	'agency',
	'year',
	'month',
	'prev_month',
	'prev_year',
	'rolling_3m_avg',
	'rolling_12m_avg',
];
const isText = (column: string) => column === 'agency';
test.each([
	['some fields of the item', { recordMode: 'columns', columns: columns.join(', ') }],
	[
		'one JSON object',
		{
			recordMode: 'json',
			recordJson: `={{ JSON.stringify({ ${columns.map((name) => `${name}: $json.${name}`).join(', ')} }) }}`,
		},
	],
	[
		'single fields',
		{
			recordMode: 'fields',
			record: {
				values: columns.map((name) => ({
					name,
					type: isText(name) ? 'text' : 'number',
					value: `={{ $json.${name} }}`,
				})),
			},
		},
	],
])('the model input can be %s', async (_case, parameters) => {
	const input = inputs.map(({ json }) => ({ json: { ...json, note: 'not for the model' } }));
	const items = await bench.items(
		predict({ ...parameters, options: { keepInput: false, outputField: 'forecast' } }),
		{ input },
	);
	expect(items).toEqual((await asked()).map((forecast) => ({ forecast })));
});

describe('records that would be answered wrongly', () => {
	const { prev_month: _left, ...incomplete } = record(1);
	const input = [inputs[0], { json: incomplete }, inputs[2]].flatMap((item) => item ?? []);
	const message = 'The model input of the item has no "prev_month", which other items have.';

	test('end the node before anything is sent', async () => {
		const sent = await requests(async () => {
			const { error } = await bench.run(predict(), { input });
			expect(error).toMatchObject({ message, context: { itemIndex: 1 } });
		});
		expect(sent).toBe(0);
	});

	test('are left out when the node is set to go on', async () => {
		const direct = await asked();
		const node = { ...predict(), settings: { onError: 'continueRegularOutput' } };
		const items = await bench.items(node, { input });
		expect(items.map(({ prediction, error }) => prediction ?? error)).toEqual([
			direct[0],
			message,
			direct[2],
		]);
	});
});

test('a record that only the server refuses does not take the others with it', async () => {
	const direct = await asked();
	const input = inputs.map((item, at) =>
		at === 3 ? { json: { ...item.json, prev_month: 'many' } } : item,
	);
	const all = await bench.run(predict(), { input });
	expect(all.error).toMatchObject({ name: 'NodeApiError', httpCode: '400' });
	const node = { ...predict(), settings: { onError: 'continueRegularOutput' } };
	const items = await bench.items(node, { input });
	expect(items.map(({ prediction, http_status }) => prediction ?? http_status)).toEqual(
		direct.map((value, at) => (at === 3 ? 400 : value)),
	);
});

test.each([
	[
		'NaN and infinities are text',
		'{"predictions": [NaN, Infinity, -Infinity, 1.5, null]}',
		['NaN', 'Infinity', '-Infinity', 1.5, null],
	],
	[
		'long integers keep their digits',
		'{"predictions": [9007199254740993, 1, 2, 3, 4]}',
		['9007199254740993', 1, 2, 3, 4],
	],
	[
		'named outputs are paired',
		'{"predictions": {"y": [1, 2, 3, 4, 5]}}',
		[{ y: 1 }, { y: 2 }, { y: 3 }, { y: 4 }, { y: 5 }],
	],
])('%s', async (_case, body, predictions) => {
	bench.workspace.faults.add({ method: 'POST', path: invocations, status: 200, body });
	const items = await bench.items(predict(), { input: inputs });
	expect(items.map(({ prediction }) => prediction)).toEqual(predictions);
});

test.each([
	[
		'fewer predictions than items',
		'{"predictions": [1, 2]}',
		/answered 5 items with 2 predictions/,
	],
	['an answer of a chat', '{"choices": []}', /answered without predictions/],
])('%s are an error, never a guess', async (_case, body, message) => {
	bench.workspace.faults.add({ method: 'POST', path: invocations, status: 200, body });
	const { error } = await bench.run(predict(), { input: inputs });
	expect(error?.message).toMatch(message);
});

test('an endpoint that is not there is named; endpoints are listed', async () => {
	const nobody = { endpoint: { __rl: true, mode: 'name', value: 'nobody' } };
	const { error } = await bench.run(predict(nobody), { input: inputs });
	expect(error).toMatchObject({ httpCode: '404', context: { error_code: 'ENDPOINT_NOT_FOUND' } });
	const url = `${bench.url}/ml/endpoints/${endpoint}`;
	expect(await bench.search('databricksModelPredict', 'searchEndpoints', 'tax')).toEqual([
		{ name: endpoint, value: endpoint, description: 'Ready', url },
	]);
});
