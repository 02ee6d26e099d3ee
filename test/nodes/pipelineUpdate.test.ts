import { pipelinesOf } from '../../workspace/pipelines/pipelines';
import { land, pipeline, prepareCatalog, update, updatesOf } from './pipelineBench';
import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await prepareCatalog(bench);
});
afterAll(async () => {
	await bench.close();
});

const source = `CREATE OR REFRESH STREAMING TABLE raw AS
SELECT * FROM STREAM read_files('/Volumes/silver/scout/landing', format => 'json', schema => 'id STRING, amount STRING');

CREATE OR REFRESH STREAMING TABLE transactions (
	CONSTRAINT valid_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
	CONSTRAINT positive_amount EXPECT (amount > 0) ON VIOLATION DROP ROW
) AS SELECT id, CAST(amount AS DECIMAL(18,2)) AS amount FROM STREAM(raw);

CREATE OR REFRESH MATERIALIZED VIEW totals AS
SELECT count(*) AS transactions, sum(amount) AS amount FROM transactions;`;

test('an update gives rows, drops and expectations of each table', async () => {
	const { id, name } = await pipeline(bench, source);
	await land(bench, 'a.json', [
		{ id: 'TXN1', amount: '10.00' },
		{ id: 'TXN2', amount: '2.50' },
		{ id: null, amount: '1.00' },
		{ id: 'TXN4', amount: '-1.00' },
	]);
	const [item] = await bench.items(update(id));
	const [{ updateId } = {}] = await updatesOf(bench, id);
	const rows = (table: string, count: number) => ({
		table: `silver.scout.${table}`,
		status: 'COMPLETED',
		output_rows: count,
		upserted_rows: expect.any(Number),
		deleted_rows: 0,
		dropped_records: 0,
		passed_records: 0,
		failed_records: 0,
		passRate: null,
		expectations: [],
	});
	expect(item).toEqual({
		pipeline_id: id,
		pipeline_name: name,
		update_id: updateId,
		state: 'COMPLETED',
		cause: 'API_CALL',
		joined: false,
		skipped: false,
		full_refresh: false,
		validate_only: false,
		refresh_selection: [],
		full_refresh_selection: [],
		creation_time: expect.stringMatching(/^\d{4}-/),
		start_time: expect.stringMatching(/^\d{4}-/),
		end_time: expect.stringMatching(/^\d{4}-/),
		duration_seconds: expect.any(Number),
		update_page_url: `${bench.url}/pipelines/${id}/updates/${updateId}`,
		passed_records: 6,
		failed_records: 2,
		passRate: 0.75,
		worst: {
			table: 'silver.scout.transactions',
			expectation: 'valid_id',
			passed_records: 3,
			failed_records: 1,
			passRate: 0.75,
		},
		dropped_records: 2,
		output_rows: expect.any(Number),
		tables: [
			rows('raw', 4),
			rows('totals', 1),
			{
				...rows('transactions', 2),
				dropped_records: 2,
				passed_records: 6,
				failed_records: 2,
				passRate: 0.75,
				expectations: [
					{
						name: 'valid_id',
						action: 'drop',
						passed_records: 3,
						failed_records: 1,
						passRate: 0.75,
					},
					{
						name: 'positive_amount',
						action: 'drop',
						passed_records: 3,
						failed_records: 1,
						passRate: 0.75,
					},
				],
			},
		],
	});

	expect(await bench.listOptions(update(id), 'getTables')).toEqual(
		['raw', 'totals', 'transactions'].map((table) => ({
			name: `silver.scout.${table}`,
			value: `silver.scout.${table}`,
		})),
	);

	const [again] = await bench.items(update(id));
	expect(again).toMatchObject({ dropped_records: 0, passRate: null });

	const [full] = await bench.items(update(id, { refresh: 'full', confirmFullRefresh: true }));
	expect(full).toMatchObject({ full_refresh: true, dropped_records: 2, passRate: 0.75 });

	const [some] = await bench.items(update(id, { refresh: 'tables', tables: 'totals' }));
	expect(some?.tables).toMatchObject([{ table: 'silver.scout.totals' }]);
});

test('a failed update tells the cause from its events', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW broken AS SELECT * FROM silver.scout.nowhere',
	);
	const { error } = await bench.run(update(id));
	const [{ updateId } = {}] = await updatesOf(bench, id);
	expect(error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(/TABLE_OR_VIEW_NOT_FOUND/),
		context: {
			pipeline_id: id,
			update_id: updateId,
			error_code: expect.stringMatching(/^TABLE_OR_VIEW_NOT_FOUND/),
			page_url: `${bench.url}/pipelines/${id}/updates/${updateId}`,
		},
	});
});

test('an answer that is lost after the update was started makes one update', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS one',
	);
	const path = `/api/2.0/pipelines/${id}/updates`;
	bench.workspace.faults.add({ method: 'POST', path, when: 'after', reset: true });
	const [item] = await bench.items(update(id));
	expect(await updatesOf(bench, id)).toEqual([{ updateId: item?.update_id, state: 'COMPLETED' }]);
});

test('the pipeline is found by name and by the address of its page, and listed', async () => {
	const { id, name } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW two AS SELECT 2 AS two',
	);
	for (const [mode, value] of [
		['name', name],
		['url', `https://adb-1.2.azuredatabricks.net/pipelines/${id}?o=1`],
	]) {
		const pipelineField = { __rl: true, mode, value };
		const [item] = await bench.items(update(id, { pipeline: pipelineField, wait: false }));
		expect(item).toMatchObject({ pipeline_id: id, pipeline_name: name });
		await bench.until(async () =>
			(await updatesOf(bench, id)).every(({ state }) => state === 'COMPLETED'),
		);
	}
	expect(await bench.search('databricksPipelineUpdate', 'searchPipelines', name)).toEqual([
		{ name, value: id, url: `${bench.url}/pipelines/${id}` },
	]);
});

test('a refresh of everything from scratch is refused until it is confirmed', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW three AS SELECT 3 AS three',
	);
	const { error } = await bench.run(update(id, { refresh: 'full' }));
	expect([error?.message, await updatesOf(bench, id)]).toEqual([
		'A refresh of all tables from scratch was not confirmed, so nothing was started.',
		[],
	]);
});

test('a validation writes nothing, and parameters reach the source', async () => {
	const { id } = await pipeline(
		bench,
		"CREATE OR REFRESH MATERIALIZED VIEW months AS SELECT '${month}' AS month",
	);
	const options = { parameters: { values: [{ name: 'month', value: '2026-10' }] } };
	const [validated] = await bench.items(update(id, { refresh: 'validate', options }));
	expect(validated).toMatchObject({ state: 'COMPLETED', validate_only: true, tables: [] });
	const [ran] = await bench.items(update(id, { options }));
	expect(ran).toMatchObject({ tables: [{ table: 'silver.scout.months', output_rows: 1 }] });
	const { error } = await bench.run(update(id, { refresh: 'validate' }));
	expect(error?.message).toContain('${month}');
});

test('flows whose checkpoints are reset read their sources again, into what is there', async () => {
	const { id } = await pipeline(
		bench,
		`CREATE OR REFRESH STREAMING TABLE twice AS SELECT x FROM STREAM(silver.scout.source);
		CREATE OR REFRESH STREAMING TABLE once AS SELECT x FROM STREAM(silver.scout.source)`,
	);
	const run = (statement: string) => bench.workspace.lakehouse.run(statement, { user: 'test' });
	await run('CREATE TABLE silver.scout.source AS SELECT 1 AS x');
	await bench.items(update(id));
	const options = { resetCheckpoints: 'silver.scout.twice' };
	const rows = async (more: Record<string, unknown>) => {
		const [item] = await bench.items(update(id, { ...more, options }));
		return item?.tables;
	};
	expect(await rows({})).toMatchObject([
		{ table: 'silver.scout.once', output_rows: 0 },
		{ table: 'silver.scout.twice', output_rows: 1 },
	]);
	expect(await rows({ refresh: 'tables', tables: 'silver.scout.once' })).toMatchObject([
		{ table: 'silver.scout.once', output_rows: 0 },
		{ table: 'silver.scout.twice', output_rows: 1 },
	]);
	expect(await rows({ refresh: 'validate' })).toEqual([]);
	const { rows: counts } = await run('SELECT count(*) FROM silver.scout.twice');
	expect(counts).toEqual([['3']]);
});

test('a pipeline that never had an update is an error, or an item that says so', async () => {
	const { id, name } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW never AS SELECT 1 AS one',
	);
	const { error } = await bench.run(update(id, { operation: 'getUpdate' }));
	expect(error?.message).toBe('The pipeline has had no update yet.');
	const latest = update(id, { operation: 'getUpdate', ifNoUpdate: 'continue' });
	expect(await bench.items(latest)).toEqual([
		{ pipeline_id: id, pipeline_name: name, update_id: null, state: null, creation_time: null },
	]);
	const [ran] = await bench.items(update(id));
	expect(await bench.items(latest)).toMatchObject([
		{ update_id: ran?.update_id, state: 'COMPLETED' },
	]);
});

test('updates and events are listed, got and filtered', async () => {
	const { id, name } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW four AS SELECT 1 / x AS y FROM VALUES (0) AS t(x)',
	);
	await bench.run(update(id));
	await bench.run(update(id));
	const updates = await bench.items(update(id, { operation: 'listUpdates', returnAll: true }));
	expect(updates.map(({ update_id }) => update_id)).toEqual(
		(await updatesOf(bench, id)).map(({ updateId }) => updateId),
	);
	const [latest] = await bench.items(update(id, { operation: 'getUpdate' }));
	expect(latest).toMatchObject({
		...updates[0],
		pipeline_name: name,
		state: 'FAILED',
		tables: [{ table: 'silver.scout.four', status: 'FAILED', output_rows: 0 }],
		failure: {
			message: expect.stringContaining('[DIVIDE_BY_ZERO]'),
			error_code: 'DIVIDE_BY_ZERO',
			sql_state: '22012',
			table: 'silver.scout.four',
			flow: 'silver.scout.four',
			event_id: expect.any(String),
			error_chain: [expect.stringContaining('DIVIDE_BY_ZERO')],
		},
	});
	const events = async (filters: Record<string, unknown>, more: Record<string, unknown> = {}) =>
		await bench.items(update(id, { operation: 'getEvents', returnAll: true, filters, ...more }));
	const all = await events({});
	const errors = await events({ levels: ['ERROR'], updateId: updates[1]?.update_id });
	expect(errors.map(({ event_type, table }) => [event_type, table])).toEqual([
		['update_progress', null],
		['flow_progress', 'silver.scout.four'],
	]);
	expect(errors[1]).toMatchObject({
		error: { error_class: 'DIVIDE_BY_ZERO', sql_state: '22012' },
		details: { flow_progress: { status: 'FAILED' } },
	});
	const oldest = await events({ order: 'asc' });
	expect(oldest.map(({ id: event }) => event)).toEqual(all.map(({ id: event }) => event).reverse());
	expect(await events({ after: '2999-01-01T00:00:00Z' })).toEqual([]);
	expect(await events({ before: '2000-01-01T00:00:00Z' })).toEqual([]);
	const limited = await events({}, { returnAll: false, limit: 3 });
	expect(limited).toEqual(all.slice(0, 3));
});

test('events and updates are read beyond their first page', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW paged AS SELECT 7 AS seven',
	);
	const service = pipelinesOf(bench.workspace);
	const count = 70;
	for (let at = 0; at < count; at++) {
		await service.whenEnded(id, await service.startUpdate(id, { validateOnly: true }));
	}
	const list = async (operation: string, more: Record<string, unknown> = {}) =>
		await bench.items(update(id, { operation, returnAll: true, ...more }));
	expect((await list('listUpdates')).length).toBe(count);
	const pages = { method: 'GET', path: `/api/2.0/pipelines/${id}/events`, delayMs: 0, times: 0 };
	bench.workspace.faults.add(pages);
	const events = await list('getEvents');
	expect(bench.workspace.faults.list().at(-1)?.hits).toBe(2);
	expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
	const oldest = events.at(-1)?.update_id;
	expect((await list('getEvents', { filters: { updateId: oldest } })).length).toBe(
		events.length / count,
	);
});

test('an idle pipeline has nothing to stop', async () => {
	const { id, name } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW five AS SELECT 5 AS five',
	);
	expect(await bench.items(update(id, { operation: 'stop' }))).toEqual([
		{ pipeline_id: id, pipeline_name: name, stopped: false },
	]);
});

test('a continuous pipeline is waited for until it runs', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW six AS SELECT 6 AS six',
		{ continuous: true },
	);
	const [item] = await bench.items(update(id));
	expect(item).toMatchObject({ state: 'RUNNING', end_time: null });
	const after = await bench.run(update(id, { options: { ifRunning: 'after' } }));
	expect(after.error?.message).toContain('is continuous: it does not end by itself');
	const [stopped] = await bench.items(update(id, { operation: 'stop' }));
	expect(stopped).toMatchObject({ update_id: item?.update_id, state: 'CANCELED', stopped: true });
});

test('a pipeline that never ran has no list of tables', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW eight AS SELECT 8 AS eight',
	);
	expect(await bench.listOptions(update(id), 'getTables')).toEqual([]);
});

test('selected tables need a name', async () => {
	const { error } = await bench.run(
		update('01234567-89ab-cdef-0123-456789abcdef', { refresh: 'tables' }),
	);
	expect(error?.message).toBe("'Tables' and 'Tables From Scratch' are both empty.");
});
