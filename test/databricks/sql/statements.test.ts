import { rows } from '../../../nodes/databricks/sql/statementRows';
import {
	failureOf,
	outcomeOf,
	statementSchema,
} from '../../../nodes/databricks/sql/statementState';
import { runStatement, type StatementRequest } from '../../../nodes/databricks/sql/statements';
import { onlyReads } from '../../../nodes/databricks/sql/statementText';
import type { Handler } from '../inProcessDispatcher';
import { brokenConnection, errorOf, inTurn, json, workspaceUnderTest } from '../workspaceUnderTest';

const request: StatementRequest = { warehouseId: 'w', statement: 'SELECT 1' };
const pending = { statement_id: 's1', status: { state: 'PENDING' } };
const schema = {
	column_count: 1,
	columns: [{ name: 'n', type_name: 'INT', type_text: 'INT', position: 0 }],
};

function succeeded(dataArray: string[][], more: object = {}) {
	return {
		statement_id: 's1',
		status: { state: 'SUCCEEDED' },
		manifest: {
			format: 'JSON_ARRAY',
			schema,
			total_chunk_count: 1,
			total_row_count: dataArray.length,
		},
		result: { chunk_index: 0, row_offset: 0, row_count: dataArray.length, data_array: dataArray },
		...more,
	};
}

function failed(message: string, sql_state?: string) {
	return {
		statement_id: 's1',
		status: { state: 'FAILED', sql_state, error: { error_code: 'BAD_REQUEST', message } },
	};
}

const inlineLimit = failed(
	'Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most 26214400 bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download the full result.',
);

describe('how a statement stands', () => {
	it.each([
		['PENDING', 'pending'],
		['RUNNING', 'pending'],
		['INVENTED', 'pending'],
		['SUCCEEDED', 'succeeded'],
		['CLOSED', 'closed'],
		['FAILED', 'failed'],
		['CANCELED', 'cancelled'],
	])('%s', (state, outcome) => {
		expect(outcomeOf(statementSchema.parse({ statement_id: 's1', status: { state } }))).toBe(
			outcome,
		);
	});

	it.each([
		[
			'the error class and SQLSTATE of the message',
			failed(
				"\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'INSER'. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\nINSER\n^^^\n",
			),
			{
				kind: 'failed',
				errorCode: 'PARSE_SYNTAX_ERROR',
				sqlState: '42601',
				message:
					"[PARSE_SYNTAX_ERROR] Syntax error at or near 'INSER'. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\nINSER\n^^^",
			},
		],
		[
			'a class with a subclass, and the state as its own field',
			failed('[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column `x` …', '42703'),
			{
				kind: 'failed',
				errorCode: 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
				sqlState: '42703',
				message: '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column `x` …',
			},
		],
		[
			'the error code where the message has no class',
			failed('no'),
			{ kind: 'failed', errorCode: 'BAD_REQUEST', sqlState: undefined, message: 'no' },
		],
		[
			'a cancelled one',
			{ statement_id: 's1', status: { state: 'CANCELED' } },
			{
				kind: 'cancelled',
				errorCode: undefined,
				sqlState: undefined,
				message: 'Statement s1 was cancelled in Databricks.',
			},
		],
		[
			'a closed one',
			{ statement_id: 's1', status: { state: 'CLOSED' } },
			{
				kind: 'failed',
				errorCode: undefined,
				sqlState: undefined,
				message: 'Statement s1 succeeded, but its result is no longer available.',
			},
		],
	])('the failure has %s', (_what, body, expected) => {
		const { kind, errorCode, sqlState, message, ids } = failureOf(statementSchema.parse(body));
		expect({ kind, errorCode, sqlState, message }).toEqual(expected);
		expect(ids).toEqual({ statementId: 's1' });
	});
});

it.each([
	['SELECT 1', true],
	['  -- first\n/* then */ (select * from t)', true],
	['WITH a AS (SELECT 1) SELECT * FROM a', true],
	['SHOW TABLES IN a.b', true],
	['DESCRIBE HISTORY t LIMIT 1', true],
	["SELECT 'DROP TABLE x' AS text, `delete` FROM t -- update", true],
	["SELECT 'it\\'s' || \"insert\" FROM t", true],
	['SELECT replace(a, b, c), is_deleted FROM t', true],
	['FROM t SELECT 1', true],
	['FROM t INSERT INTO u SELECT 1', false],
	['WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', false],
	['INSERT INTO t VALUES (1)', false],
	['MERGE INTO t USING s ON 1 = 1', false],
	['CREATE OR REPLACE TABLE t AS SELECT 1', false],
	['CALL p()', false],
	["SELECT ai_query('endpoint', 'x')", false],
	['BEGIN SELECT 1; END', false],
	['EXECUTE IMMEDIATE :s', false],
	['', false],
])('%j only reads: %s', (statement, expected) => {
	expect(onlyReads(statement)).toBe(expected);
});

describe('running a statement', () => {
	it('sends what was asked for, NULL as a missing value', async () => {
		const { workspace, dispatcher, clock } = workspaceUnderTest(() => json(succeeded([['1']])));
		await runStatement(
			workspace,
			{
				warehouseId: 'w',
				statement: 'SELECT :a, :b',
				catalog: 'gold',
				schema: 'bir',
				parameters: [
					{ name: 'a', value: '12.50', type: 'DECIMAL(18,2)' },
					{ name: 'b', value: null },
				],
				rowLimit: 10,
			},
			{ deadlineMs: clock.now() + 60_000 },
		);
		expect(JSON.parse(dispatcher.seen[0]?.body ?? '')).toEqual({
			warehouse_id: 'w',
			statement: 'SELECT :a, :b',
			catalog: 'gold',
			schema: 'bir',
			parameters: [{ name: 'a', value: '12.50', type: 'DECIMAL(18,2)' }, { name: 'b' }],
			row_limit: 10,
			disposition: 'INLINE',
			format: 'JSON_ARRAY',
			wait_timeout: '10s',
			on_wait_timeout: 'CONTINUE',
		});
	});

	it('waits until it has ended', async () => {
		const { workspace, dispatcher, clock } = workspaceUnderTest(
			inTurn(
				() => json(pending),
				() => json({ ...pending, status: { state: 'RUNNING' } }),
				() => json(succeeded([['1']])),
			),
		);
		const states: string[] = [];
		const statement = await runStatement(workspace, request, {
			deadlineMs: clock.now() + 60_000,
			onChange: ({ status }) => states.push(status.state),
			onStarted: (id) => states.push(id),
		});
		expect([states, statement.result?.data_array, dispatcher.seen.map(({ path }) => path)]).toEqual(
			[
				['s1', 'PENDING', 'RUNNING', 'SUCCEEDED'],
				[['1']],
				['/api/2.0/sql/statements', '/api/2.0/sql/statements/s1', '/api/2.0/sql/statements/s1'],
			],
		);
	});

	it.each([
		['a Stop while the start is answered', 'start'],
		['a Stop while waiting', 'poll'],
	])('cancels it in Databricks after %s', async (_what, moment) => {
		const controller = new AbortController();
		const handler: Handler = ({ method, url }) => {
			if ((method === 'POST') === (moment === 'start')) controller.abort();
			return json(url.endsWith('/cancel') ? {} : pending);
		};
		const { workspace, dispatcher, clock } = workspaceUnderTest(handler, {
			signal: controller.signal,
		});
		const error = await errorOf(() =>
			runStatement(workspace, request, { deadlineMs: clock.now() + 60_000 }),
		);
		expect([error.kind, dispatcher.seen.at(-1)?.path]).toEqual([
			'aborted',
			'/api/2.0/sql/statements/s1/cancel',
		]);
	});

	it('cancels it in Databricks when the time is over', async () => {
		const { workspace, dispatcher, clock } = workspaceUnderTest(({ url }) =>
			json(url.endsWith('/cancel') ? {} : pending),
		);
		const error = await errorOf(() =>
			runStatement(workspace, request, { deadlineMs: clock.now() + 30_000 }),
		);
		expect([error.kind, error.message, dispatcher.seen.at(-1)?.path]).toEqual([
			'timeout',
			'Statement s1 was still PENDING after 30 seconds.',
			'/api/2.0/sql/statements/s1/cancel',
		]);
	});

	it.each([
		['a query', 'SELECT * FROM t', 2],
		['a statement that writes', 'INSERT INTO t SELECT 1', 1],
	])(
		'sends %s again after a lost answer only when it reads',
		async (_what, statement, requests) => {
			const { workspace, dispatcher, clock } = workspaceUnderTest(
				inTurn(
					() => {
						throw brokenConnection('ECONNRESET');
					},
					() => json(succeeded([])),
				),
			);
			await runStatement(
				workspace,
				{ ...request, statement },
				{ deadlineMs: clock.now() + 60_000 },
			).catch(() => undefined);
			expect(dispatcher.seen).toHaveLength(requests);
		},
	);

	it('fetches a result that is too big for the answer through external links', async () => {
		const { workspace, dispatcher, clock } = workspaceUnderTest(
			inTurn(
				() => json(inlineLimit),
				() => json(succeeded([['1']])),
			),
		);
		await runStatement(workspace, request, { deadlineMs: clock.now() + 60_000 });
		expect(dispatcher.seen.map(({ body }) => JSON.parse(body).disposition)).toEqual([
			'INLINE',
			'EXTERNAL_LINKS',
		]);
	});

	it('does not run a statement twice that may write', async () => {
		const { workspace, dispatcher, clock } = workspaceUnderTest(() => json(inlineLimit));
		const statement = 'CALL big_result()';
		const error = await errorOf(() =>
			runStatement(workspace, { ...request, statement }, { deadlineMs: clock.now() + 60_000 }),
		);
		expect([dispatcher.seen.length, error.hint]).toEqual([
			1,
			expect.stringContaining("'Large Result'"),
		]);
	});
});

describe('the rows', () => {
	const manifest = (chunks: number, rowCount: number) => ({
		format: 'JSON_ARRAY',
		schema,
		total_chunk_count: chunks,
		total_row_count: rowCount,
	});
	const link = (index: number, more: object = {}) => ({
		external_link: `https://storage.example.com/part-${index}?sig=secret`,
		chunk_index: index,
		expiration: '2026-11-21T12:15:00Z',
		http_headers: { 'x-key': 'k' },
		...more,
	});
	const statement = (body: object) =>
		statementSchema.parse({ statement_id: 's1', status: { state: 'SUCCEEDED' }, ...body });

	async function read(handler: Handler, body: object) {
		const test = workspaceUnderTest(handler);
		const chunks: unknown[] = [];
		for await (const { chunkIndex, rowOffset, rows: chunk } of rows(
			test.workspace,
			statement(body),
		)) {
			chunks.push([chunkIndex, rowOffset, ...chunk.flat()]);
		}
		return {
			chunks,
			paths: test.dispatcher.seen.map(({ path }) => path),
			seen: test.dispatcher.seen,
		};
	}

	it('come with the answer when they are few', async () => {
		expect(await read(inTurn(), succeeded([['1'], ['2']]))).toMatchObject({
			chunks: [[0, 0, '1', '2']],
			paths: [],
		});
	});

	it.each([
		[
			'DDL',
			{
				manifest: { schema: { column_count: 0 }, total_chunk_count: 0, total_row_count: 0 },
				result: {},
			},
		],
		['no rows', { manifest: manifest(0, 0), result: {} }],
		['no result at all', {}],
	])('are none for %s', async (_what, body) => {
		expect(await read(inTurn(), body)).toMatchObject({ chunks: [], paths: [] });
	});

	it.each([
		['named', { next_chunk_index: 1, next_chunk_internal_link: '/api/2.0/x' }],
		['known from the manifest', {}],
	])('come chunk by chunk when the next is %s', async (_what, next) => {
		const result = await read(
			inTurn(
				() => json({ chunk_index: 1, data_array: [['3']] }),
				() => json({ chunk_index: 2, data_array: [['4']] }),
			),
			{ manifest: manifest(3, 4), result: { chunk_index: 0, data_array: [['1'], ['2']], ...next } },
		);
		expect(result).toMatchObject({
			chunks: [
				[0, 0, '1', '2'],
				[1, 2, '3'],
				[2, 3, '4'],
			],
			paths: [
				'/api/2.0/sql/statements/s1/result/chunks/1',
				'/api/2.0/sql/statements/s1/result/chunks/2',
			],
		});
	});

	it('are asked for when the answer has none of the first chunk', async () => {
		const result = await read(
			inTurn(() => json({ chunk_index: 0, data_array: [['1']] })),
			{ manifest: manifest(1, 1) },
		);
		expect(result.chunks).toEqual([[0, 0, '1']]);
	});

	it('come through links, without the token, each fetched when its turn comes', async () => {
		const result = await read(
			inTurn(
				() => new Response('[["1"],[null]]'),
				() => json({ external_links: [link(1)] }),
				() => new Response('[["3"]]'),
			),
			{ manifest: manifest(2, 3), result: { external_links: [link(0, { next_chunk_index: 1 })] } },
		);
		expect(result).toMatchObject({
			chunks: [
				[0, 0, '1', null],
				[1, 2, '3'],
			],
			paths: [
				'/part-0?sig=secret',
				'/api/2.0/sql/statements/s1/result/chunks/1',
				'/part-1?sig=secret',
			],
		});
		expect(
			result.seen.map(({ headers }) => [headers['x-key'], 'authorization' in headers]),
		).toEqual([
			['k', false],
			[undefined, true],
			['k', false],
		]);
	});

	it.each([
		[
			'has expired',
			link(0, { expiration: '2026-11-21T12:00:20Z' }),
			[() => json({ external_links: [link(0)] }), () => new Response('[["1"]]')],
		],
		[
			'is refused',
			link(0),
			[
				() => new Response('<Code>AccessDenied</Code>', { status: 403 }),
				() => json({ external_links: [link(0)] }),
				() => new Response('[["1"]]'),
			],
		],
	])('come through a new link when it %s', async (_what, first, answers) => {
		const result = await read(inTurn(...answers), {
			manifest: manifest(1, 1),
			result: { external_links: [first] },
		});
		expect(result.chunks).toEqual([[0, 0, '1']]);
	});

	it.each([
		[
			'rows are missing',
			{ manifest: manifest(1, 2), result: { chunk_index: 0, data_array: [['1']] } },
			[],
			'The result of statement s1 is not complete: 1 of 2 rows came.',
		],
		[
			'a chunk comes for another',
			{ manifest: manifest(2, 2), result: { chunk_index: 0, data_array: [['1']] } },
			[() => json({ chunk_index: 0, data_array: [['1']] })],
			'The result of statement s1 is not complete: chunk 0 came instead of chunk 1.',
		],
		[
			'a link does not come',
			{
				manifest: manifest(1, 1),
				result: { external_links: [link(0, { expiration: '2020-01-01T00:00:00Z' })] },
			},
			[() => json({ external_links: [] })],
			'The result of statement s1 is not complete: chunk 0 has no link.',
		],
	])('are an error when %s', async (_what, body, answers, message) => {
		const error = await errorOf(() => read(inTurn(...answers), body));
		expect([error.kind, error.message]).toEqual(['unexpectedAnswer', message]);
	});
});
