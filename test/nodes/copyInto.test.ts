import type { IDataObject } from 'n8n-workflow';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
let made = 0;
let table = '';
const volume = '/Volumes/bronze/scout/landing';
beforeAll(async () => {
	bench = await Workbench.open();
	await bench.workspace.lakehouse.runScript(
		'CREATE CATALOG bronze; CREATE SCHEMA bronze.scout; CREATE VOLUME bronze.scout.landing',
		{ user: 'test' },
	);
});
afterAll(async () => await bench.close());
beforeEach(() => bench.workspace.faults.clear());

const sql = (text: string) => bench.workspace.lakehouse.run(text, { user: 'test' });
const rows = async () => (await sql(`SELECT * FROM bronze.scout.${table} ORDER BY 1`)).rows;
const upload = async (name: string, text: string) => {
	await bench.server.fetch(
		new Request(`${bench.url}/api/2.0/fs/files${volume}/${table}/${name}?overwrite=true`, {
			method: 'PUT',
			headers: { authorization: `Bearer ${bench.workspace.token}` },
			body: text,
		}),
	);
};

/** A table, and files in a folder of its name. */
async function given(columns: string, files: Record<string, string>): Promise<void> {
	table = `t${++made}`;
	await sql(`CREATE TABLE bronze.scout.${table} (${columns})`);
	for (const [name, text] of Object.entries(files)) await upload(name, text);
}

const locator = (value: string) => ({ __rl: true, mode: 'name', value });

function copying(more: Record<string, unknown> = {}, settings = {}): NodeUnderTest {
	return {
		type: 'databricksSqlStatement',
		parameters: {
			authentication: 'accessToken',
			operation: 'copyInto',
			warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
			catalog: locator('bronze'),
			schema: locator('scout'),
			table: locator(table),
			path: `${volume}/${table}`,
			...more,
		},
		settings,
	};
}

const file = (name: string) => `${volume}/${table}/${name}`;
const counted = (path: string, count: number): IDataObject => ({
	path,
	statement_id: expect.any(String),
	state: 'SUCCEEDED',
	rows_affected: count,
	num_affected_rows: count,
	num_inserted_rows: count,
	num_skipped_corrupt_files: 0,
	duration_ms: expect.any(Number),
});
const goOn = { onError: 'continueRegularOutput' };

test('each file has an item; a repeat loads nothing twice, and takes up what is new', async () => {
	await given('id BIGINT, amount DECIMAL(18,2), note STRING', {
		'a.csv': 'note,id,amount\n"say ""hi""",9007199254740993,1.50\n',
		'b.csv': 'id,amount,note\n2,0.10,\n3,0.20,x\n',
		'_ignored.csv': 'x\n',
	});
	expect(await bench.items(copying())).toEqual([
		counted(file('a.csv'), 1),
		counted(file('b.csv'), 2),
	]);
	expect(await rows()).toEqual([
		['2', '0.10', null],
		['3', '0.20', 'x'],
		['9007199254740993', '1.50', 'say "hi"'],
	]);
	await upload('c.csv', 'id,amount,note\n4,0.30,new\n');
	expect(await bench.items(copying())).toEqual([
		counted(file('a.csv'), 0),
		counted(file('b.csv'), 0),
		counted(file('c.csv'), 1),
	]);
	const again = copying({ which: 'names', fileNames: 'c.csv', options: { force: true } });
	expect(await bench.items(again)).toEqual([counted(file('c.csv'), 1)]);
});

test('together: one statement, all of the files or none', async () => {
	await given('id INT', { 'a.csv': 'id\n1\n', 'b.csv': 'id\nsoon\n' });
	const together = copying({ copyResult: 'together' });
	const failed = await bench.run(together);
	expect(failed.error?.message).toContain("'soon' of the type");
	expect(await rows()).toEqual([]);
	await upload('b.csv', 'id\n2\n');
	expect(await bench.items(together)).toEqual([counted(`${volume}/${table}`, 2)]);
});

test('a file that fails names itself and keeps no other one out', async () => {
	const files = { 'a.csv': 'id\n1\n', 'b.csv': 'id\nsoon\n', 'c.csv': 'id\n3\n' };
	await given('id INT', files);
	const [first, second, third] = await bench.items(copying({}, goOn));
	expect(first).toEqual(counted(file('a.csv'), 1));
	expect(second).toMatchObject({
		error: expect.stringMatching(
			/b\.csv: .*CAST_INVALID_INPUT.*Before it, 1 row of 1 file was loaded/s,
		),
		error_code: 'CAST_INVALID_INPUT',
		path: file('b.csv'),
	});
	expect(third).toEqual(counted(file('c.csv'), 1));
	expect(await rows()).toEqual([['1'], ['3']]);

	await given('id INT', files);
	const stopped = await bench.run(copying());
	expect(stopped.error?.message).toContain('1 row of 1 file was loaded for certain');
	expect(await rows()).toEqual([['1']]);
});

test('a pattern chooses files; the path may be one file', async () => {
	await given('id INT', { 'a-1.csv': 'id\n1\n', 'a-2.csv': 'id\n2\n', 'b-1.csv': 'id\n3\n' });
	const byPattern = copying({ which: 'pattern', pattern: 'a-*.csv' });
	expect((await bench.items(byPattern)).map(({ path }) => path)).toEqual([
		file('a-1.csv'),
		file('a-2.csv'),
	]);
	const one = copying({ path: file('b-1.csv') });
	expect(await bench.items(one)).toEqual([counted(file('b-1.csv'), 1)]);
	const glob = { which: 'pattern', pattern: '{a,b}-?.csv' };
	expect((await bench.run(copying(glob))).error?.message).toContain("'Pattern' is");
	expect(await bench.items(copying({ ...glob, copyResult: 'together' }))).toEqual([
		counted(`${volume}/${table}`, 0),
	]);
	expect(await rows()).toEqual([['1'], ['2'], ['3']]);
});

test('JSON comes with all digits; without a header fields go by place; expressions are SQL', async () => {
	await given('id BIGINT, amount DECIMAL(38,18)', {
		'a.json': '{"amount": 12345678901234567890.123456789012345678, "id": 1}\n',
	});
	await bench.items(copying({ copyFormat: 'JSON' }));
	expect(await rows()).toEqual([['1', '12345678901234567890.123456789012345678']]);

	await given('id INT, name STRING, unused STRING', { 'a.csv': '1;x\n' });
	const options = { header: false, delimiter: ';', columnsToLoad: 'id, name' };
	await bench.items(copying({ options }));
	expect(await rows()).toEqual([['1', 'x', null]]);

	await given('name STRING', { 'a.csv': "name\no'hara\n" });
	const expressions = { copyColumns: 'expressions', expressions: 'upper(name) AS name' };
	await bench.items(copying(expressions));
	expect(await rows()).toEqual([["O'HARA"]]);

	await given('name STRING', { 'a.csv': 'name,extra\nx,y\n' });
	await bench.items(copying({ copyColumns: 'asIs', options: { mergeSchema: true } }));
	expect(await rows()).toEqual([['x', 'y']]);
});

test('nested JSON goes into the columns by its names, with all digits', async () => {
	await given(
		'id BIGINT, customer STRUCT<name: STRING, id: BIGINT, gone: INT>, lines ARRAY<STRUCT<sku: STRING, amount: DECIMAL(38,18)>>, tags MAP<STRING, INT>',
		{
			'a.json': `[{"id": 1, "customer": {"id": 9007199254740993, "name": "Ana"}, "tags": {"b": 2, "a": 1},
				"lines": [{"amount": 12345678901234567890.123456789012345678, "sku": "X"}, null]},
				{"id": 2, "customer": null, "lines": [], "tags": {"c": 3}}]`,
		},
	);
	const json = { copyFormat: 'JSON', options: { multiLine: true } };
	expect(await bench.items(copying(json))).toEqual([counted(file('a.json'), 2)]);
	expect(await rows()).toEqual([
		[
			'1',
			'{"name":"Ana","id":"9007199254740993","gone":null}',
			'[{"sku":"X","amount":"12345678901234567890.123456789012345678"},null]',
			'{"a":"1","b":"2"}',
		],
		['2', null, '[]', '{"c":"3"}'],
	]);
	await upload('b.json', '{"id": 3, "customer": ["x"], "lines": null, "tags": null}');
	const failed = await bench.run(copying({ ...json, which: 'names', fileNames: 'b.json' }));
	expect(failed.error?.message).toContain('from_json');
});

test('files in folders below: each with its item, or together; text lines; the file of a row', async () => {
	const files = { 'a.txt': 'one\n\ntwo\n', 'x/b.txt': 'three', 'x/y/.hidden': 'no' };
	await given('value STRING', files);
	const text = { copyFormat: 'TEXT', options: { recursive: true } };
	expect(await bench.items(copying(text))).toEqual([
		counted(file('a.txt'), 3),
		counted(file('x/b.txt'), 1),
	]);
	expect(await rows()).toEqual([[''], ['one'], ['three'], ['two']]);

	await given('value STRING, file STRING', files);
	const together = {
		...text,
		copyResult: 'together',
		copyColumns: 'expressions',
		expressions: 'value, _metadata.file_name AS file',
	};
	expect(await bench.items(copying(together))).toEqual([counted(`${volume}/${table}`, 4)]);
	expect(await rows()).toEqual([
		['', 'a.txt'],
		['one', 'a.txt'],
		['three', 'b.txt'],
		['two', 'a.txt'],
	]);
});

test.each([
	['an empty folder', {}, ''],
	[
		'a pattern that no name fits',
		{ which: 'pattern', pattern: 'RIM-*.csv' },
		' whose names fit RIM-*.csv',
	],
])('%s is an item that says so', async (_name, more, whose) => {
	await given('id INT', { '_hidden.csv': 'id\n1\n' });
	const made = await bench.run(copying(more));
	const path = `${volume}/${table}`;
	expect(made.items('Node')).toEqual([
		{ json: { path, file_count: 0, rows_affected: 0 }, pairedItem: { item: 0 } },
	]);
	const [{ hints } = {}] = made.run.data.resultData.runData.Node ?? [];
	expect(hints).toEqual([
		{
			message: `There are no files${whose} in ${path}, so nothing was loaded.`,
			location: 'outputPane',
		},
	]);
});

test('a validation shows rows and finds what is wrong, and writes nothing', async () => {
	await given('id INT NOT NULL', { 'a.csv': 'id\n1\n2\n', 'b.csv': 'id\n\n""\n' });
	const options = { validate: true };
	const found = await bench.items(copying({ options }, goOn));
	expect(found[0]).toEqual({
		path: file('a.csv'),
		is_valid: true,
		rows: [{ id: 1 }, { id: 2 }],
		statement_id: expect.any(String),
		duration_ms: expect.any(Number),
	});
	expect(found[1]).toMatchObject({ error_code: 'DELTA_NOT_NULL_CONSTRAINT_VIOLATED' });
	expect(await rows()).toEqual([]);
});

test('a lost answer is told, with what a repeat does; nothing is sent twice', async () => {
	await given('id INT', { 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' });
	const fault = { method: 'POST', path: '/api/2.0/sql/statements', reset: true } as const;
	bench.workspace.faults.add({ ...fault, when: 'after', times: 1 });
	const failed = await bench.run(copying());
	expect(failed.error?.message).toContain('Whether the statement was carried out is not known');
	expect(failed.error?.description).toContain('files that were loaded are left out');
	await bench.until(async () => (await rows()).length === 1);
	expect((await bench.items(copying())).map((item) => item.rows_affected)).toEqual([0, 1]);
	expect(await rows()).toEqual([['1'], ['2']]);
});

test.each([
	['no table of columns to load', { options: { columnsToLoad: 'nope' } }, '"nope"'],
	['no names', { which: 'names', fileNames: '={{ [] }}' }, "'File Names' is empty"],
	['no volume', { path: '/tmp/x' }, 'is not a path in a volume'],
	['no folder', { path: `${volume}/nowhere` }, 'nowhere'],
])('%s is an error that says so', async (_name, more, message) => {
	await given('id INT', { 'a.csv': 'id\n1\n' });
	const failed = await bench.run(copying(more));
	expect(failed.error?.message).toContain(message);
	expect(await rows()).toEqual([]);
});

test.each([
	['bytes BINARY', 'CSV', 'unbase64(bytes) AS bytes'],
	['list array<int>', 'CSV', "from_json(list, 'array<int>') AS list"],
	['v VARIANT', 'JSON', "parse_json(to_json(named_struct('v', v))):v AS v"],
	[
		's struct<a: array<variant>>',
		'JSON',
		"parse_json(to_json(named_struct('v', s))):v::struct<a: array<variant>> AS s",
	],
])(
	'%s of %s is said to need an expression before anything is sent',
	async (column, copyFormat, way) => {
		await given(column, { 'a.csv': 'x\n' });
		const failed = await bench.run(copying({ copyFormat }));
		const [name, type] = column.split(/ (.*)/);
		expect(failed.error?.message).toContain(`The column "${name}" is ${type}`);
		expect(failed.error?.description).toContain(way);
	},
);
