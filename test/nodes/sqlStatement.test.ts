import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { statementsOf } from '../../workspace/statements/statements';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
let slow: Workbench;
let minute: Workbench;
beforeAll(async () => {
	slow = await Workbench.open({ pace: { statementMs: 3_600_000 } });
	minute = await Workbench.open({ pace: { statementMs: 60_000 } });
	bench = await Workbench.open({ limits: { chunkRows: 7 } });
	await bench.workspace.lakehouse.runScript(
		`CREATE CATALOG gold; CREATE SCHEMA gold.bir;
		CREATE TABLE gold.bir.totals (agency STRING, tax DECIMAL(18,2));
		INSERT INTO gold.bir.totals VALUES ('RIM', 10.50), ('BOM', 0.10), ('LAS', 1234567890123456.78)`,
		{ user: 'test' },
	);
});
afterAll(async () => {
	await bench.close();
	await slow.close();
	await minute.close();
});

const sql = (statement: string, more: Record<string, unknown> = {}, on = bench): NodeUnderTest => ({
	type: 'databricksSqlStatement',
	parameters: {
		authentication: 'accessToken',
		warehouse: { __rl: true, mode: 'id', value: on.workspace.warehouseId },
		statement,
		...more,
	},
});

const values = (...rows: Record<string, unknown>[]) => ({ parameters: { values: rows } });

test('types of values: what JSON keeps is itself, the rest is exact text', async () => {
	const text = `SELECT CAST(1 AS TINYINT) AS tiny, 9007199254740991 AS safe, 9007199254740993 AS beyond,
		CAST(0.10 AS DECIMAL(18,2)) AS money, CAST(1.5 AS DOUBLE) AS ratio, TRUE AS yes, NULL AS nothing,
		DATE '2026-10-31' AS day, 'a''b' AS text, ARRAY(1, 2) AS list,
		named_struct('a', 1, 'b', ARRAY('x')) AS struct, TIMESTAMP '2026-10-31 02:00:00' AS moment`;
	expect(await bench.items(sql(text))).toEqual([
		{
			tiny: 1,
			safe: 9007199254740991,
			beyond: '9007199254740993',
			money: '0.10',
			ratio: 1.5,
			yes: true,
			nothing: null,
			day: '2026-10-31',
			text: "a'b",
			list: [1, 2],
			struct: { a: 1, b: ['x'] },
			moment: '2026-10-31T02:00:00.000Z',
		},
	]);
});

test('columns of any name survive, and a name that comes twice is told apart', async () => {
	const [item] = await bench.items(
		sql('SELECT 1 AS total, 2 AS total, 3 AS json, 4 AS `__proto__`'),
	);
	expect(Object.entries(item ?? {})).toEqual([
		['total', 1],
		['total_2', 2],
		['json', 3],
		['__proto__', 4],
	]);
});

test('parameters are bound, whatever is in them', async () => {
	const statement = sql(
		`SELECT :name AS name, :amount + 0.01 AS amount, :day AS day, :gone AS gone, :count AS count`,
		values(
			{ name: 'name', type: 'STRING', value: "'; DROP TABLE gold.bir.totals --" },
			{ name: ':amount', type: 'DECIMAL', precisionScale: '18,2', value: '0.10' },
			{ name: 'day', type: 'DATE', value: '2026-10-31' },
			{ name: 'gone', type: 'NULL' },
			{ name: 'count', type: 'INT', value: 3 },
		),
	);
	expect(await bench.items(statement)).toEqual([
		{
			name: "'; DROP TABLE gold.bir.totals --",
			amount: '0.11',
			day: '2026-10-31',
			gone: null,
			count: 3,
		},
	]);
});

test('catalog and schema stand for names without them', async () => {
	const statement = sql('SELECT agency, tax FROM totals ORDER BY agency', {
		options: { catalog: 'gold', schema: 'bir' },
	});
	expect(await bench.items(statement)).toEqual([
		{ agency: 'BOM', tax: '0.10' },
		{ agency: 'LAS', tax: '1234567890123456.78' },
		{ agency: 'RIM', tax: '10.50' },
	]);
});

test('decimals become numbers when asked', async () => {
	const statement = sql("SELECT tax FROM gold.bir.totals WHERE agency = 'RIM'", {
		options: { decimalsAsNumbers: true },
	});
	expect(await bench.items(statement)).toEqual([{ tax: 10.5 }]);
});

test.each([
	['in chunks', {}],
	['through links', { externalLinks: true }],
])('every row comes %s', async (_case, options) => {
	const items = await bench.items(sql('SELECT id FROM range(100) ORDER BY id', { options }));
	expect(items).toEqual(Array.from({ length: 100 }, (_, id) => ({ id })));
});

test('a row limit cuts the result and says so', async () => {
	const execution = await bench.run(
		sql('SELECT id FROM range(100) ORDER BY id', { options: { rowLimit: 2 } }),
	);
	expect(execution.items('Node').map((item) => item.json)).toEqual([{ id: 0 }, { id: 1 }]);
	const [{ hints } = {}] = execution.run.data.resultData.runData.Node ?? [];
	expect(hints).toEqual([
		{
			message: 'Only the first 2 rows were returned, because of the limit on rows or bytes.',
			location: 'outputPane',
		},
	]);
});

test('what changes data always gives an item; a question without rows gives none', async () => {
	const id = expect.any(String);
	const done = { statement_id: id, state: 'SUCCEEDED', duration_ms: expect.any(Number) };
	const table = 'gold.bir.changes';
	expect(await bench.items(sql(`CREATE TABLE ${table} (id INT)`))).toEqual([
		{ ...done, rows_affected: null },
	]);
	expect(await bench.items(sql(`INSERT INTO ${table} VALUES (1), (2)`))).toEqual([
		{ ...done, rows_affected: 2, num_affected_rows: 2, num_inserted_rows: 2 },
	]);
	expect(await bench.items(sql(`UPDATE ${table} SET id = 3 WHERE id = 2`))).toEqual([
		{ ...done, rows_affected: 1, num_affected_rows: 1 },
	]);
	expect(await bench.items(sql(`DELETE FROM ${table} WHERE id = 9`))).toEqual([
		{ ...done, rows_affected: 0, num_affected_rows: 0 },
	]);
	expect(await bench.items(sql(`SELECT * FROM ${table} WHERE id = 9`))).toEqual([]);
});

test('each item runs its own statement, in order, and keeps its pairing', async () => {
	const statement = sql(
		'SELECT agency FROM gold.bir.totals WHERE agency >= :from ORDER BY agency',
		values({ name: 'from', type: 'STRING', value: '={{ $json.from }}' }),
	);
	const execution = await bench.run(statement, {
		input: [{ json: { from: 'LAS' } }, { json: { from: 'RIM' } }],
	});
	expect(execution.items('Node')).toEqual([
		{ json: { agency: 'LAS' }, pairedItem: { item: 0 } },
		{ json: { agency: 'RIM' }, pairedItem: { item: 0 } },
		{ json: { agency: 'RIM' }, pairedItem: { item: 1 } },
	]);
});

test('a failed statement says what Databricks says, with its codes', async () => {
	const { error } = await bench.run(sql('SELECT * FROM gold.bir.nowhere'));
	expect(error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(/^\[TABLE_OR_VIEW_NOT_FOUND\] /),
		description: 'Code: TABLE_OR_VIEW_NOT_FOUND, SQLSTATE 42P01',
		context: {
			itemIndex: 0,
			error_code: 'TABLE_OR_VIEW_NOT_FOUND',
			sql_state: '42P01',
			statement_id: expect.any(String),
		},
	});
});

test.each(['continueRegularOutput', 'continueErrorOutput'])(
	'with %s a failing item becomes an item with the fields of the error',
	async (onError) => {
		const statement = {
			...sql(
				'SELECT CAST(:text AS INT) AS number',
				values({ name: 'text', value: '={{ $json.text }}' }),
			),
			settings: { onError },
		};
		const execution = await bench.run(statement, {
			input: [{ json: { text: 'x' } }, { json: { text: '7' } }],
		});
		const message = expect.stringMatching(/^\[CAST_INVALID_INPUT\] /);
		const details = {
			description: 'Code: CAST_INVALID_INPUT, SQLSTATE 22018',
			error_code: 'CAST_INVALID_INPUT',
			sql_state: '22018',
			state: 'FAILED',
			statement_id: expect.any(String),
		};
		const jsons = (index: number) => execution.items('Node', index).map((item) => item.json);
		const good = { number: 7 };
		if (onError === 'continueRegularOutput') {
			expect(jsons(0)).toEqual([{ error: message, message, details, ...details }, good]);
		} else {
			expect(jsons(0)).toEqual([good]);
			expect(jsons(1)).toEqual([{ text: 'x', error: message, message, details }]);
		}
	},
);

test.each([
	['no statement', { statement: ' ' }, "'Statement' is empty."],
	[
		'a warehouse that nobody has',
		{ warehouse: { __rl: true, mode: 'name', value: 'Nowhere' } },
		'There is no SQL warehouse named "Nowhere".',
	],
	[
		'a value of the wrong kind',
		values({ name: 'a', type: 'DECIMAL', precisionScale: '99,2', value: '1' }),
		'The parameter "a" cannot be a DECIMAL(99,2).',
	],
])('a wrong field is named: %s', async (_case, parameters, message) => {
	const { error } = await bench.run(sql('SELECT 1', parameters));
	expect(error?.message).toBe(message);
});

test('a service principal works, and a wrong token is explained', async () => {
	const statement = sql('SELECT 1 = 1 AS known');
	statement.parameters.authentication = 'oAuth2';
	expect(await bench.items(statement)).toEqual([{ known: true }]);

	const data = { host: bench.url, token: 'wrong' };
	const { error } = await bench.engine.execute(bench.workflow(sql('SELECT 1')), {
		startNode: 'Start',
		credentials: [{ type: 'databricksLakehouseTokenApi', data }],
	});
	expect(error).toMatchObject({
		name: 'NodeApiError',
		httpCode: '403',
		message: expect.stringContaining('Invalid access token'),
	});
});

describe('giving up', () => {
	/** The ID that the message names, and what became of the statement. */
	const endOf = async (message: string | undefined) => {
		const id = /Statement (\S+)/.exec(message ?? '')?.[1];
		const text = await slow.text('GET', `/api/2.0/sql/statements/${id}`);
		return /"state":\s*"(\w+)"/.exec(text)?.[1];
	};

	test('a timeout cancels the statement in Databricks', async () => {
		const node = sql('SELECT 1', { options: { timeoutSeconds: 1 } }, slow);
		const { run, error } = await slow.run(node);
		expect(run.status).toBe('error');
		expect(error?.message).toMatch(/^Statement \S+ was still \w+ after 1 second\.$/);
		await slow.until(async () => (await endOf(error?.message)) === 'CANCELED');
	});

	test('a timeout says that the statement was cancelled', async () => {
		const node = sql('SELECT 1', { options: { timeoutSeconds: 1 } }, slow);
		const { error } = await slow.run(node);
		expect(error?.description).toContain('The statement was cancelled in Databricks.');
	});

	test('Stop in the middle of a 60-s statement cancels it in the workspace within a second', async () => {
		const statements = statementsOf(minute.workspace);
		const stop = new AbortController();
		const execution = minute.run(sql('SELECT 1', {}, minute), { signal: stop.signal });
		await minute.until(async () => statements.list()[0]?.state === 'RUNNING');
		const stoppedMs = performance.now();
		stop.abort();
		await minute.until(async () => statements.list()[0]?.state === 'CANCELED');
		expect(performance.now() - stoppedMs).toBeLessThan(1_000);
		await execution;
	});

	test('Stop at the moment of sending cancels it, too', async () => {
		const statements = statementsOf(minute.workspace);
		const known = statements.list().length;
		const stop = new AbortController();
		const execution = minute.run(sql('SELECT 2', {}, minute), { signal: stop.signal });
		await minute.until(async () => statements.list().length > known);
		stop.abort();
		await minute.until(async () => statements.list().at(-1)?.state === 'CANCELED');
		await execution;
	});

	test('Stop cancels the statement in Databricks', async () => {
		const cancelled = '/api/2.0/sql/statements/*/cancel';
		slow.workspace.faults.add({ method: 'POST', path: cancelled, delayMs: 0, times: 0 });
		const asked = '/api/2.0/sql/statements/*';
		slow.workspace.faults.add({ method: 'GET', path: asked, delayMs: 0, times: 0 });
		const hits = () => slow.workspace.faults.list().map((fault) => fault.hits);
		const stop = new AbortController();
		const node = sql('SELECT 1', { options: { timeoutSeconds: 20 } }, slow);
		const execution = slow.run(node, { signal: stop.signal });
		await slow.until(async () => (hits()[1] ?? 0) > 0);
		stop.abort();
		await execution;
		await slow.until(async () => hits()[0] === 1);
	});
});

describe('a warehouse that does not run', () => {
	test('is started, waited for, and answers', async () => {
		const asleep = await Workbench.open({ pace: { warehouseStartMs: 300 } });
		const path = `/api/2.0/sql/warehouses/${asleep.workspace.warehouseId}`;
		const before = await asleep.call('GET', path);
		const items = await asleep.items(sql('SELECT 1 AS one', {}, asleep));
		const after = await asleep.call('GET', path);
		await asleep.close();
		expect([before, items, after]).toMatchObject([
			{ state: 'STOPPED' },
			[{ one: 1 }],
			{ state: 'RUNNING' },
		]);
	});

	test('fails at once when that is asked for, and is not started', async () => {
		const asleep = await Workbench.open({ pace: { warehouseStartMs: 300 } });
		const node = sql('SELECT 1', { options: { stoppedWarehouse: 'fail' } }, asleep);
		const { error } = await asleep.run(node);
		const path = `/api/2.0/sql/warehouses/${asleep.workspace.warehouseId}`;
		const after = await asleep.call('GET', path);
		await asleep.close();
		expect(error?.message).toBe(
			'The SQL warehouse Serverless Starter Warehouse does not run: it is STOPPED.',
		);
		expect(after).toMatchObject({ state: 'STOPPED' });
	});

	test('that takes too long is named with its time', async () => {
		const asleep = await Workbench.open({ pace: { warehouseStartMs: 3_600_000 } });
		const node = sql('SELECT 1', { options: { warehouseTimeoutSeconds: 1 } }, asleep);
		const { error } = await asleep.run(node);
		await asleep.close();
		expect(error?.message).toBe(
			'The SQL warehouse Serverless Starter Warehouse was still STARTING after 1 second.',
		);
	});
});

describe('shapes', () => {
	const many =
		'SELECT id, CAST(id / 2 AS DECIMAL(9,2)) AS half, NULLIF(id, 3) AS odd FROM range(20)';
	const run = {
		statement_id: expect.any(String),
		state: 'SUCCEEDED',
		row_count: 20,
		byte_count: null,
		chunk_count: 3,
		truncated: false,
		duration_ms: expect.any(Number),
	};

	test('one item with all rows, and what is known of the run', async () => {
		const [item, ...others] = await bench.items(sql(many, { output: 'single' }));
		expect(others).toEqual([]);
		expect(item).toEqual({
			...run,
			rows: Array.from({ length: 20 }, (_, id) => ({
				id,
				half: (id / 2).toFixed(2),
				odd: id === 3 ? null : id,
			})),
		});
	});

	test('what is known of the run in a field of each item', async () => {
		const items = await bench.items(sql(many, { options: { detailsField: '_run' } }));
		expect(items).toHaveLength(20);
		expect(items[19]).toEqual({ id: 19, half: '9.50', odd: 19, _run: run });
	});

	test.each([
		['csv', 'text/csv', 'n,text\r\n1,"a,""b"""\r\n2,\r\n3,""\r\n'],
		[
			'jsonl',
			'application/x-ndjson',
			'{"n":1,"text":"a,\\"b\\""}\n{"n":2,"text":null}\n{"n":3,"text":""}\n',
		],
		[
			'json',
			'application/json',
			'[\n{"n":1,"text":"a,\\"b\\""},\n{"n":2,"text":null},\n{"n":3,"text":""}\n]\n',
		],
	])('a file: %s', async (fileFormat, mimeType, content) => {
		const statement = `SELECT * FROM VALUES (1, 'a,"b"'), (2, NULL), (3, '') AS t(n, text) ORDER BY n`;
		const node = sql(statement, {
			output: 'file',
			fileFormat,
			fileName: 'rows.txt',
			binaryField: 'file',
			options: { externalLinks: true },
		});
		const execution = await bench.run(node);
		const [item] = execution.items('Node');
		expect(item?.json).toMatchObject({ row_count: 3, file_name: 'rows.txt' });
		const file = item?.binary?.file;
		expect(file).toMatchObject({ mimeType, fileName: 'rows.txt' });
		expect(await contentOf(file)).toBe(content);
	});

	test('a file without rows', async () => {
		const node = (fileFormat: string) =>
			sql('SELECT 1 AS n WHERE FALSE', { output: 'file', fileFormat, binaryField: 'file' });
		const texts = [];
		for (const format of ['csv', 'jsonl', 'json']) {
			const [item] = (await bench.run(node(format))).items('Node');
			texts.push(await contentOf(item?.binary?.file));
		}
		expect(texts).toEqual(['n\r\n', '', '[\n]\n']);
	});

	test('once for all items, paired with all of them', async () => {
		const input = [{ json: { n: 1 } }, { json: { n: 2 } }];
		const node = sql('SELECT :n AS n', { runFor: 'all', parameterMode: 'item' });
		const execution = await bench.run(node, { input });
		expect(execution.items('Node')).toEqual([
			{ json: { n: 1 }, pairedItem: [{ item: 0 }, { item: 1 }] },
		]);
	});
});

describe('statements that are not waited for', () => {
	const other = (operation: string, statementId: unknown, options = {}): NodeUnderTest => ({
		type: 'databricksSqlStatement',
		parameters: { authentication: 'accessToken', operation, statementId, options },
	});

	test('give their ID, and later their result', async () => {
		const [started] = await bench.items(sql('SELECT 7 AS n', { options: { wait: false } }));
		const result = await bench.items(other('getStatement', started?.statement_id, { wait: true }));
		const state = await bench.items(
			other('getStatement', started?.statement_id, { fetchResult: false }),
		);
		expect([result, state]).toEqual([
			[{ n: 7 }],
			[{ statement_id: started?.statement_id, state: 'SUCCEEDED' }],
		]);
	});

	test('can be cancelled, and then have no result', async () => {
		const [started] = await minute.items(sql('SELECT 3', { options: { wait: false } }, minute));
		const [cancelled] = await minute.items(other('cancelStatement', started?.statement_id));
		expect(cancelled?.statement_id).toBe(started?.statement_id);
		const execution = await minute.run(
			other('getStatement', started?.statement_id, { wait: true }),
		);
		expect(execution.error?.message).toBe(
			`Statement ${String(started?.statement_id)} was cancelled in Databricks.`,
		);
	});
});

async function contentOf(file: { id?: string; data: string } | undefined): Promise<string> {
	if (file === undefined) throw new Error('There is no file.');
	if (file.id === undefined) return Buffer.from(file.data, 'base64').toString('utf8');
	return (await Container.get(BinaryDataService).getAsBuffer({ ...file, mimeType: '' })).toString();
}
