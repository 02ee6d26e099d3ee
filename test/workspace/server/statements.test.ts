import { ManualClock } from '../../../workspace/clock';
import { statementsOf } from '../../../workspace/statements/statements';
import { at, workspaceUnderTest, type Call } from './workspaceUnderTest';

const root = '/api/2.0/sql/statements';

/** `count` rows (1), (2), … */
const numbers = (count: number) =>
	`SELECT * FROM VALUES ${Array.from({ length: count }, (_, i) => `(${i + 1})`).join(', ')} AS t(n)`;

async function withStatements(options = {}) {
	const opened = await workspaceUnderTest(options);
	const execute = (statement: string, more: object = {}) =>
		opened.call('POST', root, {
			statement,
			warehouse_id: opened.workspace.warehouseId,
			wait_timeout: '50s',
			...more,
		});
	return { ...opened, execute };
}

describe('results', () => {
	const opened = withStatements();
	afterAll(async () => (await opened).server.close());

	test('bytes that are no UTF-8 are shown as text in JSON alone', async () => {
		const { execute } = await opened;
		const query = (bytes: string) => `SELECT CAST(X'${bytes}' AS STRING) AS t`;
		const json = await execute(query('41FF'));
		expect(json.body).toMatchObject({ result: { data_array: [['A\uFFFD']] } });
		for (const format of ['CSV', 'ARROW_STREAM']) {
			const linked = { format, disposition: 'EXTERNAL_LINKS' };
			expect((await execute(query('41'), linked)).body).toMatchObject({
				status: { state: 'SUCCEEDED' },
			});
			expect((await execute(query('41FF'), linked)).body).toMatchObject({
				status: {
					state: 'FAILED',
					error: { message: expect.stringContaining(`as text in the format ${format}`) },
				},
			});
		}
	});

	test('a TIME is no result, but the type of a parameter', async () => {
		const { execute } = await opened;
		const at = { parameters: [{ name: 'at', value: '8:15 pm', type: 'TIME(0)' }] };
		expect((await execute('SELECT CAST(:at AS STRING) AS t', at)).body).toMatchObject({
			result: { data_array: [['20:15:00']] },
		});
		expect((await execute('SELECT :at AS t', at)).body).toMatchObject({
			status: {
				state: 'FAILED',
				error: { message: expect.stringContaining('TIME as a result; cast it to STRING') },
			},
		});
	});

	test('a query: every cell is a text or null, the manifest names the types', async () => {
		const { execute } = await opened;
		const { status, body } = await execute(
			'SELECT CAST(1 AS INT) AS id, \'naïve "x"\' AS name, CAST(12.5 AS DECIMAL(10,2)) AS amount, CAST(NULL AS BIGINT) AS nothing',
		);
		expect([status, body]).toEqual([
			200,
			{
				statement_id: expect.any(String),
				status: { state: 'SUCCEEDED' },
				manifest: {
					format: 'JSON_ARRAY',
					schema: {
						column_count: 4,
						columns: [
							{ name: 'id', type_text: 'INT', type_name: 'INT', position: 0 },
							{ name: 'name', type_text: 'STRING', type_name: 'STRING', position: 1 },
							{
								name: 'amount',
								type_text: 'DECIMAL(10,2)',
								type_name: 'DECIMAL',
								position: 2,
								type_precision: 10,
								type_scale: 2,
							},
							{ name: 'nothing', type_text: 'BIGINT', type_name: 'LONG', position: 3 },
						],
					},
					total_chunk_count: 1,
					chunks: [{ chunk_index: 0, row_offset: 0, row_count: 1 }],
					total_row_count: 1,
					truncated: false,
				},
				result: {
					chunk_index: 0,
					row_offset: 0,
					row_count: 1,
					data_array: [['1', 'naïve "x"', '12.50', null]],
				},
			},
		]);
	});

	test('named parameters are bound, also NULL', async () => {
		const { execute } = await opened;
		const { body } = await execute('SELECT :a AS a, :b AS b, :c AS c', {
			parameters: [
				{ name: 'a', value: "x'; DROP TABLE t" },
				{ name: 'b', value: '12.345', type: 'DECIMAL(10,3)' },
				{ name: 'c', type: 'INT' },
			],
		});
		expect(at(body, 'result', 'data_array')).toEqual([["x'; DROP TABLE t", '12.345', null]]);
	});

	test('what makes something has an empty result, a query without rows too', async () => {
		const { execute } = await opened;
		const made = await execute('CREATE CATALOG made');
		expect(at(made.body, 'result')).toEqual({});
		expect(at(made.body, 'manifest')).toEqual({
			format: 'JSON_ARRAY',
			schema: { column_count: 0 },
			total_chunk_count: 0,
			total_row_count: 0,
			truncated: false,
		});
		const none = await execute(`SELECT * FROM (${numbers(1)}) WHERE n > 1`);
		expect([at(none.body, 'result'), at(none.body, 'manifest', 'total_row_count')]).toEqual([
			{},
			0,
		]);
		expect(at(none.body, 'manifest', 'schema', 'column_count')).toBe(1);
	});

	test('a statement that fails is HTTP 200, with the SQL state', async () => {
		const { execute } = await opened;
		const { status, body } = await execute('SELECT * FROM nowhere.at.all_');
		expect([status, at(body, 'status', 'state'), at(body, 'status', 'sql_state')]).toEqual([
			200,
			'FAILED',
			'42P01',
		]);
		expect(at(body, 'status', 'error', 'error_code')).toBe('BAD_REQUEST');
		expect(at(body, 'status', 'error', 'message')).toContain('[TABLE_OR_VIEW_NOT_FOUND]');
		expect([at(body, 'manifest'), at(body, 'result')]).toEqual([undefined, undefined]);
	});

	test.each([
		['row_limit', { row_limit: 2 }, 2, true],
		['row_limit that is not reached', { row_limit: 3 }, 3, false],
		['byte_limit', { byte_limit: 13 }, 2, true],
	])('%s cuts the result and says so', async (_name, limit, rows, truncated) => {
		const { execute } = await opened;
		const { body } = await execute(numbers(3), limit);
		expect([at(body, 'manifest', 'total_row_count'), at(body, 'manifest', 'truncated')]).toEqual([
			rows,
			truncated,
		]);
	});

	test.each([
		['no statement', { statement: ' ' }, 400],
		['a wait of 3s', { wait_timeout: '3s' }, 400],
		['a wait of 51s', { wait_timeout: '51s' }, 400],
		['CSV inline', { format: 'CSV' }, 400],
		['Arrow inline', { format: 'ARROW_STREAM' }, 400],
		['an unknown format', { format: 'XML', disposition: 'EXTERNAL_LINKS' }, 400],
		['an unknown disposition', { disposition: 'MAIL' }, 400],
		['a session', { session_id: 'x' }, 501],
		['an unknown warehouse', { warehouse_id: 'none' }, 404],
		['a parameter without a name', { parameters: [{ value: '1' }] }, 400],
	])('%s is refused', async (_name, more, status) => {
		const { execute } = await opened;
		expect((await execute('SELECT 1', more)).status).toBe(status);
	});

	test('an unknown statement, and one of another principal', async () => {
		const { call, execute, workspace } = await opened;
		expect(await call('GET', `${root}/none`)).toMatchObject({
			status: 404,
			body: { error_code: 'NOT_FOUND' },
		});
		const id = String(at((await execute('SELECT 1')).body, 'statement_id'));
		const other = { authorization: `Bearer ${workspace.issueAccessToken().accessToken}` };
		expect(await call('GET', `${root}/${id}`, undefined, other)).toMatchObject({
			status: 403,
			body: { error_code: 'PERMISSION_DENIED' },
		});
	});

	test('a closed statement has no result any more', async () => {
		const { call, execute } = await opened;
		const id = String(at((await execute('SELECT 1')).body, 'statement_id'));
		await call('DELETE', `${root}/${id}`);
		expect((await call('GET', `${root}/${id}`)).body).toEqual({
			statement_id: id,
			status: { state: 'CLOSED' },
		});
		expect((await call('GET', `${root}/${id}/result/chunks/0`)).status).toBe(400);
	});
});

describe('chunks', () => {
	const opened = withStatements({ limits: { chunkRows: 2, inlineBytes: 60 } });
	afterAll(async () => (await opened).server.close());

	/** Follows the links from chunk to chunk. */
	async function chunksOf(call: Call, body: unknown): Promise<unknown[]> {
		const chunks = [at(body, 'result')];
		for (let chunk: unknown = chunks[0]; ; ) {
			const place = at(chunk, 'external_links', 0) ?? chunk;
			const link = at(place, 'next_chunk_internal_link');
			if (typeof link !== 'string') return chunks;
			chunk = (await call('GET', link)).body;
			chunks.push(chunk);
		}
	}

	test('an inline result is followed from chunk to chunk', async () => {
		const { call, execute } = await opened;
		const { body } = await execute(numbers(5));
		const id = String(at(body, 'statement_id'));
		expect(at(body, 'manifest', 'chunks')).toEqual([
			{ chunk_index: 0, row_offset: 0, row_count: 2 },
			{ chunk_index: 1, row_offset: 2, row_count: 2 },
			{ chunk_index: 2, row_offset: 4, row_count: 1 },
		]);
		expect(await chunksOf(call, body)).toEqual([
			{
				chunk_index: 0,
				row_offset: 0,
				row_count: 2,
				next_chunk_index: 1,
				next_chunk_internal_link: `${root}/${id}/result/chunks/1`,
				data_array: [['1'], ['2']],
			},
			{
				chunk_index: 1,
				row_offset: 2,
				row_count: 2,
				next_chunk_index: 2,
				next_chunk_internal_link: `${root}/${id}/result/chunks/2`,
				data_array: [['3'], ['4']],
			},
			{ chunk_index: 2, row_offset: 4, row_count: 1, data_array: [['5']] },
		]);
		expect((await call('GET', `${root}/${id}/result/chunks/3`)).status).toBe(404);
		expect((await call('GET', `${root}/${id}/result/chunks/x`)).status).toBe(400);
	});

	test('an inline result over the limit fails with the text that clients look for', async () => {
		const { execute } = await opened;
		const { body } = await execute(numbers(20));
		expect(at(body, 'status')).toEqual({
			state: 'FAILED',
			error: {
				error_code: 'BAD_REQUEST',
				message:
					'Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most 60 bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download the full result.',
			},
		});
	});

	test.each([
		['JSON_ARRAY', ['[["1"],["2"]]', '[["3"]]']],
		['CSV', ['n\r\n1\r\n2\r\n', '3\r\n']],
	])('external links in %s', async (format, contents) => {
		const { call, execute, server } = await opened;
		const { body } = await execute(numbers(3), { format, disposition: 'EXTERNAL_LINKS' });
		const links = (await chunksOf(call, body)).map((chunk) => at(chunk, 'external_links', 0));
		const read = await Promise.all(
			links.map(async (link) => {
				const response = await server.fetch(new Request(String(at(link, 'external_link'))));
				return response.text();
			}),
		);
		expect(read).toEqual(contents);
		expect(links.map((link) => at(link, 'byte_count'))).toEqual(
			contents.map((content) => content.length),
		);
	});

	test('CSV quotes what needs it, and writes NULL as null', async () => {
		const { execute, server } = await opened;
		const { body } = await execute(`SELECT 'a,"b"' AS x, NULL AS y`, {
			format: 'CSV',
			disposition: 'EXTERNAL_LINKS',
		});
		const link = String(at(body, 'result', 'external_links', 0, 'external_link'));
		const response = await server.fetch(new Request(link));
		expect(await response.text()).toBe('x,y\r\n"a,""b""",null\r\n');
	});
});

describe('time', () => {
	const clock = new ManualClock();
	const pace = { warehouseStartMs: 20_000, statementMs: 20_000 };
	const opened = withStatements({ clock, pace });
	afterAll(async () => (await opened).server.close());

	const stateOf = async (call: Call, id: string) =>
		at((await call('GET', `${root}/${id}`)).body, 'status', 'state');

	/** The state that a statement ends in, with the clock where it is. */
	async function settled(call: Call, id: string): Promise<unknown> {
		await statementsOf((await opened).workspace).whenEnded(id);
		return await stateOf(call, id);
	}

	test('a statement starts its warehouse, waits for it, runs, succeeds, and is forgotten', async () => {
		const { call, execute } = await opened;
		const answer = await execute('SELECT 1 AS one', { wait_timeout: '0s' });
		expect(answer.body).toEqual({
			statement_id: expect.any(String),
			status: { state: 'PENDING' },
		});
		const id = String(at(answer.body, 'statement_id'));
		await clock.advance(20_000);
		expect(await stateOf(call, id)).toBe('RUNNING');
		await clock.advance(20_000);
		expect(await settled(call, id)).toBe('SUCCEEDED');
		await clock.advance(3_599_000);
		expect(await stateOf(call, id)).toBe('SUCCEEDED');
		await clock.advance(1000);
		expect((await call('GET', `${root}/${id}`)).status).toBe(404);
	});

	test.each([
		['CONTINUE', 'RUNNING'],
		['CANCEL', 'CANCELED'],
	])('after the wait, %s leaves it %s', async (onTimeout, state) => {
		const { call, execute, workspace } = await opened;
		await call('POST', `/api/2.0/sql/warehouses/${workspace.warehouseId}/start`);
		await clock.advance(20_000);
		const answer = execute('SELECT 1', { wait_timeout: '5s', on_wait_timeout: onTimeout });
		await clock.advance(5000);
		const { body } = await answer;
		expect(body).toEqual({ statement_id: expect.any(String), status: { state } });
		await clock.advance(20_000);
	});

	test('a cancelled statement ends CANCELED; one that has ended stays', async () => {
		const { call, execute } = await opened;
		const { body } = await execute('SELECT 1', { wait_timeout: '0s' });
		const id = String(at(body, 'statement_id'));
		expect(await call('POST', `${root}/${id}/cancel`, {})).toMatchObject({ status: 200, body: {} });
		expect(await settled(call, id)).toBe('CANCELED');
		await call('POST', `${root}/${id}/cancel`, {});
		expect(await stateOf(call, id)).toBe('CANCELED');
	});

	test('a link ends after 15 minutes, and is refused with a token', async () => {
		const { call, execute, server, workspace } = await opened;
		const { body } = await execute('SELECT 1', {
			wait_timeout: '0s',
			disposition: 'EXTERNAL_LINKS',
		});
		const id = String(at(body, 'statement_id'));
		await clock.advance(40_000);
		expect(await settled(call, id)).toBe('SUCCEEDED');
		const link = at((await call('GET', `${root}/${id}/result/chunks/0`)).body, 'external_links', 0);
		expect(at(link, 'expiration')).toBe(new Date(clock.now() + 900_000).toISOString());
		const url = String(at(link, 'external_link'));
		const status = async (headers = {}) =>
			(await server.fetch(new Request(url, { headers }))).status;
		expect(await status()).toBe(200);
		expect(await status({ authorization: `Bearer ${workspace.token}` })).toBe(400);
		await clock.advance(900_000);
		expect(await status()).toBe(403);
	});
});
