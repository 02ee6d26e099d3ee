import { listEvents } from '../../../nodes/databricks/pipelines/pipelineEvents';
import { failureOf } from '../../../nodes/databricks/pipelines/pipelineFailure';
import { qualityOf } from '../../../nodes/databricks/pipelines/pipelineQuality';
import {
	findPipelineByName,
	isTerminal,
	listPipelines,
	outcomeOf,
	waitForUpdate,
} from '../../../nodes/databricks/pipelines/pipelines';
import { collect } from '../../../nodes/databricks/paging';
import { startUpdate } from '../../../nodes/databricks/pipelines/pipelineStart';
import type { Handler } from '../inProcessDispatcher';
import {
	bodyOf,
	brokenConnection,
	errorOf,
	inTurn,
	json,
	workspaceUnderTest,
} from '../workspaceUnderTest';

it.each([
	['QUEUED', 'pending'],
	['RUNNING', 'pending'],
	['STOPPING', 'pending'],
	['INVENTED', 'pending'],
	['COMPLETED', 'succeeded'],
	['FAILED', 'failed'],
	['CANCELED', 'cancelled'],
])('an update that is %s is %s', (state, outcome) => {
	expect([outcomeOf({ state }), isTerminal({ state })]).toEqual([outcome, outcome !== 'pending']);
});

describe('finding a pipeline', () => {
	it.each([
		[
			'one',
			[
				{ pipeline_id: 'a', name: 'scout_etl' },
				{ pipeline_id: 'b', name: 'scout_etl_2' },
			],
			'a',
		],
		[
			'none',
			[{ pipeline_id: 'b', name: 'scout_etl_2' }],
			'There is no pipeline named "scout_etl".',
		],
		[
			'two',
			[
				{ pipeline_id: 'a', name: 'scout_etl' },
				{ pipeline_id: 'b', name: 'scout_etl' },
			],
			'There are 2 pipelines named "scout_etl".',
		],
	])('%s', async (_what, statuses, expected) => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({ statuses }));
		const found = await findPipelineByName(workspace, 'scout_etl').then(
			(it) => it.pipeline_id,
			(error: Error) => error.message,
		);
		expect([found, dispatcher.seen[0]?.path]).toEqual([
			expected,
			'/api/2.0/pipelines?filter=name+LIKE+%27%25scout_etl%25%27&order_by=name+asc&max_results=100',
		]);
	});

	it('puts no quote into the filter', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}));
		await collect(listPipelines(workspace, "a' OR name LIKE '%"));
		expect(new URLSearchParams(dispatcher.seen[0]?.path.split('?')[1]).get('filter')).toBe(
			"name LIKE '%a_ OR name LIKE _%%'",
		);
	});
});

/** A pipeline service that starts updates, whose answers `lose` may take away. */
function pipelineService(lose: (start: number) => Response | undefined | 'before'): {
	handler: Handler;
	updates: object[];
} {
	const updates: object[] = [{ update_id: 'old', state: 'COMPLETED', cause: 'API_CALL' }];
	let starts = 0;
	const handler: Handler = async (request) => {
		if (request.method === 'GET') return json({ updates });
		starts++;
		const lost = lose(starts);
		if (lost === 'before') throw brokenConnection('ECONNRESET');
		const active = updates.some((update) => 'state' in update && update.state === 'RUNNING');
		if (active)
			return json({ error_code: 'INVALID_STATE', message: 'An active update exists' }, 400);
		const body = await bodyOf(request);
		updates.unshift({
			update_id: `u${starts}`,
			state: 'RUNNING',
			cause: 'API_CALL',
			...(typeof body === 'object' ? body : {}),
		});
		if (lost !== undefined) {
			if (lost.status === 299) throw brokenConnection('UND_ERR_SOCKET');
			return lost;
		}
		return json({ update_id: `u${starts}` });
	};
	return { handler, updates };
}

describe('starting an update, once', () => {
	const lostConnection = () => new Response('', { status: 299 });

	it.each([
		['nothing lost', () => undefined, 'u1', 1],
		['the answer lost', lostConnection, 'u1', 1],
		[
			'a 503 after the effect',
			() => json({ error_code: 'TEMPORARILY_UNAVAILABLE', message: 'x' }, 503),
			'u1',
			1,
		],
		['a 502 after the effect', () => new Response('', { status: 502 }), 'u1', 1],
		[
			'the request lost, then the answer',
			(start: number) => (start === 1 ? 'before' : lostConnection()),
			'u2',
			1,
		],
	] as const)('%s', async (_what, lose, updateId, started) => {
		const { handler, updates } = pipelineService(lose);
		const { workspace } = workspaceUnderTest(handler);
		const id = await startUpdate(workspace, { pipelineId: 'p1', refreshSelection: ['gold.bir.t'] });
		expect([id, updates.length - 1]).toEqual([updateId, started]);
	});

	it('does not take for its own what another started', async () => {
		const foreign = [
			{ update_id: 'job', state: 'COMPLETED', cause: 'JOB_TASK' },
			{ update_id: 'full', state: 'COMPLETED', cause: 'API_CALL', full_refresh: true },
		];
		const { handler, updates } = pipelineService((start) => {
			if (start > 1) return undefined;
			updates.unshift(...foreign);
			return 'before';
		});
		const { workspace } = workspaceUnderTest(handler);
		expect(await startUpdate(workspace, { pipelineId: 'p1' })).toBe('u2');
	});

	it('gives up after some starts that left nothing', async () => {
		const { handler, updates } = pipelineService(() => 'before');
		const { workspace, dispatcher } = workspaceUnderTest(handler);
		const error = await errorOf(() => startUpdate(workspace, { pipelineId: 'p1' }));
		const posts = dispatcher.seen.filter(({ method }) => method === 'POST');
		expect([error.kind, updates.length, posts.length]).toEqual(['network', 1, 4]);
	});

	it('says which update is in the way', async () => {
		const { handler, updates } = pipelineService(() => undefined);
		updates.unshift({ update_id: 'busy', state: 'RUNNING', cause: 'JOB_TASK' });
		const { workspace } = workspaceUnderTest(handler);
		const error = await errorOf(() => startUpdate(workspace, { pipelineId: 'p1' }));
		expect([error.message, error.hint, error.ids]).toEqual([
			'An active update exists',
			'Update busy of this pipeline is RUNNING; a pipeline runs one update at a time.',
			{ pipelineId: 'p1', updateId: 'busy' },
		]);
	});
});

it('waits for an update and says where it stood when the time is over', async () => {
	const { workspace, clock } = workspaceUnderTest(() =>
		json({ update: { update_id: 'u1', state: 'WAITING_FOR_RESOURCES' } }),
	);
	const error = await errorOf(() =>
		waitForUpdate(workspace, 'p1', 'u1', { deadlineMs: clock.now() + 60_000 }),
	);
	expect([error.kind, error.message, error.ids]).toEqual([
		'timeout',
		'Update u1 was still WAITING_FOR_RESOURCES after 60 seconds.',
		{
			pipelineId: 'p1',
			updateId: 'u1',
			pageUrl: 'https://adb-1.2.azuredatabricks.net/pipelines/p1/updates/u1',
		},
	]);
});

describe('events', () => {
	it('are asked for with a filter on the first page and only with the token on the next', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(
			inTurn(
				() =>
					json({
						events: [
							{ id: '1', origin: { update_id: 'u1' } },
							{ id: '2', origin: { update_id: 'u0' } },
						],
						next_page_token: 't',
					}),
				() => json({ events: [{ id: '3', origin: { update_id: 'u1' } }] }),
			),
		);
		const events = await collect(
			listEvents(workspace, 'p1', { updateId: 'u1', levels: ['ERROR', 'WARN'], afterMs: 0 }),
		);
		expect(events.map(({ id }) => id)).toEqual(['1', '3']);
		expect(
			dispatcher.seen.map(({ path }) => decodeURIComponent(path.replaceAll('+', ' '))),
		).toEqual([
			"/api/2.0/pipelines/p1/events?max_results=250&order_by=timestamp desc&filter=level in ('ERROR','WARN') AND timestamp > '1970-01-01T00:00:00.000Z'",
			'/api/2.0/pipelines/p1/events?max_results=250&page_token=t',
		]);
	});

	it('add up to what an update did, per table', async () => {
		const flow = (id: string, dataset_name: string, flow_progress: object) => ({
			id,
			event_type: 'flow_progress',
			origin: { update_id: 'u1', dataset_name },
			details: { flow_progress },
		});
		const expectation = (
			dataset: string,
			name: string,
			passed_records: number,
			failed_records: number,
		) => ({ dataset, name, passed_records, failed_records });
		const { workspace } = workspaceUnderTest(() =>
			json({
				events: [
					flow('1', 'silver.scout.t', {
						status: 'RUNNING',
						metrics: { num_output_rows: 90 },
						data_quality: {
							dropped_records: 10,
							expectations: [
								expectation('t', 'valid_id', 95, 5),
								expectation('t', 'valid_date', 94, 6),
							],
						},
					}),
					flow('1', 'silver.scout.t', { metrics: { num_output_rows: 90 } }),
					flow('2', 'silver.scout.t', {
						status: 'COMPLETED',
						metrics: { num_output_rows: 10, num_upserted_rows: null },
						data_quality: { expectations: [expectation('silver.scout.t', 'valid_id', 5, 5)] },
					}),
					flow('3', 'bronze.scout.t', { status: 'COMPLETED', metrics: { num_output_rows: 110 } }),
					flow('4', 'gold.bir.m', { status: 'PLANNING' }),
					{
						id: '5',
						event_type: 'update_progress',
						details: { update_progress: { state: 'COMPLETED' } },
					},
				],
			}),
		);
		const results = qualityOf(await collect(listEvents(workspace, 'p1')));
		expect(results).toEqual([
			{
				dataset: 'bronze.scout.t',
				status: 'COMPLETED',
				outputRows: 110,
				upsertedRows: 0,
				deletedRows: 0,
				droppedRecords: 0,
				expectations: [],
			},
			{
				dataset: 'gold.bir.m',
				status: 'PLANNING',
				outputRows: 0,
				upsertedRows: 0,
				deletedRows: 0,
				droppedRecords: 0,
				expectations: [],
			},
			{
				dataset: 'silver.scout.t',
				status: 'RUNNING',
				outputRows: 100,
				upsertedRows: 0,
				deletedRows: 0,
				droppedRecords: 10,
				expectations: [
					{ name: 'valid_id', passedRecords: 100, failedRecords: 10, passRate: 100 / 110 },
					{ name: 'valid_date', passedRecords: 94, failedRecords: 6, passRate: 0.94 },
				],
			},
		]);
	});

	const origin = { update_id: 'u1', dataset_name: 'c.s.t', flow_name: 'c.s.t' };
	const progress = (status: string, passed = 0, failed = 0) => ({
		origin,
		details: {
			flow_progress: {
				status,
				...(passed + failed === 0
					? {}
					: {
							metrics: { num_output_rows: passed },
							data_quality: {
								dropped_records: failed,
								expectations: [
									{ name: 'e', dataset: 't', passed_records: passed, failed_records: failed },
								],
							},
						}),
			},
		},
	});
	const definition = (dataset_type: string, action?: string) => ({
		origin,
		details: {
			dataset_definition: { dataset_type, expectations: [{ name: 'e', action }] },
		},
	});
	const attempts = [
		progress('STARTING'),
		progress('RUNNING', 8, 2),
		progress('FAILED', 3, 3),
		progress('STARTING'),
		progress('RUNNING', 4, 1),
		progress('COMPLETED', 5, 0),
	];
	it.each([
		['a stream goes on after its batches', [definition('STREAMING_TABLE'), ...attempts], 17, 3],
		['a whole computation begins anew', [definition('MATERIALIZED_VIEW'), ...attempts], 9, 1],
		['without a definition all batches count', attempts, 17, 3],
	])('when a flow is tried again, %s', (_what, events, passedRecords, failedRecords) => {
		const parsed = events.map((event) => ({ ...event }));
		const [result] = qualityOf(parsed.reverse());
		expect(result).toMatchObject({
			outputRows: passedRecords,
			droppedRecords: failedRecords,
			expectations: [{ passedRecords, failedRecords }],
		});
	});

	it.each([
		['as declared', [definition('STREAMING_TABLE', 'FAIL'), progress('COMPLETED', 5)], 'fail'],
		['dropped, as the numbers tell', [progress('COMPLETED', 5, 1)], 'drop'],
		['unknown where nothing failed', [progress('COMPLETED', 5)], undefined],
	])('the action of an expectation is %s', (_what, events, action) => {
		expect(qualityOf([...events].reverse())[0]?.expectations[0]?.action).toBe(action);
	});
});

describe('why an update failed', () => {
	const update = { update_id: 'u1', state: 'FAILED', creation_time: 1_000_000 };
	const event = (event_type: string, messages: string[], more: object = {}) => ({
		event_type,
		level: 'ERROR',
		message: 'Update u1 is FAILED.',
		origin: {
			update_id: 'u1',
			dataset_name: event_type === 'flow_progress' ? 'silver.scout.t' : undefined,
		},
		error: { exceptions: messages.map((message) => ({ message, ...more })) },
	});

	it.each([
		[
			'the root exception of the flow',
			[
				event('update_progress', ['x']),
				event('flow_progress', ['outer', '[CAST_INVALID_INPUT] bad value. SQLSTATE: 22018']),
			],
			'Update u1 failed in silver.scout.t: [CAST_INVALID_INPUT] bad value. SQLSTATE: 22018',
			'CAST_INVALID_INPUT',
			'22018',
		],
		[
			'named class and state',
			[event('flow_progress', ['bad'], { error_class: 'A_B', sql_state: '42000' })],
			'Update u1 failed in silver.scout.t: bad',
			'A_B',
			'42000',
		],
		[
			'the update without a flow',
			[event('update_progress', ['no cluster'])],
			'Update u1 failed: no cluster',
			undefined,
			undefined,
		],
		[
			'a message alone',
			[event('update_progress', [])],
			'Update u1 failed: Update u1 is FAILED.',
			undefined,
			undefined,
		],
		['no event', [], 'Update u1 ended as FAILED.', undefined, undefined],
	])('%s', async (_what, events, message, errorCode, sqlState) => {
		const { workspace } = workspaceUnderTest(() => json({ events }));
		const error = await failureOf(workspace, 'p1', update);
		expect([error.kind, error.message, error.errorCode, error.sqlState]).toEqual([
			'failed',
			message,
			errorCode,
			sqlState,
		]);
	});

	it('tells the chain, the stack, the flow and the event', async () => {
		const stack = [
			{ declaring_class: 'a.B', method_name: 'run', file_name: 'B.scala', line_number: 7 },
		];
		const failed = {
			...event('flow_progress', []),
			id: 'e1',
			origin: { update_id: 'u1', dataset_name: 'silver.scout.t', flow_name: 'silver.scout.t' },
			error: {
				exceptions: [
					{ class_name: 'StreamingQueryException', message: 'outer\nmore' },
					{ class_name: 'SparkException', message: 'root', stack },
				],
			},
		};
		const { workspace } = workspaceUnderTest(() => json({ events: [failed] }));
		const { facts, trace, ids } = await failureOf(workspace, 'p1', update);
		expect({ facts, trace, ids }).toEqual({
			facts: {
				table: 'silver.scout.t',
				flow: 'silver.scout.t',
				event_id: 'e1',
				error_chain: ['StreamingQueryException: outer', 'SparkException: root'],
			},
			trace: 'SparkException: root\n\tat a.B.run(B.scala:7)',
			ids: {
				pipelineId: 'p1',
				updateId: 'u1',
				pageUrl: `${workspace.host}/pipelines/p1/updates/u1`,
			},
		});
	});

	const ended = Date.parse('2026-10-31T10:00:00Z');
	const cancelled = { ...update, state: 'CANCELED' };
	const newer = (afterMs: number, cause = 'USER_ACTION') => ({
		update_id: 'u2',
		state: 'RUNNING',
		cause,
		creation_time: ended + afterMs,
	});
	it.each([
		['cancelled', cancelled, [], [], 'Update u1 was cancelled in Databricks.'],
		[
			'cancelled by somebody',
			cancelled,
			[],
			[{ user_action: { action: 'STOP', user_name: 'ann' } }],
			'Update u1 was cancelled in Databricks by ann.',
		],
		[
			'cancelled long before the next one',
			cancelled,
			[newer(3_600_000)],
			[],
			'Update u1 was cancelled in Databricks.',
		],
		[
			'replaced',
			cancelled,
			[newer(1_000)],
			[],
			'Update u1 was replaced: it was cancelled, and update u2 was started in its place (USER_ACTION).',
		],
	])('%s', async (_what, of, after, details, message) => {
		const events = [
			{
				event_type: 'update_progress',
				timestamp: new Date(ended).toISOString(),
				origin: { update_id: 'u1' },
			},
			...details.map((detail) => ({ origin: { update_id: 'u1' }, details: detail })),
		];
		const { workspace } = workspaceUnderTest((request) =>
			json(request.url.includes('/events') ? { events } : { updates: [...after, update] }),
		);
		const error = await failureOf(workspace, 'p1', of);
		expect([error.kind, error.message]).toEqual(['cancelled', message]);
	});

	it('names the update by which Databricks tries it again', async () => {
		const { workspace } = workspaceUnderTest((request) =>
			json(
				request.url.includes('/events')
					? { events: [] }
					: { updates: [newer(0, 'RETRY_ON_FAILURE'), update] },
			),
		);
		const { hint } = await failureOf(workspace, 'p1', update);
		expect(hint).toBe('Databricks tries it again by itself as update u2, which is RUNNING.');
	});
});
