import type { INodeExecutionData } from 'n8n-workflow';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await bench.workspace.lakehouse.runScript('CREATE CATALOG gold; CREATE SCHEMA gold.bir', {
		user: 'test',
	});
});
afterAll(async () => await bench.close());

let tables = 0;

async function tableWith(columns: string): Promise<string> {
	const name = `t${++tables}`;
	await bench.workspace.lakehouse.run(`CREATE TABLE gold.bir.${name} (${columns})`, {
		user: 'test',
	});
	return name;
}

async function rowsOf(table: string, order: string): Promise<(string | null)[][]> {
	const { rows } = await bench.workspace.lakehouse.run(
		`SELECT * FROM gold.bir.${table} ORDER BY ${order}`,
		{ user: 'test' },
	);
	return rows;
}

const locator = (value: string) => ({ __rl: true, mode: 'name', value });

function writing(
	operation: string,
	table: string,
	more: Record<string, unknown> = {},
	settings: Record<string, unknown> = {},
): NodeUnderTest {
	return {
		type: 'databricksSqlStatement',
		parameters: {
			authentication: 'accessToken',
			operation,
			warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
			catalog: locator('gold'),
			schema: locator('bir'),
			table: locator(table),
			columns: { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['id'] },
			...more,
		},
		settings,
	};
}

/** What the editor stores beside the values of the 'Columns' field. */
async function schemaOf(table: string) {
	const { parameters } = writing('insertRows', table);
	return await bench.mapperFields('databricksSqlStatement', 'getTableColumns', parameters);
}

const input = (items: Record<string, unknown>[]): INodeExecutionData[] =>
	JSON.parse(JSON.stringify(items.map((json) => ({ json }))));

const anyRun = { statement_ids: expect.any(Array), duration_ms: expect.any(Number) };

describe('Insert Rows', () => {
	test('items become rows by the names of their fields, exact in every type', async () => {
		const table = await tableWith(
			'id BIGINT, amount DECIMAL(38,18), day DATE, at TIMESTAMP, tags ARRAY<STRING>, who STRUCT<name: STRING, age: INT>, note STRING',
		);
		const items = [
			{
				ID: '9007199254740993',
				amount: '12345678901234567890.123456789012345678',
				day: '2026-10-31',
				at: '2026-10-31T02:00:00.123456+08:00',
				tags: ['a', 'b"c', null],
				who: { name: "O'Hara", age: 7 },
				note: '',
			},
			{ ID: 1, amount: null, day: null, at: null, tags: [], who: null, note: null },
		];
		const written = await bench.items(writing('insertRows', table), { input: input(items) });
		expect(written).toEqual([
			{
				rows_written: 2,
				num_affected_rows: 2,
				num_inserted_rows: 2,
				statement_count: 1,
				rows_failed: 0,
				items_left_out: 0,
				...anyRun,
			},
		]);
		expect(await rowsOf(table, 'id')).toEqual([
			['1', null, null, null, '[]', null, null],
			[
				'9007199254740993',
				'12345678901234567890.123456789012345678',
				'2026-10-31',
				'2026-10-30T18:00:00.123456Z',
				'["a","b\\"c",null]',
				'{"name":"O\'Hara","age":"7"}',
				'',
			],
		]);
	});

	test('columns take expressions, and a column that is not given takes its default', async () => {
		const table = await tableWith("id INT, agency STRING DEFAULT 'RIM'");
		const columns = { mappingMode: 'defineBelow', value: { id: '={{ $json.n + 1 }}' } };
		await bench.items(writing('insertRows', table, { columns }), {
			input: input([{ n: 1 }, { n: 2 }]),
		});
		expect(await rowsOf(table, 'id')).toEqual([
			['2', 'RIM'],
			['3', 'RIM'],
		]);
	});

	const mapped = {
		typed: { columns: 'id INT, st STRING, bo BOOLEAN, am DECIMAL(9,2)' },
		all: {
			id: '={{ $json.id }}',
			st: '={{ $json.st }}',
			bo: '={{ $json.bo }}',
			am: '={{ $json.am }}',
		},
		given: { id: 1, st: null, bo: null, am: null },
	};
	const before = ['1', 'old', 'true', '1.00'];

	test.each([
		['NULL of an expression is NULL', mapped.all, mapped.given, ['1', null, null, null]],
		[
			'a column that is left empty, or was filled in and emptied, is not written',
			{ ...mapped.all, st: '', bo: null, am: '=' },
			{ id: 1 },
			before,
		],
		[
			'a field that is not there is an error',
			mapped.all,
			{ id: 1, bo: false, am: 2 },
			'Item 0: The column "st" has an expression that gives nothing: its field is not there. Nothing was written.',
		],
		[
			'an empty text of an expression is a text',
			{ id: '={{ $json.id }}', st: "={{ '' }}" },
			{ id: 1 },
			['1', '', 'true', '1.00'],
		],
		[
			'nothing is filled in',
			{ id: null, st: null, bo: null, am: null },
			{ id: 1 },
			"Item 0: No column is filled in under 'Columns'. Nothing was written.",
		],
	])('mapped by hand, with the schema of the editor: %s', async (_what, value, json, expected) => {
		const table = await tableWith(mapped.typed.columns);
		await bench.workspace.lakehouse.run(
			`INSERT INTO gold.bir.${table} VALUES (1, 'old', true, 1.00)`,
			{ user: 'test' },
		);
		const columns = {
			mappingMode: 'defineBelow',
			value,
			matchingColumns: ['id'],
			schema: await schemaOf(table),
		};
		const rules = { duplicateKeys: 'fail', nullKeys: 'fail' };
		const node = writing('upsertRows', table, { columns, ...rules });
		const execution = await bench.run(node, { input: input([json]) });
		if (typeof expected === 'string') {
			expect(execution.error?.message).toBe(expected);
			expect(await rowsOf(table, 'id')).toEqual([before]);
		} else {
			expect(execution.error).toBeUndefined();
			expect(await rowsOf(table, 'id')).toEqual([expected]);
		}
	});

	test('a column mapped to NULL does not take its default', async () => {
		const table = await tableWith("id INT, agency STRING DEFAULT 'RIM'");
		const columns = {
			mappingMode: 'defineBelow',
			value: { id: '={{ $json.id }}', agency: '={{ $json.agency }}' },
			schema: await schemaOf(table),
		};
		await bench.items(writing('insertRows', table, { columns }), {
			input: input([{ id: 1, agency: null }]),
		});
		expect(await rowsOf(table, 'id')).toEqual([['1', null]]);
	});

	test('items that give other columns go with other statements', async () => {
		const table = await tableWith("id INT, agency STRING DEFAULT 'RIM'");
		const items = [{ id: 1 }, { id: 2, agency: null }, { id: 3 }];
		const [summary] = await bench.items(writing('insertRows', table), { input: input(items) });
		expect(summary).toMatchObject({ rows_written: 3, statement_count: 2 });
		expect(await rowsOf(table, 'id')).toEqual([
			['1', 'RIM'],
			['2', null],
			['3', 'RIM'],
		]);
	});

	test.each([
		[
			'a wrong value',
			{ id: 'x' },
			'Item 1: The column "id" is "x", which is no INT. Nothing was written.',
		],
		[
			'a field without a column',
			{ id: 2, nmae: 'x' },
			'Item 1: The field "nmae" has no column in the table. Nothing was written.',
		],
		[
			'two fields for one column',
			{ id: 5, ID: 6 },
			'Item 1: The column "id" has several fields: "id" and "ID". Nothing was written.',
		],
		[
			'NULL where none may be',
			{ id: null },
			'Item 1: The column "id" is NULL, which the column does not take. Nothing was written.',
		],
	])('nothing is sent while an item has %s', async (_what, bad, message) => {
		const table = await tableWith('id INT NOT NULL');
		const execution = await bench.run(writing('insertRows', table), {
			input: input([{ id: 1 }, bad]),
		});
		expect(execution.error?.message).toBe(message);
		expect(await rowsOf(table, 'id')).toEqual([]);
	});

	test('a batch that fails names its items, the cause, and what is in the table for certain', async () => {
		const table = await tableWith('id INT');
		const { lakehouse } = bench.workspace;
		await lakehouse.run(`ALTER TABLE gold.bir.${table} ADD CONSTRAINT small CHECK (id < 5)`, {
			user: 'test',
		});
		const items = Array.from({ length: 7 }, (_, id) => ({ id }));
		const node = writing('insertRows', table, { options: { batchSize: 3 } });
		const execution = await bench.run(node, { input: input(items) });
		expect(execution.error?.message).toMatch(
			/^Items 3 to 5: .*small.*SQLSTATE: \w{5}\. 3 rows are in the table for certain\.$/s,
		);
		expect(await rowsOf(table, 'id')).toEqual([['0'], ['1'], ['2']]);
	});

	test('Continue On Fail: of 10 000 items 7 are bad, 9 993 get in, each bad one says why', async () => {
		const table = await tableWith('id INT, amount DECIMAL(9,2)');
		const { lakehouse } = bench.workspace;
		await lakehouse.run(`ALTER TABLE gold.bir.${table} ADD CONSTRAINT paid CHECK (amount >= 0)`, {
			user: 'test',
		});
		const bad: Record<number, unknown> = { 17: 'x', 4711: '1.005', 9999: [] };
		const negative = [0, 1, 5000, 9998];
		const items = Array.from({ length: 10_000 }, (_, id) => ({
			id,
			amount: id in bad ? bad[id] : negative.includes(id) ? -1 : `${id}.25`,
		}));
		const execution = await bench.run(
			writing(
				'insertRows',
				table,
				{ options: { batchSize: 1000 } },
				{ onError: 'continueRegularOutput' },
			),
			{ input: input(items) },
		);
		const [summary, ...errors] = execution.items('Node');
		expect(summary?.json).toMatchObject({ rows_written: 9_993, rows_failed: 7 });
		expect(errors.map(({ pairedItem, json }) => [pairedItem, json.error])).toEqual([
			[{ item: 0 }, expect.stringContaining('amount')],
			[{ item: 1 }, expect.stringContaining('amount')],
			[{ item: 17 }, 'The column "amount" is "x", which is no DECIMAL(9,2).'],
			[
				{ item: 4711 },
				'The column "amount" is "1.005", which has more digits behind the point than DECIMAL(9,2) keeps.',
			],
			[{ item: 5000 }, expect.stringContaining('amount')],
			[{ item: 9998 }, expect.stringContaining('amount')],
			[
				{ item: 9999 },
				'The column "amount" is a list or an object, which cannot be a DECIMAL(9,2).',
			],
		]);
		const { rows } = await lakehouse.run(
			`SELECT count(*), count(DISTINCT id), sum(amount) FROM gold.bir.${table}`,
			{ user: 'test' },
		);
		const good = items.filter(({ id }) => !(id in bad) && !negative.includes(id));
		const cents = good.reduce((sum, { id }) => sum + id * 100 + 25, 0);
		expect(rows).toEqual([['9993', '9993', (cents / 100).toFixed(2)]]);
	});

	const without = (left: number) =>
		Array.from({ length: 30 }, (_, id) => (id === left ? { n: id } : { id, n: id }));

	test.each(['insertRows', 'upsertRows'])(
		'%s: an item without a NOT NULL field keeps the others out with Stop, and fails alone with Continue',
		async (operation) => {
			const more = {
				options: { batchSize: 10 },
				columns: { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['n'] },
				duplicateKeys: 'fail',
				nullKeys: 'fail',
			};
			const table = await tableWith('id INT NOT NULL, n INT');
			const stopped = await bench.run(writing(operation, table, more), {
				input: input(without(14)),
			});
			expect(stopped.error?.message).toMatch(
				/^Item 14: .*\. 0 rows are in the table for certain\.$/s,
			);
			expect(await rowsOf(table, 'n')).toEqual([]);
			const onError = { onError: 'continueRegularOutput' };
			const [summary, ...errors] = await bench.items(writing(operation, table, more, onError), {
				input: input(without(14)),
			});
			expect(summary).toMatchObject({ rows_written: 29, rows_failed: 1 });
			expect(errors).toEqual([
				expect.objectContaining({
					description: expect.stringContaining('Not given, and NOT NULL: "id".'),
				}),
			]);
			expect(await rowsOf(table, 'n')).toHaveLength(29);
		},
	);

	test('a NOT NULL column with a default may be left out, in the mapper, too', async () => {
		const table = await tableWith('id INT NOT NULL DEFAULT 7, paid BOOLEAN, note STRING');
		const columns = {
			mappingMode: 'defineBelow',
			value: { note: 'x' },
			schema: await schemaOf(table),
		};
		expect(columns.schema.map(({ id, type, required }) => [id, type, required])).toEqual([
			['id', 'string', false],
			['paid', 'string', false],
			['note', 'string', false],
		]);
		await bench.items(writing('insertRows', table, { columns }));
		expect(await rowsOf(table, 'id')).toEqual([['7', null, 'x']]);
	});

	test('a table that is not there fails at once, also when the node goes on', async () => {
		const execution = await bench.run(
			writing('insertRows', 'nowhere', {}, { onError: 'continueRegularOutput' }),
			{ input: input([{ id: 1 }, { id: 2 }]) },
		);
		expect(
			execution.items('Node').map(({ json, pairedItem }) => [json.http_status, pairedItem]),
		).toEqual([
			[404, { item: 0 }],
			[404, { item: 1 }],
		]);
	});
});

describe('Insert or Update Rows', () => {
	const rules = (duplicateKeys: string, nullKeys: string) => ({ duplicateKeys, nullKeys });

	test('rows that are there are updated, the others inserted, each with one MERGE a batch', async () => {
		const table = await tableWith('id INT, name STRING, kept STRING');
		await bench.workspace.lakehouse.run(
			`INSERT INTO gold.bir.${table} VALUES (1, 'old', 'stays')`,
			{ user: 'test' },
		);
		const items = [
			{ id: 1, name: 'new' },
			{ id: 2, name: 'two' },
		];
		const [summary] = await bench.items(writing('upsertRows', table, rules('fail', 'fail')), {
			input: input(items),
		});
		expect(summary).toEqual({
			rows_written: 2,
			num_affected_rows: 2,
			num_updated_rows: 1,
			num_deleted_rows: 0,
			num_inserted_rows: 1,
			statement_count: 1,
			rows_failed: 0,
			items_left_out: 0,
			...anyRun,
		});
		expect(await rowsOf(table, 'id')).toEqual([
			['1', 'new', 'stays'],
			['2', 'two', null],
		]);
	});

	test.each([
		['fail', [['1', 'a']], 1, 0],
		['first', [['1', 'a']], 0, 1],
		['last', [['1', 'b']], 0, 1],
	])('a key that comes twice: %s, also across batches', async (rule, rows, failed, leftOut) => {
		const table = await tableWith('id DECIMAL(9,2), name STRING');
		const items = [
			{ id: 1, name: 'a' },
			{ id: '1.00', name: 'b' },
		];
		const node = writing(
			'upsertRows',
			table,
			{ ...rules(rule, 'fail'), options: { batchSize: 1 } },
			{ onError: 'continueRegularOutput' },
		);
		const [summary, error] = await bench.items(node, { input: input(items) });
		expect([summary?.rows_failed, summary?.items_left_out]).toEqual([failed, leftOut]);
		expect(
			(await rowsOf(table, 'name')).map(([id, name]) => [Number(id).toString(), name]),
		).toEqual(rows);
		if (rule === 'fail') {
			expect(error?.error).toBe('Item 0 has the same values in the columns to match on ("id").');
		}
	});

	test.each([
		['fail', 'The column "id" is NULL, and rows are matched on it.', 1],
		['insert', undefined, 2],
		['match', undefined, 1],
	])('NULL in a key: %s', async (rule, message, count) => {
		const table = await tableWith('id INT, name STRING');
		await bench.workspace.lakehouse.run(`INSERT INTO gold.bir.${table} VALUES (NULL, 'old')`, {
			user: 'test',
		});
		const node = writing('upsertRows', table, rules('fail', rule), {
			onError: 'continueRegularOutput',
		});
		const items = await bench.items(node, { input: input([{ id: null, name: 'new' }]) });
		expect(items.find(({ error }) => error !== undefined)?.error).toBe(message);
		expect(await rowsOf(table, 'name')).toHaveLength(count);
	});

	test.each([
		[
			'insert',
			[
				[null, '1'],
				['b', '2'],
				[null, 'old'],
			],
		],
		[
			'match',
			[
				[null, '1'],
				['b', '2'],
			],
		],
	])('an item without the key field has NULL in its key: %s', async (rule, expected) => {
		const table = await tableWith('s STRING, v STRING');
		await bench.workspace.lakehouse.run(`INSERT INTO gold.bir.${table} VALUES (NULL, 'old')`, {
			user: 'test',
		});
		const columns = { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['s'] };
		const node = writing('upsertRows', table, { ...rules('fail', rule), columns });
		const [summary] = await bench.items(node, {
			input: input([{ v: '1' }, { s: 'b', v: '2' }]),
		});
		expect(summary).toMatchObject({ rows_written: 2, statement_count: 1 });
		expect(await rowsOf(table, 'v')).toEqual(expected);
	});

	test('an item with the key field alone left out, and no other field, is no row', async () => {
		const table = await tableWith('s STRING, v STRING');
		const columns = { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['s'] };
		const node = writing('upsertRows', table, { ...rules('fail', 'insert'), columns });
		const execution = await bench.run(node, { input: input([{}]) });
		expect(execution.error?.message).toBe(
			'Item 0: The item has no field for any column of the table. Nothing was written.',
		);
	});

	test('items that were left out are reported, also when the one that was kept is refused', async () => {
		const table = await tableWith('id INT, v INT');
		await bench.workspace.lakehouse.run(
			`ALTER TABLE gold.bir.${table} ADD CONSTRAINT above CHECK (v > 0)`,
			{ user: 'test' },
		);
		const node = writing('upsertRows', table, rules('last', 'fail'), {
			onError: 'continueRegularOutput',
		});
		const items = [
			{ id: 3, v: 7 },
			{ id: 3, v: -1 },
		];
		const execution = await bench.run(node, { input: input(items) });
		expect(
			execution
				.items('Node')
				.map(({ json, pairedItem }) => [
					json.rows_failed ?? json.error,
					json.items_left_out,
					pairedItem,
				]),
		).toEqual([
			[1, 1, [{ item: 0 }]],
			[expect.stringContaining('above'), undefined, { item: 1 }],
		]);
	});

	test('columns to match on must be chosen and be there', async () => {
		const table = await tableWith('id INT');
		const columns = { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['key'] };
		const execution = await bench.run(
			writing('upsertRows', table, { ...rules('fail', 'fail'), columns }),
			{ input: input([{ id: 1 }]) },
		);
		expect(execution.error?.message).toBe('The table has no column "key" to match on.');
	});
});
