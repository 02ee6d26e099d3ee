import { join } from 'node:path';
import { createEngine, type Engine } from '../../../tooling/engine/engine';
import { ManualClock } from '../../../workspace/clock';
import { startNeighbours, type Neighbours } from '../../../workspace/neighbours/neighbours';
import { filingModel } from '../../../workspace/neighbours/odooModels';

const root = join(__dirname, '..', '..', '..');
const nowMs = Date.UTC(2026, 10, 1);

let engine: Engine;
let neighbours: Neighbours;

beforeAll(async () => {
	engine = createEngine({ packageDirectories: [join(root, 'node_modules', 'n8n-nodes-base')] });
	await engine.load();
});
beforeEach(async () => {
	neighbours = await startNeighbours(new ManualClock(nowMs));
});
afterEach(async () => {
	await neighbours.close();
});

/** One of n8n's own nodes behind a manual trigger. */
function workflow(
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
	credentialType: string,
) {
	const trigger = {
		id: '1',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const node = {
		id: '2',
		name: 'Node',
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [200, 0],
		parameters,
		credentials: { [credentialType]: { name: 'Any' } },
	};
	const connections = { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } };
	return { name: 'One node', nodes: [trigger, node], connections };
}

async function runNode(json: unknown, type: string, data: Record<string, string>) {
	const execution = await engine.execute(json, { credentials: [{ type, data }] });
	return { items: execution.items('Node').map((item) => item.json), error: execution.error };
}

describe('Mattermost, asked by n8n’s Mattermost node', () => {
	const post = workflow(
		'mattermost',
		1,
		{
			resource: 'message',
			operation: 'post',
			channelId: 'finance-close',
			message: '| a |\n|--|',
			attachments: [],
			otherOptions: {},
		},
		'mattermostApi',
	);

	test('keeps what was posted and gives it back', async () => {
		const { mattermost } = neighbours;
		const { accessToken, url: baseUrl } = mattermost;
		const { items, error } = await runNode(post, 'mattermostApi', { accessToken, baseUrl });
		expect(error).toBeUndefined();
		const [kept] = mattermost.posts;
		expect(items).toEqual([kept]);
		expect(kept).toEqual({
			id: expect.stringMatching(/^[a-z0-9]{26}$/),
			create_at: nowMs,
			update_at: nowMs,
			user_id: expect.stringMatching(/^[a-z0-9]{26}$/),
			channel_id: 'finance-close',
			root_id: '',
			message: '| a |\n|--|',
			props: { attachments: [] },
		});
		const answer = await fetch(`${baseUrl}/api/v4/channels/finance-close/posts`, {
			headers: { authorization: `Bearer ${accessToken}` },
		});
		expect(await answer.json()).toEqual({ order: [kept?.id], posts: { [kept?.id ?? '']: kept } });
	});

	test('refuses a wrong token and keeps nothing', async () => {
		const { mattermost } = neighbours;
		const data = { accessToken: 'wrong', baseUrl: mattermost.url };
		const { error } = await runNode(post, 'mattermostApi', data);
		expect(error?.message).toContain('Authorization failed');
		expect(mattermost.posts).toEqual([]);
	});
});

describe('Odoo, asked by n8n’s Odoo node', () => {
	const filing = {
		x_name: '2026-10/RIM',
		x_agency: 'RIM',
		x_period: '2026-10-01',
		x_transactions: 310,
		x_withholding_tax: 1234567.89,
	};
	const model = { __rl: true, mode: 'id', value: filingModel };
	const odooNode = (operation: string, parameters: Record<string, unknown>) =>
		workflow(
			'odoo',
			2,
			{
				authentication: 'odooApi',
				resource: 'custom',
				operation,
				customResource: model,
				...parameters,
			},
			'odooApi',
		);
	const create = (values: Record<string, unknown>) =>
		odooNode('create', {
			fieldsToSend: { mappingMode: 'defineBelow', value: values, matchingColumns: [], schema: [] },
		});
	const credential = () => {
		const { url, username, password, database: db } = neighbours.odoo;
		return { url, username, password, db };
	};
	const run = (json: unknown) => runNode(json, 'odooApi', credential());

	test('creates, finds and corrects a record', async () => {
		expect(await run(create(filing))).toEqual({ items: [{ id: 1 }], error: undefined });
		const find = odooNode('getAll', {
			returnAll: true,
			options: { fieldsList: 'x_name,x_vat' },
			filters: { filter: [{ fieldName: 'x_name', operator: 'equal', value: '2026-10/RIM' }] },
		});
		expect((await run(find)).items).toEqual([{ id: 1, x_name: '2026-10/RIM', x_vat: false }]);
		const correct = odooNode('update', {
			recordId: { __rl: true, mode: 'id', value: '1' },
			fieldsToSend: {
				mappingMode: 'defineBelow',
				value: { x_vat: 0.5 },
				matchingColumns: [],
				schema: [],
			},
		});
		expect((await run(correct)).items).toEqual([{ id: 1, updated: true }]);
		expect(neighbours.odoo.records(filingModel)).toEqual([
			{
				...filing,
				id: 1,
				x_vat: 0.5,
				x_income_tax: false,
				x_forecast_period: false,
				x_forecast_withholding_tax: false,
			},
		]);
	});

	test.each([
		['a second record of one name', [filing, filing], 'already exists'],
		['a field that is not there', [{ ...filing, x_typo: 1 }], "Invalid field 'x_typo'"],
		['a missing required field', [{ x_name: 'a' }], "required value for the field 'x_agency'"],
		['a text for a number', [{ ...filing, x_vat: 'much' }], 'Wrong value for x_bir_filing.x_vat'],
	])('refuses %s', async (_what, records, message) => {
		const answers = [];
		for (const record of records) answers.push(await run(create(record)));
		expect(answers.at(-1)?.error?.message).toContain(message);
		expect(neighbours.odoo.records(filingModel)).toHaveLength(records.length - 1);
	});

	test('lets nobody in with a wrong password', async () => {
		const data = { ...credential(), password: 'wrong' };
		const { error } = await runNode(create(filing), 'odooApi', data);
		expect(error?.message).toContain('Access Denied');
		expect(neighbours.odoo.records(filingModel)).toEqual([]);
	});
});

describe('Scout', () => {
	const exported = (exportId: string) => {
		const agency = exportId.split('-')[0] ?? '';
		return { exportId, agency, lines: [`{"id":"${exportId}"}`] };
	};
	const ask = async (path: string, apiKey = neighbours.scout.apiKey) => {
		const answer = await fetch(`${neighbours.scout.url}${path}`, {
			headers: { authorization: `Bearer ${apiKey}` },
		});
		return { status: answer.status, body: await answer.text() };
	};
	const listed = (exportId: string, publishedAt: string) => ({
		export_id: exportId,
		agency: exportId.split('-')[0],
		published_at: publishedAt,
		line_count: 1,
	});

	beforeEach(() => {
		neighbours.scout.publish([exported('RIM-2026-09'), exported('BOM-2026-09')], nowMs);
		neighbours.scout.publish([exported('RIM-2026-10-01')], nowMs + 60_000);
	});

	const first = '2026-11-01T00:00:00.000Z';
	const later = '2026-11-01T00:01:00.000Z';
	test.each([
		[
			'/exports?limit=2',
			{
				exports: [listed('RIM-2026-09', first), listed('BOM-2026-09', first)],
				next_cursor: '2',
			},
		],
		['/exports?limit=2&cursor=2', { exports: [listed('RIM-2026-10-01', later)] }],
		[`/exports?since=${first}`, { exports: [listed('RIM-2026-10-01', later)] }],
		['/exports?agency=BOM', { exports: [listed('BOM-2026-09', first)] }],
	])('%s', async (path, expected) => {
		const { status, body } = await ask(path);
		expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: expected });
	});

	test('gives an export as JSON lines and remembers that it was fetched', async () => {
		expect(await ask('/exports/BOM-2026-09')).toEqual({
			status: 200,
			body: '{"id":"BOM-2026-09"}\n',
		});
		expect(neighbours.scout.fetched).toEqual(['BOM-2026-09']);
	});

	test.each([
		['/exports/NONE-2026-09', undefined, 404],
		['/exports?limit=0', undefined, 400],
		['/exports', 'wrong', 401],
		['/elsewhere', undefined, 501],
	])('%s with key %p is refused', async (path, key, status) => {
		expect((await ask(path, key)).status).toBe(status);
	});

	test('publishes an export once', () => {
		expect(() => neighbours.scout.publish([exported('RIM-2026-09')], nowMs)).toThrow(
			'Scout has published RIM-2026-09 already.',
		);
	});
});
