import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../workspace/clock';
import { at, pipelineUnderTest } from './pipelineUnderTest';

type UnderTest = Awaited<ReturnType<typeof pipelineUnderTest>>;
const opened: UnderTest[] = [];
async function open(...args: Parameters<typeof pipelineUnderTest>): Promise<UnderTest> {
	const underTest = await pipelineUnderTest(...args);
	opened.push(underTest);
	return underTest;
}
afterEach(async () => {
	for (const { server } of opened.splice(0)) await server.close();
});

const twoViews = `
	CREATE MATERIALIZED VIEW top COMMENT 'n' AS SELECT count(*) AS n, sum(id) AS total FROM base;
	CREATE MATERIALIZED VIEW base (CONSTRAINT small EXPECT (id < 4) ON VIOLATION DROP ROW)
	AS SELECT id FROM range(6);
`;

it('goes through its states and writes them down', async () => {
	const { update, sql } = await open(twoViews);
	expect(await update()).toEqual({
		updateId: expect.any(String),
		state: 'COMPLETED',
		errors: [],
		messages: [
			'Update U started by API_CALL.',
			'Update U is WAITING_FOR_RESOURCES.',
			'Update U is INITIALIZING.',
			"Dataset 'c.s.base' defined as MATERIALIZED_VIEW.",
			"Flow 'c.s.base' defined as COMPLETE.",
			"Dataset 'c.s.top' defined as MATERIALIZED_VIEW.",
			"Flow 'c.s.top' defined as COMPLETE.",
			'Update U is SETTING_UP_TABLES.',
			'Update U is RUNNING.',
			"Flow 'c.s.base' is QUEUED.",
			"Flow 'c.s.top' is QUEUED.",
			"Flow 'c.s.base' is PLANNING.",
			"Flow 'c.s.base' is STARTING.",
			"Flow 'c.s.base' is RUNNING.",
			"Flow 'c.s.base' has COMPLETED.",
			"Flow 'c.s.top' is PLANNING.",
			"Flow 'c.s.top' is STARTING.",
			"Flow 'c.s.top' is RUNNING.",
			"Flow 'c.s.top' has COMPLETED.",
			'Update U is COMPLETED.',
		],
	});
	expect(await sql('SELECT * FROM c.s.top')).toEqual([['4', '6']]);
});

it('a dataset may call functions of the catalog', async () => {
	const { update, sql } = await open(
		'CREATE MATERIALIZED VIEW doubled AS SELECT twice(id) AS n, f.m FROM range(2), LATERAL c.s.next(id) f',
	);
	await sql('CREATE FUNCTION c.s.twice(n BIGINT) RETURN n * 2');
	await sql('CREATE FUNCTION c.s.next(n BIGINT) RETURNS TABLE (m BIGINT) RETURN SELECT n + 1');
	expect(await update()).toMatchObject({ state: 'COMPLETED', errors: [] });
	expect(await sql('SELECT * FROM c.s.doubled ORDER BY n')).toEqual([
		['0', '1'],
		['2', '2'],
	]);
});

it('gives an event in the shape of the service, with what the expectations found', async () => {
	const { update, call, root, pipelineId } = await open(twoViews);
	const { updateId } = await update();
	const { body } = await call('GET', `${root}/events?max_results=100`);
	const events = at(body, 'events');
	const completed = Array.isArray(events)
		? events.find((event) => at(event, 'message') === "Flow 'c.s.base' has COMPLETED.")
		: undefined;
	expect(completed).toEqual({
		id: expect.any(String),
		sequence: { control_plane_seq_no: expect.any(Number) },
		origin: {
			pipeline_id: pipelineId,
			pipeline_name: 'etl',
			update_id: updateId,
			flow_name: 'c.s.base',
			dataset_name: 'c.s.base',
		},
		timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
		message: "Flow 'c.s.base' has COMPLETED.",
		level: 'INFO',
		maturity_level: 'STABLE',
		event_type: 'flow_progress',
		details: {
			flow_progress: {
				status: 'COMPLETED',
				metrics: { num_output_rows: 4, num_upserted_rows: 0, num_deleted_rows: 0 },
				data_quality: {
					dropped_records: 2,
					expectations: [
						{ name: 'small', dataset: 'c.s.base', passed_records: 4, failed_records: 2 },
					],
				},
			},
		},
	});
});

it('a failed flow names its cause, skips what reads it and leaves the others alone', async () => {
	const { update, sql, call, root } = await open(`
		CREATE MATERIALIZED VIEW bad AS SELECT 1 / (id - 1) AS x FROM range(3);
		CREATE MATERIALIZED VIEW below AS SELECT * FROM bad;
		CREATE MATERIALIZED VIEW good AS SELECT 1 AS x;
	`);
	const { state, messages, errors, updateId } = await update();
	expect(state).toBe('FAILED');
	expect(messages.filter((message) => /FAILED|SKIPPED|has COMPLETED/.test(message))).toEqual([
		"Flow 'c.s.bad' has FAILED.",
		"Flow 'c.s.below' SKIPPED due to upstream failure(s).",
		"Flow 'c.s.good' has COMPLETED.",
		'Update U is FAILED.',
	]);
	expect(errors).toEqual([expect.stringContaining('[DIVIDE_BY_ZERO] Division by zero.')]);
	expect(await sql('SELECT x FROM c.s.good')).toEqual([['1']]);
	const filter = encodeURIComponent(`level = 'ERROR' AND update_id = '${updateId}'`);
	const { body } = await call('GET', `${root}/events?filter=${filter}`);
	expect(at(body, 'events', 1, 'error')).toEqual({
		fatal: true,
		exceptions: [
			{
				class_name: 'org.apache.spark.SparkRuntimeException',
				message: errors[0],
				error_class: 'DIVIDE_BY_ZERO',
				sql_state: '22012',
				stack: [],
			},
		],
	});
	expect((await call('GET', root)).body).toMatchObject({ state: 'IDLE', health: 'UNHEALTHY' });
});

it('a table from elsewhere that is missing fails the update before anything is written', async () => {
	const { update, workspace } = await open(`
		CREATE MATERIALIZED VIEW good AS SELECT 1 AS x;
		CREATE MATERIALIZED VIEW bad AS SELECT * FROM missing_table;
	`);
	const { state, messages, errors } = await update();
	expect(state).toBe('FAILED');
	expect(messages.slice(-2)).toEqual(["Failed to resolve flow: 'c.s.bad'.", 'Update U is FAILED.']);
	expect(errors).toEqual([expect.stringContaining('`c`.`s`.`missing_table` cannot be found')]);
	expect(await workspace.lakehouse.tables.get('c', 's', 'good')).toBeUndefined();
});

it('a column that is missing far down fails the update before anything is written', async () => {
	const { update, workspace } = await open(`
		CREATE MATERIALIZED VIEW a AS SELECT 1 AS x;
		CREATE MATERIALIZED VIEW b (CONSTRAINT c EXPECT (nope > 0)) AS SELECT x AS y FROM a;
		CREATE MATERIALIZED VIEW d AS SELECT z FROM b;
		CREATE MATERIALIZED VIEW e AS SELECT y FROM a;
	`);
	for (const body of [{}, { validate_only: true }]) {
		expect(await update(body)).toMatchObject({
			state: 'FAILED',
			errors: [
				expect.stringMatching(/UNRESOLVED_COLUMN.*`nope`.*`y`/),
				expect.stringMatching(/UNRESOLVED_COLUMN.*`y`.*`x`/),
			],
		});
	}
	expect(await workspace.lakehouse.tables.get('c', 's', 'a')).toBeUndefined();
});

it.each([
	['CREATE MATERIALISED VIEW a AS SELECT 1', '[PARSE_SYNTAX_ERROR]'],
	['', '[RUN_EMPTY_PIPELINE]'],
	[
		'CREATE MATERIALIZED VIEW a AS SELECT * FROM read_files("${landing}")',
		'configuration lacks it',
	],
])('source %s fails the update with its cause', async (sql, cause) => {
	const { update } = await open(sql);
	const { state, errors } = await update();
	expect([state, errors]).toEqual(['FAILED', [expect.stringContaining(cause)]]);
});

it('refreshes only what is selected', async () => {
	const { update, sql, write } = await open(twoViews);
	await update();
	await write(twoViews.replace('range(6)', 'range(3)'));
	const { messages } = await update({ refresh_selection: ['top'] });
	expect(messages).toContain("Flow 'c.s.base' is EXCLUDED.");
	expect(await sql('SELECT n FROM c.s.top')).toEqual([['4']]);
	await update({ refresh_selection: ['c.s.base', 's.top'] });
	expect(await sql('SELECT n FROM c.s.top')).toEqual([['3']]);
	expect(await update({ refresh_selection: ['nope'] })).toMatchObject({
		state: 'FAILED',
		errors: ['The pipeline has no dataset nope, which the update selects.'],
	});
});

it('a validation writes nothing', async () => {
	const { update, workspace } = await open(twoViews);
	expect(await update({ validate_only: true })).toMatchObject({ state: 'COMPLETED', errors: [] });
	expect(await workspace.lakehouse.tables.get('c', 's', 'base')).toBeUndefined();
});

describe('a streaming table', () => {
	const streams = `
		CREATE STREAMING TABLE copy (CONSTRAINT odd EXPECT (x % 2 = 1))
		AS SELECT x FROM STREAM(c.s.source)
	`;

	it('takes only what is new, everything after a full refresh', async () => {
		const { update, sql, pipelines, pipelineId } = await open(streams);
		await sql('CREATE TABLE c.s.source (x INT)');
		const rowsOf = async (body = {}) => {
			const { updateId } = await update(body);
			const flow = pipelines
				.getUpdate(pipelineId, updateId)
				.events.map(({ details }) => at(details, 'flow_progress'))
				.find((progress) => at(progress, 'status') === 'COMPLETED');
			return [
				at(flow, 'metrics', 'num_output_rows'),
				at(flow, 'data_quality', 'expectations', 0, 'failed_records'),
			];
		};
		await sql('INSERT INTO c.s.source VALUES (1), (2), (3)');
		expect(await rowsOf()).toEqual([3, 1]);
		await sql('INSERT INTO c.s.source VALUES (4)');
		expect(await rowsOf()).toEqual([1, 1]);
		expect(await rowsOf()).toEqual([0, 0]);
		expect(await sql('SELECT count(*) FROM c.s.copy')).toEqual([['4']]);
		expect(await rowsOf({ full_refresh: true })).toEqual([4, 2]);
		expect(await sql('SELECT count(*) FROM c.s.copy')).toEqual([['4']]);
	});

	it('reads everything again after a reset of its checkpoint, into the rows that it holds', async () => {
		const { update, sql } = await open(`
			${streams};
			CREATE STREAMING TABLE other AS SELECT x FROM STREAM(c.s.source);
			CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n FROM c.s.copy
		`);
		await sql('CREATE TABLE c.s.source AS SELECT 1 AS x UNION ALL SELECT 2');
		await update();
		const counts = async () =>
			await sql(
				'SELECT (SELECT count(*) FROM c.s.copy), (SELECT count(*) FROM c.s.other), (SELECT n FROM c.s.total)',
			);
		await sql('INSERT INTO c.s.source VALUES (3)');
		await update({ reset_checkpoint_selection: ['c.s.copy'] });
		expect(await counts()).toEqual([['5', '3', '5']]);
		await update();
		expect(await counts()).toEqual([['5', '3', '5']]);
		await update({ reset_checkpoint_selection: ['copy'], refresh_selection: ['other'] });
		expect(await counts()).toEqual([['8', '3', '5']]);
		expect(await update({ reset_checkpoint_selection: ['total'] })).toMatchObject({
			state: 'FAILED',
			errors: ['c.s.total is no streaming table: it has no checkpoint to reset.'],
		});
	});

	it('wraps its error in the one that ends the stream', async () => {
		const { update, sql } = await open(
			'CREATE STREAMING TABLE copy AS SELECT 1 / x AS y FROM STREAM(c.s.source)',
		);
		await sql('CREATE TABLE c.s.source AS SELECT 0 AS x');
		expect((await update()).errors).toEqual([
			expect.stringMatching(
				/^\[STREAM_FAILED\] Query \[id = .*\] terminated with exception: \[DIVIDE_BY_ZERO\]/,
			),
			expect.stringMatching(/^\[DIVIDE_BY_ZERO\]/),
		]);
	});

	it('fails whole when FAIL UPDATE is violated, and takes the rows when they are right', async () => {
		const { update, sql, write } = await open(
			streams.replace('(x % 2 = 1)', '(x % 2 = 1) ON VIOLATION FAIL UPDATE'),
		);
		await sql('CREATE TABLE c.s.source AS SELECT 1 AS x UNION ALL SELECT 2');
		expect((await update()).state).toBe('FAILED');
		await write(streams.replace('(x % 2 = 1)', '(x > 0) ON VIOLATION FAIL UPDATE'));
		expect((await update()).state).toBe('COMPLETED');
		expect(await sql('SELECT count(*) FROM c.s.copy')).toEqual([['2']]);
	});
});

it('takes its time, refuses a second update meanwhile, and stops when asked', async () => {
	const clock = new ManualClock();
	const { call, root, pipelines, pipelineId } = await open(twoViews, {
		clock,
		pace: { updateStartMs: 1000 },
	});
	const started = await call('POST', `${root}/updates`, {});
	const updateId = String(at(started.body, 'update_id'));
	const states = async () => [
		at((await call('GET', `${root}/updates/${updateId}`)).body, 'update', 'state'),
		at((await call('GET', root)).body, 'state'),
	];
	expect(await states()).toEqual(['WAITING_FOR_RESOURCES', 'STARTING']);
	expect(await call('POST', `${root}/updates`, {})).toMatchObject({
		status: 409,
		body: {
			error_code: 'RESOURCE_CONFLICT',
			message: `An active update ${updateId} already exists.`,
		},
	});
	await clock.advance(500);
	expect(await states()).toEqual(['INITIALIZING', 'STARTING']);
	expect(await call('POST', `${root}/stop`)).toMatchObject({ status: 200 });
	await pipelines.whenEnded(pipelineId, updateId);
	expect(await states()).toEqual(['CANCELED', 'IDLE']);
	expect((await call('POST', `${root}/stop`)).status).toBe(200);
});

it('deleting a pipeline drops its datasets', async () => {
	const { update, call, root, workspace } = await open(twoViews);
	await update();
	expect(await workspace.lakehouse.tables.get('c', 's', 'base')).toBeDefined();
	await call('DELETE', root);
	expect(await workspace.lakehouse.tables.get('c', 's', 'base')).toBeUndefined();
	expect((await call('GET', root)).status).toBe(404);
});

it('outlives its process: pipelines, updates, events and what a stream has read', async () => {
	const stateFolder = mkdtempSync(join(tmpdir(), 'pipelines-'));
	try {
		const streams = 'CREATE STREAMING TABLE copy AS SELECT x FROM STREAM(c.s.source)';
		const before = await open(streams, {}, stateFolder);
		await before.sql('CREATE TABLE c.s.source AS SELECT 1 AS x');
		const { updateId } = await before.update();
		await opened.pop()?.server.close();
		const after = await open('', {}, stateFolder);
		expect(after.pipelineId).toBe(before.pipelineId);
		expect(after.pipelines.getUpdate(after.pipelineId, updateId).state).toBe('COMPLETED');
		expect((await after.update()).state).toBe('COMPLETED');
		expect(await after.sql('SELECT count(*) FROM c.s.copy')).toEqual([['1']]);
	} finally {
		for (const { server } of opened.splice(0)) await server.close();
		rmSync(stateFolder, { recursive: true });
	}
});
