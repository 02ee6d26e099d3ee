import { namedColumns, rowReader } from '../../nodes/databricks/sql/columnTypes';
import { quoteTableName } from '../../nodes/databricks/sql/quoting';
import { rows } from '../../nodes/databricks/sql/statementRows';
import type { Statement } from '../../nodes/databricks/sql/statementState';
import {
	getStatement,
	runStatement,
	type StatementRequest,
} from '../../nodes/databricks/sql/statements';
import type { Workspace } from '../../nodes/databricks/workspace';
import { inAMinute, localClient } from './localClient';
import { errorOf } from './workspaceUnderTest';

const smallChunks = localClient({ limits: { chunkRows: 100, inlineBytes: 5_000 } });
const opened = localClient();
afterAll(async () => {
	await (await smallChunks).server.close();
	await (await opened).server.close();
});

type Client = Awaited<ReturnType<typeof localClient>>;

async function run(
	{ workspace, local }: Client,
	statement: string,
	more: Partial<StatementRequest> = {},
) {
	return await runStatement(
		workspace,
		{ warehouseId: local.warehouseId, statement, ...more },
		{ deadlineMs: inAMinute(workspace) },
	);
}

async function objects(workspace: Workspace, statement: Statement) {
	const objectOf = rowReader(namedColumns(statement.manifest?.schema.columns ?? []));
	const all: Record<string, unknown>[] = [];
	for await (const chunk of rows(workspace, statement)) {
		all.push(...chunk.rows.map(objectOf));
	}
	return all;
}

describe('values', () => {
	it('keep their types, parameters included', async () => {
		const client = await opened;
		const statement = await run(
			client,
			`SELECT :month AS month, :amount AS amount, :nothing AS nothing,
				CAST(9007199254740993 AS BIGINT) AS big, 42 AS small, CAST(1.5 AS DOUBLE) AS ratio,
				true AS yes, CAST('2026-10-31' AS DATE) AS day, ARRAY(1, 2) AS list`,
			{
				parameters: [
					{ name: 'month', value: "2026-10' OR 1=1" },
					{ name: 'amount', value: '1234567890123456.70', type: 'DECIMAL(18,2)' },
					{ name: 'nothing', value: null, type: 'INT' },
				],
			},
		);
		expect(await objects(client.workspace, statement)).toEqual([
			{
				month: "2026-10' OR 1=1",
				amount: '1234567890123456.70',
				nothing: null,
				big: '9007199254740993',
				small: 42,
				ratio: 1.5,
				yes: true,
				day: '2026-10-31',
				list: [1, 2],
			},
		]);
	});
});

describe('results of every size', () => {
	const query = 'SELECT id, id * 2 AS double FROM range(1234)';
	const expected = Array.from({ length: 1234 }, (_, id) => ({ id, double: id * 2 }));

	it.each([
		['inline, in one answer', opened, 'INLINE', 0, 0],
		['external, in one link', opened, 'EXTERNAL_LINKS', 0, 1],
		['too big for the answer, so through links of 13 chunks', smallChunks, 'INLINE', 12, 13],
		['external, in 13 chunks', smallChunks, 'EXTERNAL_LINKS', 12, 13],
	] as const)('%s', async (_what, ready, disposition, chunkRequests, links) => {
		const client = await ready;
		client.dispatcher.seen.length = 0;
		const statement = await run(client, query, { disposition });
		expect(await objects(client.workspace, statement)).toEqual(expected);
		const paths = client.dispatcher.seen.map(({ path }) => path);
		expect(paths.filter((path) => path.includes('/result/chunks/'))).toHaveLength(chunkRequests);
		const fetched = client.dispatcher.seen.filter(({ path }) => path.startsWith('/local/links/'));
		expect(fetched).toHaveLength(links);
		expect(fetched.filter(({ headers }) => 'authorization' in headers)).toEqual([]);
	});

	it('inline in chunks', async () => {
		const client = await smallChunks;
		const statement = await run(client, 'SELECT id FROM range(250)');
		const offsets: number[][] = [];
		for await (const chunk of rows(client.workspace, statement)) {
			offsets.push([chunk.chunkIndex, chunk.rowOffset, chunk.rows.length]);
		}
		expect(offsets).toEqual([
			[0, 0, 100],
			[1, 100, 100],
			[2, 200, 50],
		]);
	});

	it('through a new link when the store refuses the first', async () => {
		const client = await opened;
		const statement = await run(client, query, { disposition: 'EXTERNAL_LINKS' });
		client.local.faults.add({
			path: '/local/links/*',
			status: 403,
			body: '<Error><Code>AccessDenied</Code></Error>',
		});
		expect(await objects(client.workspace, statement)).toEqual(expected);
	});

	it('none at all for DDL, a count for DML', async () => {
		const client = await opened;
		const table = quoteTableName('sandbox.bir.odd`name'.split('.'));
		await run(client, 'CREATE CATALOG IF NOT EXISTS sandbox');
		await run(client, 'CREATE SCHEMA IF NOT EXISTS sandbox.bir');
		const created = await run(client, `CREATE TABLE ${table} (id INT)`);
		const inserted = await run(client, `INSERT INTO ${table} VALUES (1), (2)`);
		expect([
			await objects(client.workspace, created),
			await objects(client.workspace, inserted),
		]).toEqual([[], [{ num_affected_rows: 2, num_inserted_rows: 2 }]]);
	});
});

describe('failures', () => {
	it.each([
		['SELECT * FROM nowhere.s.t', 'TABLE_OR_VIEW_NOT_FOUND', '42P01'],
		['SELEC 1', 'PARSE_SYNTAX_ERROR', '42601'],
		['SELECT 1 / 0', 'DIVIDE_BY_ZERO', '22012'],
		["SELECT CAST('x' AS INT)", 'CAST_INVALID_INPUT', '22018'],
		['SELECT :missing', 'UNBOUND_SQL_PARAMETER', '42P02'],
	])('%s', async (statement, errorCode, sqlState) => {
		const client = await opened;
		const error = await errorOf(() => run(client, statement));
		expect([error.kind, error.errorCode, error.sqlState, error.ids.statementId?.length]).toEqual([
			'failed',
			errorCode,
			sqlState,
			36,
		]);
	});
});

describe('bad days', () => {
	const path = '/api/2.0/sql/statements';

	it('503 twice, then it works', async () => {
		const client = await opened;
		client.local.faults.add({ method: 'POST', path, status: 503, times: 2 });
		const statement = await run(client, 'SELECT 1 AS one');
		expect(await objects(client.workspace, statement)).toEqual([{ one: 1 }]);
	});

	it('a lost answer does not insert twice', async () => {
		const client = await opened;
		await client.sql(
			'CREATE CATALOG IF NOT EXISTS c',
			'CREATE SCHEMA IF NOT EXISTS c.s',
			'CREATE TABLE c.s.once (id INT)',
		);
		client.local.faults.add({ method: 'POST', path, reset: true, when: 'after' });
		const error = await errorOf(() => run(client, 'INSERT INTO c.s.once VALUES (1)'));
		const counted = await run(client, 'SELECT count(*) AS n FROM c.s.once');
		expect([error.kind, error.outcomeUnknown, await objects(client.workspace, counted)]).toEqual([
			'network',
			true,
			[{ n: 1 }],
		]);
	});

	it('a chunk of which half arrives is fetched again', async () => {
		const client = await opened;
		const statement = await run(client, 'SELECT id FROM range(500)', {
			disposition: 'EXTERNAL_LINKS',
		});
		client.local.faults.add({ path: '/local/links/*', truncate: true });
		expect(await objects(client.workspace, statement)).toHaveLength(500);
	});

	it('a chunk that is no JSON is an error, never rows', async () => {
		const client = await opened;
		const statement = await run(client, 'SELECT id FROM range(500)', {
			disposition: 'EXTERNAL_LINKS',
		});
		client.local.faults.add({ path: '/local/links/*', malformed: true });
		const error = await errorOf(() => objects(client.workspace, statement));
		expect(error.kind).toBe('unexpectedAnswer');
	});

	it('Stop cancels the statement in the workspace', async () => {
		const client = await localClient({ pace: { statementMs: 600_000 } });
		const controller = new AbortController();
		const { local, server } = client;
		let statementId = '';
		const error = await errorOf(() =>
			runStatement(
				client.withSignal(controller.signal),
				{ warehouseId: local.warehouseId, statement: 'SELECT 1', waitTimeoutSeconds: 0 },
				{
					deadlineMs: inAMinute(client.workspace),
					onStarted: (id) => {
						statementId = id;
						controller.abort();
					},
				},
			),
		);
		const { status } = await getStatement(client.workspace, statementId);
		await server.close();
		expect([error.kind, status.state]).toEqual(['aborted', 'CANCELED']);
	});
});
