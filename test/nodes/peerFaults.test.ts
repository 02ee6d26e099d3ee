import type { IDataObject } from 'n8n-workflow';
import { statementsOf } from '../../workspace/statements/statements';
import { type NodeUnderTest, Workbench } from './workbench';

/**
 * What n8n's own Databricks node does wrong with SQL, one test each: both nodes run in n8n's engine against
 * the same local workspace.
 */
let bench: Workbench;
let slow: Workbench;
beforeAll(async () => {
	bench = await Workbench.open({ limits: { chunkRows: 4, inlineBytes: 2_000 } });
	slow = await Workbench.open({ pace: { statementMs: 60_000 } });
	await bench.workspace.lakehouse.runScript('CREATE CATALOG gold; CREATE SCHEMA gold.bir', {
		user: 'test',
	});
});
afterAll(async () => {
	await bench.close();
	await slow.close();
});

const warehouse = (on: Workbench) => ({ __rl: true, mode: 'id', value: on.workspace.warehouseId });

function own(statement: string, more: IDataObject = {}, on = bench): NodeUnderTest {
	return {
		type: 'databricksSqlStatement',
		parameters: { authentication: 'accessToken', warehouse: warehouse(on), statement, ...more },
	};
}

function peer(query: string, queryParameters: IDataObject[] = [], on = bench): NodeUnderTest {
	return {
		type: 'n8n-nodes-base.databricks',
		parameters: {
			authentication: 'accessToken',
			resource: 'databricksSql',
			operation: 'executeQuery',
			warehouseId: warehouse(on),
			query,
			queryParameters: { parameters: queryParameters },
		},
		credentials: { databricksApi: { name: 'Databricks' } },
	};
}

const peerCredentials = (on: Workbench) => [
	{ type: 'databricksApi', data: { host: on.url, token: on.workspace.token } },
];

/** Items, or the message of the error. */
async function resultOf(
	node: NodeUnderTest,
	options: { on?: Workbench; signal?: AbortSignal; items?: number } = {},
): Promise<IDataObject[] | string> {
	const { on = bench, signal, items = 1 } = options;
	const isPeer = node.type === 'n8n-nodes-base.databricks';
	const execution = await on.run(node, {
		signal,
		input: Array.from({ length: items }, (_, n) => ({ json: { n } })),
		...(isPeer ? { credentials: peerCredentials(on) } : {}),
	});
	return execution.error?.message ?? execution.items('Node').map(({ json }) => json);
}

test('1. every value is a text', async () => {
	const text =
		'SELECT 1 AS n, TRUE AS yes, 9007199254740993 AS big, ARRAY(1) AS list, 0.5D AS half';
	expect([await resultOf(peer(text)), await resultOf(own(text))]).toEqual([
		[{ n: '1', yes: 'true', big: '9007199254740993', list: '["1"]', half: '0.5' }],
		[{ n: 1, yes: true, big: '9007199254740993', list: [1], half: 0.5 }],
	]);
});

test('2. columns of the same name overwrite each other', async () => {
	const text = 'SELECT 1 AS total, 2 AS total';
	expect([await resultOf(peer(text)), await resultOf(own(text))]).toEqual([
		[{ total: '2' }],
		[{ total: 1, total_2: 2 }],
	]);
});

test('3. a statement without a result gives no item, so the branch behind it does not run', async () => {
	const done = { state: 'SUCCEEDED', rows_affected: null };
	expect(await resultOf(peer('CREATE TABLE gold.bir.a (n INT)'))).toEqual([]);
	expect(await resultOf(own('CREATE TABLE gold.bir.b (n INT)'))).toMatchObject([done]);
});

test('4. a result above the limit of INLINE fails', async () => {
	const text = "SELECT id, repeat('x', 100) AS pad FROM range(40)";
	expect(await resultOf(peer(text))).toMatch(/Inline byte limit exceeded/);
	expect(await resultOf(own(text))).toHaveLength(40);
});

test('5. an empty text and NULL cannot be told apart, and there are eight types', async () => {
	const parameters = (type: string, value?: string) => ({
		parameters: { values: [{ name: 'a', type, value }] },
	});
	const text = 'SELECT :a AS a';
	expect(await resultOf(peer(text, [{ name: 'a', value: '', type: 'STRING' }]))).toEqual([
		{ a: '' },
	]);
	expect(await resultOf(own(text, parameters('STRING', '')))).toEqual([{ a: '' }]);
	expect(await resultOf(own(text, parameters('NULL')))).toEqual([{ a: null }]);
	expect(await resultOf(own(text, parameters('DECIMAL', '0.10')))).toEqual([{ a: '0.10' }]);
	expect(await resultOf(own(text, parameters('TINYINT', '-128')))).toEqual([{ a: -128 }]);
	expect(await resultOf(own(text, parameters('BINARY', 'AQI=')))).toEqual([{ a: 'AQI=' }]);
	expect(
		await resultOf(
			own('SELECT 2 IN (:a) AS a', {
				parameters: { values: [{ name: 'a', type: 'LIST', elementType: 'INT', value: '[1, 2]' }] },
			}),
		),
	).toEqual([{ a: true }]);
});

test('6. there is no catalog, schema, limit or tag for a statement', async () => {
	const options = {
		catalog: 'gold',
		schema: 'bir',
		rowLimit: 2,
		queryTags: { values: [{ key: 'workflow', value: 'close' }] },
	};
	await resultOf(own('CREATE TABLE gold.bir.limited AS SELECT id FROM range(5)'));
	expect(await resultOf(peer('SELECT * FROM limited'))).toMatch(/TABLE_OR_VIEW_NOT_FOUND/);
	expect(await resultOf(own('SELECT * FROM limited ORDER BY id', { options }))).toEqual([
		{ id: 0 },
		{ id: 1 },
	]);
});

test('7. an error has no code, no SQLSTATE and no statement ID', async () => {
	const node = { ...own('SELECT * FROM nowhere'), settings: { onError: 'continueRegularOutput' } };
	const theirs = { ...peer('SELECT * FROM nowhere'), settings: node.settings };
	const [bare] = await bench.items(theirs, { credentials: peerCredentials(bench) });
	expect(Object.keys(bare ?? {})).toEqual(['error']);
	expect(await bench.items(node)).toMatchObject([
		{
			error_code: 'TABLE_OR_VIEW_NOT_FOUND',
			sql_state: '42P01',
			statement_id: expect.any(String),
		},
	]);
});

test('8. Stop does not cancel the statement', async () => {
	const statements = statementsOf(slow.workspace);
	const stop = new AbortController();
	const execution = resultOf(own('SELECT 1', {}, slow), { on: slow, signal: stop.signal });
	await slow.until(async () => statements.list().at(-1)?.state === 'RUNNING');
	stop.abort();
	await slow.until(async () => statements.list().at(-1)?.state === 'CANCELED');
	await execution;
});

test('9. the time limit is fixed at five minutes, and the statement goes on after it', async () => {
	const options = { timeoutSeconds: 1 };
	const message = await resultOf(own('SELECT 1', { options }, slow), { on: slow });
	expect(message).toMatch(/^Statement \S+ was still RUNNING after 1 second\.$/);
	const statements = statementsOf(slow.workspace);
	await slow.until(async () => statements.list().at(-1)?.state === 'CANCELED');
});

test('10. a statement that is CLOSED is waited for until the time is over', async () => {
	const statementPath = '/api/2.0/sql/statements/*';
	const body = { statement_id: 's1', status: { state: 'CLOSED' } };
	bench.workspace.faults.add({ method: 'GET', path: statementPath, status: 200, body, times: 3 });
	const before = performance.now();
	const message = await resultOf(own('SELECT 1', { options: { rereads: 2 } }));
	bench.workspace.faults.clear();
	expect(message).toBe('Statement s1 succeeded, but its result is no longer available.');
	expect(performance.now() - before).toBeLessThan(10_000);
});

test('11. one answer of 503 while waiting fails the node, though the statement goes on', async () => {
	const fault = { path: '/api/2.0/sql/statements*', status: 503, times: 2 };
	const body = { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Try again.' };
	bench.workspace.faults.add({ ...fault, body });
	expect(await resultOf(peer('SELECT 1 AS n'))).not.toEqual([{ n: '1' }]);
	bench.workspace.faults.clear();
	bench.workspace.faults.add({ ...fault, body });
	expect(await resultOf(own('SELECT 1 AS n'))).toEqual([{ n: 1 }]);
	bench.workspace.faults.clear();
});

test('12. more than about 125 000 rows end in a stack overflow', async () => {
	const large = await Workbench.open();
	const items = await large.items(own('SELECT id FROM range(150000)', {}, large));
	await large.close();
	expect([items.length, items.at(-1)]).toEqual([150_000, { id: 149_999 }]);
});

test('13. each item is a statement of its own', async () => {
	const name = (value: string) => ({ __rl: true, mode: 'name', value });
	await resultOf(own('CREATE TABLE gold.bir.many (n INT)'));
	const insert = {
		operation: 'insertRows',
		catalog: name('gold'),
		schema: name('bir'),
		table: name('many'),
		columns: { mappingMode: 'autoMapInputData', value: null },
	};
	const known = statementsOf(bench.workspace).list().length;
	expect(await resultOf(own('', insert), { items: 500 })).toMatchObject([{ rows_written: 500 }]);
	expect(statementsOf(bench.workspace).list().length - known).toBe(1);
});
