import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { statementsOf } from '../../workspace/statements/statements';
import { readArrow } from '../workspace/arrowTable';
import { type NodeUnderTest, Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open({ limits: { chunkRows: 20, inlineBytes: 2_000 } });
	await bench.workspace.lakehouse.runScript(
		'CREATE CATALOG gold; CREATE SCHEMA gold.bir; CREATE TABLE gold.bir.log (n BIGINT)',
		{ user: 'test' },
	);
});
afterAll(async () => await bench.close());
beforeEach(() => bench.workspace.faults.clear());

function sql(statement: string, more: Record<string, unknown> = {}): NodeUnderTest {
	return {
		type: 'databricksSqlStatement',
		parameters: {
			authentication: 'accessToken',
			warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
			statement,
			...more,
		},
	};
}

const arrow = { output: 'file', fileFormat: 'arrow' };
const numbers =
	"SELECT id AS n, CASE WHEN id % 3 = 0 THEN NULL ELSE concat('row ', id) END AS text FROM range(0, 50) ORDER BY id";
const expected = Array.from({ length: 50 }, (_, n) => [String(n), n % 3 === 0 ? null : `row ${n}`]);

async function arrowOf(node: NodeUnderTest) {
	const execution = await bench.run(node);
	if (execution.error) throw execution.error;
	const [item] = execution.items('Node');
	const file = item?.binary?.data;
	const bytes = file && (await Container.get(BinaryDataService).getAsBuffer(file));
	return { json: item?.json, file, table: bytes && readArrow(bytes) };
}

describe('an Arrow file', () => {
	test('the chunks of a result become one stream', async () => {
		const { json, file, table } = await arrowOf(sql(numbers, { ...arrow, fileName: 'n.arrow' }));
		expect(json).toMatchObject({ row_count: 50, chunk_count: 3, file_name: 'n.arrow' });
		expect(file).toMatchObject({ mimeType: 'application/vnd.apache.arrow.stream' });
		expect(table).toEqual({
			columns: [
				{ name: 'n', type: 'int64' },
				{ name: 'text', type: 'utf8' },
			],
			rows: expected,
		});
	});

	test.each([
		['cut in the middle', { truncate: true, times: 2 }],
		[
			'refused as expired',
			{ times: 1, status: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
		],
	])('a link that is %s is made anew, and no byte comes twice', async (_name, fault) => {
		bench.workspace.faults.add({ method: 'GET', path: '/local/links/*', ...fault });
		const { table } = await arrowOf(sql(numbers, arrow));
		expect(bench.workspace.faults.list()[0]?.hits).toBe(fault.times);
		expect(table?.rows).toEqual(expected);
	});

	test('a chunk that is no Arrow is an error, never a file', async () => {
		bench.workspace.faults.add({
			method: 'GET',
			path: '/local/links/*',
			status: 200,
			body: '[["1",null]]',
		});
		const { error } = await bench.run(sql(numbers, arrow));
		expect(error?.message).toMatch(/is not complete: chunk 0 is wrong: it is no Arrow stream/);
	});

	test('no rows: a file with the columns', async () => {
		const statement = 'SELECT 1 AS n, map(1, array(1.5)) AS m WHERE FALSE';
		const { json, file, table } = await arrowOf(sql(statement, { ...arrow, fileName: 'n.arrow' }));
		expect(json).toMatchObject({ row_count: 0, chunk_count: 0, file_name: 'n.arrow' });
		expect(file).toMatchObject({ mimeType: 'application/vnd.apache.arrow.stream' });
		expect(table).toEqual({
			columns: [
				{ name: 'n', type: 'int32' },
				{ name: 'm', type: 'map<entries: struct<key: int32, value: list<element: decimal(2,1)>>>' },
			],
			rows: [],
		});
	});

	test('the chunks of nested values become one stream, too', async () => {
		const statement =
			"SELECT named_struct('n', id, 'text', array(concat('row ', id))) AS s FROM range(0, 50) ORDER BY id";
		const { json, table } = await arrowOf(sql(statement, arrow));
		expect(json).toMatchObject({ row_count: 50, chunk_count: 3 });
		expect(table?.rows).toEqual(Array.from({ length: 50 }, (_, n) => [[String(n), [`row ${n}`]]]));
	});

	test('what changes data gives its counters, as always', async () => {
		const { json, file } = await arrowOf(sql('INSERT INTO gold.bir.log VALUES (1), (2)', arrow));
		expect(json).toMatchObject({ rows_affected: 2 });
		expect(file).toBeUndefined();
	});

	test.each([
		['started for Arrow', arrow, {}, 'was started for an Arrow file'],
		['not started for Arrow', {}, arrow, 'was not started for an Arrow file'],
	])('a statement %s has no other result later', async (_name, first, later, message) => {
		const [started] = await bench.items(sql(numbers, { ...first, options: { wait: false } }));
		const get = { operation: 'getStatement', statementId: started?.statement_id };
		const options = { wait: true };
		const { error } = await bench.run(sql('', { ...get, ...later, options }));
		expect(error?.message).toContain(message);
		const same = await bench.run(sql('', { ...get, ...first, options }));
		expect(same.error).toBeUndefined();
	});
});

describe('a result above the limit of the answer', () => {
	test('a statement that reads is run again by itself', async () => {
		const known = statementsOf(bench.workspace).list().length;
		expect((await bench.items(sql(numbers.replace('50', '200')))).length).toBe(200);
		const run = statementsOf(bench.workspace).list().slice(known);
		expect(run.map(({ state, request }) => [state, request.disposition])).toEqual([
			['FAILED', 'INLINE'],
			['SUCCEEDED', 'EXTERNAL_LINKS'],
		]);
	});

	test('a CSV file is whole when its links break', async () => {
		const path = '/local/links/*';
		bench.workspace.faults.add({ method: 'GET', path, truncate: true, times: 2 });
		const output = { output: 'file', fileFormat: 'csv', options: { externalLinks: true } };
		const [item] = (await bench.run(sql(numbers, output))).items('Node');
		const file = item?.binary?.data;
		const bytes = file && (await Container.get(BinaryDataService).getAsBuffer(file));
		const lines = [['n', 'text'], ...expected].map(
			(row) => `${row.map((cell) => cell ?? '').join(',')}\r\n`,
		);
		expect(bytes?.toString()).toBe(lines.join(''));
	});

	test('links that expire are asked for again', async () => {
		bench.workspace.faults.add({
			method: 'GET',
			path: '/local/links/*',
			status: 403,
			body: '<Error><Code>AccessDenied</Code></Error>',
			skip: 1,
		});
		const items = await bench.items(sql(numbers, { options: { externalLinks: true } }));
		expect(items.map(({ n, text }) => [String(n), text])).toEqual(expected);
	});
});

describe('a statement that Databricks lost', () => {
	const lost = (state: string, error_code?: string) => ({
		method: 'GET',
		path: '/api/2.0/sql/statements/*',
		status: 200,
		body: { statement_id: 'gone', status: { state, error: { error_code, message: 'Lost.' } } },
	});
	const forgotten = {
		method: 'GET',
		path: '/api/2.0/sql/statements/*',
		status: 404,
		body: { error_code: 'NOT_FOUND', message: 'The statement was not found.' },
	};
	const losses: [string, Record<string, unknown>][] = [
		['IO_ERROR', lost('FAILED', 'IO_ERROR')],
		['CLOSED', lost('CLOSED')],
		['404', forgotten],
	];
	const sent = () => statementsOf(bench.workspace).list().length;

	test.each(losses)('%s: a read is run again', async (_name, fault) => {
		const known = sent();
		bench.workspace.faults.add({ path: '', ...fault, times: 2 });
		expect(await bench.items(sql('SELECT 7 AS n'))).toEqual([{ n: 7 }]);
		expect(sent() - known).toBe(3);
	});

	test.each(losses)('%s: only as often as it is told', async (_name, fault) => {
		const known = sent();
		bench.workspace.faults.add({ path: '', ...fault, times: 0 });
		const { error } = await bench.run(sql('SELECT 7 AS n', { options: { rereads: 1 } }));
		expect(error).toBeDefined();
		expect(sent() - known).toBe(2);
	});

	test.each(losses)('%s: a write is never run again', async (_name, fault) => {
		const known = sent();
		bench.workspace.faults.add({ path: '', ...fault, times: 1 });
		const { error } = await bench.run(sql('INSERT INTO gold.bir.log VALUES (3)'));
		expect(error).toBeDefined();
		expect(sent() - known).toBe(1);
	});

	test('the answer to a write: its outcome is not known, and it is not sent again', async () => {
		const known = sent();
		const path = '/api/2.0/sql/statements';
		bench.workspace.faults.add({ method: 'POST', path, reset: true, when: 'after' });
		const { error } = await bench.run(sql('INSERT INTO gold.bir.log VALUES (4)'));
		expect(error?.message).toContain('Whether the statement was carried out is not known.');
		expect(error?.description).toContain('Look at the table, or at DESCRIBE HISTORY');
		expect(sent() - known).toBe(1);
	});
});

test('Stop between batches: nothing more is sent, and the error says what is in the table', async () => {
	const statements = statementsOf(bench.workspace);
	const known = statements.list().length;
	const stop = new AbortController();
	const name = (value: string) => ({ __rl: true, mode: 'name', value });
	const into = { catalog: name('gold'), schema: name('bir'), table: name('log') };
	const columns = { mappingMode: 'autoMapInputData', value: null };
	const options = { batchSize: 1 };
	const node = sql('', { operation: 'insertRows', ...into, columns, options });
	const input = Array.from({ length: 500 }, (_, n) => ({ json: { n: 1_000 + n } }));
	const execution = bench.run(node, { input, signal: stop.signal });
	const ended = () => statements.list().slice(known);
	await bench.until(async () => ended().filter(({ state }) => state === 'SUCCEEDED').length > 2);
	stop.abort();
	const { run, error } = await execution;
	const sent = ended().length;
	expect(run.status).not.toBe('success');
	expect(sent).toBeLessThan(100);
	const { rows } = await bench.workspace.lakehouse.run(
		'SELECT count(*) FROM gold.bir.log WHERE n >= 1000',
		{ user: 'test' },
	);
	const certain = Number(
		/(\d+) rows? (?:is|are) in the table for certain/.exec(error?.message ?? '')?.[1],
	);
	expect(certain).toBeGreaterThan(1);
	expect(Number(rows[0]?.[0])).toBeGreaterThanOrEqual(certain);
	expect(Number(rows[0]?.[0])).toBeLessThanOrEqual(certain + 1);
});
