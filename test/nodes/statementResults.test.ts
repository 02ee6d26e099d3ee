import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IDataObject } from 'n8n-workflow';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await bench.workspace.lakehouse.runScript(
		`CREATE CATALOG c; CREATE SCHEMA c.s;
		CREATE TABLE c.s.updates (update STRING, call STRING, num_calls INT, num_affected_rows BIGINT);
		INSERT INTO c.s.updates VALUES ('a', 'x', 10, 7), ('b', 'y', 20, 8), ('c', 'z', 30, 9);
		CREATE VOLUME c.s.files`,
		{ user: 'test' },
	);
});
afterAll(async () => await bench.close());

const node = (operation: string, parameters: Record<string, unknown>): NodeUnderTest => ({
	type: 'databricksSqlStatement',
	parameters: {
		authentication: 'accessToken',
		operation,
		warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
		...parameters,
	},
});

/** The items of a statement that is waited for, or started and then asked for. */
const ways = {
	executeQuery: async (statement: string, more: Record<string, unknown> = {}) =>
		await bench.run(node('executeQuery', { statement, ...more })),
	getStatement: async (statement: string, more: Record<string, unknown> = {}) => {
		const [started] = await bench.items(
			node('executeQuery', { statement, options: { wait: false } }),
		);
		const options = { wait: true };
		const { statement_id } = started ?? {};
		return await bench.run(node('getStatement', { statementId: statement_id, options, ...more }));
	},
};
const wayNames = ['executeQuery', 'getStatement'] as const;

type Made = Awaited<ReturnType<typeof ways.executeQuery>>;
const jsons = (execution: Made): IDataObject[] => {
	if (execution.error) throw execution.error;
	return execution.items('Node').map(({ json }) => json);
};

/** The rows in each shape that an output may have. */
const shapes: Record<string, (execution: Made) => unknown> = {
	items: jsons,
	single: (execution) => jsons(execution).map(({ rows }) => rows)[0],
	file: async (execution) => {
		const file = execution.items('Node')[0]?.binary?.data;
		if (file === undefined) throw new Error('There is no file.');
		const bytes = await Container.get(BinaryDataService).getAsBuffer(file);
		const lines = bytes.toString('utf8').split('\n');
		return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
	},
};

const calls = [{ num_calls: 10 }, { num_calls: 20 }, { num_calls: 30 }];

describe.each(wayNames)('rows of columns that are named like counters, with %s', (way) => {
	describe.each(Object.keys(shapes))('as %s', (output) => {
		test.each([
			['SELECT num_calls FROM c.s.updates ORDER BY 1', calls],
			['SELECT num_calls FROM c.s.updates WHERE update IS NOT NULL ORDER BY 1', calls],
			['SELECT call.num_calls FROM c.s.updates AS call ORDER BY 1', calls],
			["EXECUTE IMMEDIATE 'SELECT num_calls FROM c.s.updates ORDER BY 1'", calls],
			["SELECT upper(update) AS num_text FROM c.s.updates WHERE update = 'a'", [{ num_text: 'A' }]],
			["SELECT id AS num_id, 'x' AS num_text FROM range(1)", [{ num_id: 0, num_text: 'x' }]],
			[
				'SELECT num_affected_rows FROM c.s.updates WHERE update IS NOT NULL ORDER BY 1',
				[{ num_affected_rows: 7 }, { num_affected_rows: 8 }, { num_affected_rows: 9 }],
			],
			["SELECT '1' AS num_affected_rows, update FROM c.s.updates LIMIT 0", []],
			['SELECT max(update) AS num_affected_rows FROM c.s.updates', [{ num_affected_rows: 'c' }]],
			['SELECT CAST(1 AS BIGINT) AS num_inserted_rows', [{ num_inserted_rows: 1 }]],
		])('%s', async (statement, rows) => {
			const made = await ways[way](statement, { output, fileFormat: 'jsonl' });
			expect(await shapes[output]?.(made)).toEqual(rows);
		});
	});
});

describe.each(wayNames)('what changes something gives one item in every shape, with %s', (way) => {
	test.each(Object.keys(shapes))('as %s', async (output) => {
		const table = `c.s.t_${way}_${output}`;
		const folder = `/Volumes/c/s/files/${way}_${output}`;
		const path = `/api/2.0/fs/files${folder}/a.csv`;
		const headers = { authorization: `Bearer ${bench.workspace.token}` };
		const request = new Request(`${bench.url}${path}`, { method: 'PUT', headers, body: 'id\n7\n' });
		await bench.server.fetch(request);
		const changes: [string, IDataObject][] = [
			[`CREATE TABLE ${table} (id INT)`, { rows_affected: null }],
			[`CREATE TABLE ${table}_copy AS SELECT id FROM ${table}`, { rows_affected: null }],
			[`INSERT INTO ${table} VALUES (1), (2)`, { num_affected_rows: 2, num_inserted_rows: 2 }],
			[`UPDATE ${table} SET id = 3 WHERE id = 2`, { num_affected_rows: 1 }],
			[`DELETE FROM ${table} WHERE id = 9`, { num_affected_rows: 0 }],
			[
				`MERGE INTO ${table} t USING (SELECT explode(array(3, 4)) AS id) s ON t.id = s.id
				WHEN MATCHED THEN UPDATE SET id = 5 WHEN NOT MATCHED THEN INSERT *`,
				{
					num_affected_rows: 2,
					num_updated_rows: 1,
					num_deleted_rows: 0,
					num_inserted_rows: 1,
				},
			],
			[
				`COPY INTO ${table} FROM (SELECT CAST(id AS INT) AS id FROM '${folder}') FILEFORMAT = CSV
				FORMAT_OPTIONS ('header' = 'true')`,
				{ num_affected_rows: 1, num_inserted_rows: 1, num_skipped_corrupt_files: 0 },
			],
		];
		for (const [statement, counters] of changes) {
			const made = await ways[way](statement, { output, fileFormat: 'jsonl' });
			expect(jsons(made)).toEqual([
				{
					statement_id: expect.any(String),
					state: 'SUCCEEDED',
					rows_affected: counters.num_affected_rows ?? null,
					...counters,
					duration_ms: expect.any(Number),
				},
			]);
		}
	});
});

const hintsOf = (execution: Made) =>
	(execution.run.data.resultData.runData.Node ?? []).flatMap(({ hints }) => hints ?? []);

describe('limits', () => {
	test.each([
		[{ byteLimit: 1, rowLimit: 1 }, 3],
		[{ byteLimit: 1 }, 3],
		[{ rowLimit: 1 }, 3],
	])('%j leaves the counters of a change whole', async (options, count) => {
		const statement = 'INSERT INTO c.s.limited VALUES (1), (2), (3)';
		await bench.workspace.lakehouse.run('CREATE OR REPLACE TABLE c.s.limited (id INT)', {
			user: 'test',
		});
		const made = await ways.executeQuery(statement, { options });
		expect(jsons(made)).toMatchObject([{ rows_affected: count, num_inserted_rows: count }]);
		expect(hintsOf(made)).toEqual([]);
	});

	test('cut rows, also of a statement that may write', async () => {
		const statement = "EXECUTE IMMEDIATE 'SELECT id FROM range(5000) ORDER BY id'";
		const made = await ways.executeQuery(statement, { options: { byteLimit: 10 } });
		const [hint] = hintsOf(made);
		expect(hint?.message).toMatch(/^Only the first \d+ rows were returned/);
		expect(jsons(made).length).toBeLessThan(500);
		const two = await ways.executeQuery(statement, { options: { rowLimit: 2 } });
		expect(jsons(two)).toEqual([{ id: 0 }, { id: 1 }]);
	});

	test.each([
		['rowLimit', 'Row Limit'],
		['byteLimit', 'Byte Limit'],
	])('%s is a whole number', async (name, label) => {
		const { error } = await ways.executeQuery('SELECT 1', { options: { [name]: 1.5 } });
		expect(error?.message).toBe(`'${label}' is 1.5, which is not a whole number.`);
	});
});

describe('a field of details that has the name of another', () => {
	test.each([
		['SELECT 1 AS id, 5 AS _statement', '_statement', 'which is a column of the result.'],
		['SELECT 1 AS a, 2 AS a', 'a_2', 'which is a column of the result.'],
		[
			'INSERT INTO c.s.never VALUES (1)',
			'state',
			'which is a field of the item of a statement that changes something.',
		],
		[
			'INSERT INTO c.s.never VALUES (1)',
			'num_affected_rows',
			'which is a field of the item of a statement that changes something.',
		],
	])('%s with %s is refused', async (statement, detailsField, why) => {
		const sql = async (text: string) => await bench.workspace.lakehouse.run(text, { user: 'test' });
		await sql('CREATE OR REPLACE TABLE c.s.never (id INT)');
		const made = await ways.executeQuery(statement, { options: { detailsField } });
		expect(made.error?.message).toBe(`'Run Details Field' is "${detailsField}", ${why}`);
		expect((await sql('SELECT * FROM c.s.never')).rows).toEqual([]);
	});

	test.each([
		['single', { rows: [{ id: 1, _statement: 5 }] }],
		['file', { row_count: 1 }],
	])('is nothing to %s, which has the details apart', async (output, item) => {
		const statement = 'SELECT 1 AS id, 5 AS _statement';
		const options = { detailsField: '_statement' };
		const made = await ways.executeQuery(statement, { output, options });
		expect(jsons(made)).toMatchObject([item]);
	});
});

test('two query tags of one key are refused', async () => {
	const tag = (value: string) => ({ key: 'workflow', value });
	const queryTags = { values: [tag('a'), { key: 'Workflow', value: 'b' }, tag('c')] };
	const { error } = await ways.executeQuery('SELECT 1', { options: { queryTags } });
	expect(error?.message).toBe('\'Query Tags\' has the key "workflow" more than once.');
});

test.each([
	[{ type: 'DECIMAL', precisionScale: '5,1', value: '1.25' }, 'The parameter "v" is "1.25"'],
	[
		{ type: 'LIST', elementType: 'DECIMAL', precisionScale: '5,1', value: '["1.5", "1.25"]' },
		'The parameter "v[1]" is "1.25"',
	],
])('the precision of a decimal counts: %j', async (row, message) => {
	const parameters = { values: [{ name: 'v', ...row }] };
	const { error } = await ways.executeQuery('SELECT array(:v) AS v', { parameters });
	expect(error?.message).toContain(message);
	expect(error?.message).toContain('DECIMAL(5,1)');
});

describe('the state of a statement that has no result', () => {
	const get = (statementId: unknown, options = {}, settings = {}) => ({
		...node('getStatement', { statementId, options }),
		settings,
	});
	const started = async (statement: string) => {
		const options = { wait: false };
		const [item] = await bench.items(node('executeQuery', { statement, options }));
		await bench.run(get(item?.statement_id, { wait: true }));
		return item?.statement_id;
	};

	test.each([
		['FAILED', { state: 'FAILED' }],
		['CANCELED', { state: 'CANCELED' }],
		['CLOSED', { state: 'CLOSED' }],
	])('%s is an item without the result, an error with it', async (state, status) => {
		const id = await started("SELECT CAST('x' AS INT)");
		const failed = state === 'FAILED';
		if (!failed) {
			const path = `/api/2.0/sql/statements/${String(id)}`;
			const body = { statement_id: id, status };
			bench.workspace.faults.add({ method: 'GET', path, status: 200, body, times: 2 });
		}
		const codes = { error_code: 'CAST_INVALID_INPUT', sql_state: '22018' };
		const error_message = expect.stringContaining('[CAST_INVALID_INPUT]');
		expect(await bench.items(get(id, { fetchResult: false }))).toEqual([
			{ statement_id: id, state, ...(failed ? { ...codes, error_message } : {}) },
		]);
		const [item] = await bench.items(get(id, {}, { onError: 'continueRegularOutput' }));
		expect(item).toMatchObject({ statement_id: id, state, error: expect.any(String) });
	});
});

describe('a result above what an answer may hold', () => {
	let small: Workbench;
	beforeAll(async () => {
		small = await Workbench.open({ limits: { inlineBytes: 500 } });
	});
	afterAll(async () => await small.close());

	test.each([
		[
			'a statement that is not waited for',
			'SELECT id FROM range(500)',
			"The result is too big for the answer. Execute the statement with the option 'Large Result'.",
		],
		[
			'a statement that may write',
			"EXECUTE IMMEDIATE 'SELECT id FROM range(500)'",
			"The result is too big for the answer. Turn on the option 'Large Result' for a next time. The statement was not run again because it may change data.",
		],
	])('%s: the option is named, and helps', async (what, statement, hint) => {
		const on = (operation: string, more: Record<string, unknown>) =>
			node(operation, {
				warehouse: { __rl: true, mode: 'id', value: small.workspace.warehouseId },
				...more,
			});
		const wait = what === 'a statement that may write';
		const run = async (externalLinks: boolean) => {
			const options = { wait, externalLinks };
			const first = await small.run(on('executeQuery', { statement, options }));
			if (wait) return first;
			const statementId = first.items('Node')[0]?.json.statement_id;
			return await small.run(on('getStatement', { statementId, options: { wait: true } }));
		};
		const failed = await run(false);
		expect(failed.error).toMatchObject({ description: expect.stringContaining(hint) });
		expect((await run(true)).items('Node')).toHaveLength(500);
	});
});
