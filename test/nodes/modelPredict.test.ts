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
	['by size', { batchMegabytes: 0.001, checksColumns: false }, 5],
	['one by one', { singleItems: true }, 5],
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
	const message = 'The model input of the item does not fit the model: "prev_month" is missing.';

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
	const unchecked = (settings = {}) => ({
		...predict({
			recordMode: 'json',
			recordJson: `={{ JSON.stringify($json.prev_month === 'many' ? { ...$json, prev_month: [1] } : $json) }}`,
			options: { checksColumns: false, format: 'inputs' },
		}),
		settings,
	});
	const all = await bench.run(unchecked(), { input });
	// Already among themselves the records show which one is unlike the others.
	expect(all.error).toMatchObject({
		message:
			'The model input of the item has a list in "prev_month", where other items have a number.',
		context: { itemIndex: 3 },
	});
	const items = await bench.items(unchecked({ onError: 'continueRegularOutput' }), { input });
	expect(items.map(({ prediction, error }) => prediction ?? typeof error)).toEqual(
		direct.map((value, at) => (at === 3 ? 'string' : value)),
	);
});

describe('1 000 items of which the server refuses 13', () => {
	const bad = new Set(Array.from({ length: 13 }, (_, index) => (index * 331 + 7) % 1_000));
	const text = (at: number) => (bad.has(at) ? `many ${at}` : String(100_000 + at));
	/** Texts for a number: the server converts each, and refuses the batch for one it cannot. */
	const input = Array.from({ length: 1_000 }, (_, at) => ({
		json: { ...record(0), prev_month: text(at) },
	}));
	const unchecked = predict({ options: { checksColumns: false } });

	test('987 predictions stand on their items, 13 errors, in at most 130 requests', async () => {
		const node = { ...unchecked, settings: { onError: 'continueRegularOutput' } };
		let items: Awaited<ReturnType<Workbench['items']>> = [];
		const sent = await requests(async () => {
			items = await bench.items(node, { input });
		});
		expect(sent).toBeLessThanOrEqual(130);
		bench.workspace.faults.clear();
		const good = input.filter((_, at) => !bad.has(at));
		const direct = await bench.items(predict(), { input: good });
		let next = 0;
		expect(items.map(({ prediction, error }) => prediction ?? error)).toEqual(
			input.map((_, at) =>
				bad.has(at)
					? expect.stringMatching(/Failed to convert column prev_month to type 'float64'/)
					: direct[next++]?.prediction,
			),
		);
		expect(next).toBe(987);
	});

	test('without going on, the error names the first item to blame', async () => {
		const { error } = await bench.run(unchecked, { input });
		expect(error).toMatchObject({
			name: 'NodeApiError',
			httpCode: '400',
			context: { itemIndex: Math.min(...bad), error_code: 'BAD_REQUEST' },
		});
	});
});

test('the columns of the model are shown, and mapped values are sent', async () => {
	const fields = await bench.mapperFields(
		'databricksModelPredict',
		'mapModelColumns',
		predict().parameters,
	);
	const shown = fields.map(({ displayName, type, required }) => [displayName, type, required]);
	expect(shown).toEqual([
		['agency (string)', 'string', true],
		['year (integer)', 'number', true],
		['month (integer)', 'number', true],
		['prev_month (double)', 'number', true],
		['prev_year (double)', 'number', true],
		['rolling_3m_avg (double)', 'number', true],
		['rolling_12m_avg (double)', 'number', true],
	]);
	const values = Object.fromEntries(fields.map(({ id }) => [id, `={{ $json.${id} }}`]));
	const mapped = (mappingMode: string, value: unknown) =>
		predict({
			recordMode: 'mapper',
			mappedColumns: { mappingMode, value, matchingColumns: [], schema: fields },
			options: { outputField: 'forecast', keepInput: false, includeDetails: true },
		});
	const direct = (await asked()).map((forecast) => ({
		forecast,
		endpoint,
		served_model: 'champion',
		latency_ms: expect.any(Number),
	}));
	const input = inputs.map(({ json }) => ({ json: { ...json, note: 'not for the model' } }));
	for (const node of [mapped('defineBelow', values), mapped('autoMapInputData', null)]) {
		expect(await bench.items(node, { input })).toEqual(direct);
	}
});

test('a whole body is sent as it is, one for each item', async () => {
	const node = predict({
		recordMode: 'body',
		body: '={{ JSON.stringify({ dataframe_records: [$json] }) }}',
		options: { keepInput: false },
	});
	expect(await bench.items(node, { input: inputs })).toEqual(
		(await asked()).map((prediction) => ({ prediction: [prediction] })),
	);
});

test('what the model itself raised is told without the rows that the server repeats', async () => {
	const stack_trace = "Traceback\n  File x\nValueError: bad month 'Smarch'\n";
	const body = {
		error_code: 'BAD_REQUEST',
		message:
			'Encountered an unexpected error while evaluating the model. Verify that the serialized input Dataframe is compatible with the model for inference.',
		stack_trace,
	};
	bench.workspace.faults.add({ method: 'POST', path: invocations, status: 400, body });
	const { error } = await bench.run(predict(), { input: inputs.slice(0, 1) });
	expect(error?.message).toBe("The model raised an error: ValueError: bad month 'Smarch'");
});

test('a busy or starting endpoint is waited for', async () => {
	const path = invocations;
	bench.workspace.faults.add({ method: 'POST', path, status: 429, retryAfter: 0, times: 2 });
	bench.workspace.faults.add({ method: 'POST', path, status: 503, retryAfter: 0, times: 2 });
	const items = await bench.items(predict(), { input: inputs });
	bench.workspace.faults.clear();
	expect(items.map(({ prediction }) => prediction)).toEqual(await asked());
	bench.workspace.faults.add({ method: 'POST', path, status: 503, times: 0 });
	const { error } = await bench.run(predict({ options: { patienceMinutes: 0 } }), {
		input: inputs,
	});
	expect(error).toMatchObject({ httpCode: '503' });
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
