import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { createEngine } from '../../tooling/engine/engine';

const root = resolve(__dirname, '../..');
const engine = createEngine({
	packageDirectories: [resolve(root, 'node_modules/n8n-nodes-base')],
	credentials: [],
});

interface Step {
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { name: string }>;
}

/** A workflow whose nodes run one after the other, each named by its key. */
function chain(steps: Record<string, Step>) {
	const names = Object.keys(steps);
	return {
		name: 'Chain',
		settings: { timezone: 'Asia/Manila' },
		nodes: Object.entries(steps).map(([name, step], index) => ({
			...step,
			id: `node-${index}`,
			name,
			position: [index * 200, 0],
		})),
		connections: Object.fromEntries(
			names
				.slice(0, -1)
				.map((name, index) => [
					name,
					{ main: [[{ node: names[index + 1], type: 'main', index: 0 }]] },
				]),
		),
	};
}

const schedule: Step = {
	type: 'n8n-nodes-base.scheduleTrigger',
	typeVersion: 1.2,
	parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } },
};
const set = (assignments: { name: string; value: unknown; type: string }[]): Step => ({
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: {
		assignments: {
			assignments: assignments.map((assignment, id) => ({ id: String(id), ...assignment })),
		},
		options: {},
	},
});

let server: Server;
let url: string;
const requests: { method?: string; url?: string; authorization?: string; body: string }[] = [];

beforeAll(async () => {
	server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (part: string) => (body += part));
		request.on('end', () => {
			requests.push({
				method: request.method,
				url: request.url,
				authorization: request.headers.authorization,
				body,
			});
			response.setHeader('content-type', 'application/json');
			if (request.url === '/jsonrpc') {
				const { method, args } = JSON.parse(body).params;
				const result = method === 'login' ? 2 : args[4] === 'create' ? 41 : [{ id: 41 }];
				response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
			} else if (request.url === '/lines') {
				response.setHeader('content-type', 'application/octet-stream');
				response.end('{"a":1}\n{"a":2}\n');
			} else {
				response.end(JSON.stringify({ id: 'post-1', ok: true }));
			}
		});
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const address = server.address();
	if (typeof address === 'string' || !address) throw new Error('The server has no port.');
	url = `http://127.0.0.1:${address.port}`;
	await engine.load();
});
afterAll(() => new Promise((closed) => server.close(closed)));
beforeEach(() => requests.splice(0));

test('a schedule passes its input through If, Filter, Split Out, Merge, Aggregate, Date & Time and NoOp', async () => {
	const agencies = { name: 'agencies', value: '={{ ["RIM", "BOM", "LAS"] }}', type: 'array' };
	const workflow = chain({
		Schedule: schedule,
		Set: set([agencies, { name: 'month', value: '={{ $json.month }}', type: 'string' }]),
		'Split Out': {
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'agencies', include: 'allOtherFields', options: {} },
		},
		Filter: {
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					conditions: [
						{
							id: '1',
							leftValue: '={{ $json.agencies }}',
							rightValue: 'BOM',
							operator: { type: 'string', operation: 'notEquals' },
						},
					],
					combinator: 'and',
				},
				options: {},
			},
		},
		'Date & Time': {
			type: 'n8n-nodes-base.dateTime',
			typeVersion: 2,
			parameters: {
				operation: 'subtractFromDate',
				magnitude: '={{ $json.month }}',
				timeUnit: 'months',
				duration: 1,
				outputFieldName: 'previous',
				options: { includeInputFields: true },
			},
		},
		If: {
			type: 'n8n-nodes-base.if',
			typeVersion: 2.2,
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					conditions: [
						{
							id: '1',
							leftValue: '={{ $json.agencies }}',
							rightValue: 'RIM',
							operator: { type: 'string', operation: 'equals' },
						},
					],
					combinator: 'and',
				},
				options: {},
			},
		},
		Merge: { type: 'n8n-nodes-base.merge', typeVersion: 3.2, parameters: {} },
		Aggregate: {
			type: 'n8n-nodes-base.aggregate',
			typeVersion: 1,
			parameters: { aggregate: 'aggregateAllItemData', options: {} },
		},
		NoOp: { type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
	});
	workflow.connections.If = {
		main: [
			[{ node: 'Merge', type: 'main', index: 0 }],
			[{ node: 'Merge', type: 'main', index: 1 }],
		],
	};

	const execution = await engine.execute(workflow, {
		startNode: 'Schedule',
		input: [{ json: { month: '2026-10-01T00:00:00+08:00' } }],
	});

	expect(execution.error).toBeUndefined();
	expect(execution.executedNodes).toEqual(Object.keys(workflow.connections).concat('NoOp'));
	const aggregated = execution.items('NoOp').map((item) => item.json);
	expect(aggregated).toEqual([
		{
			data: [
				{
					agencies: 'RIM',
					month: '2026-10-01T00:00:00+08:00',
					previous: '2026-09-01T00:00:00.000+08:00',
				},
				{
					agencies: 'LAS',
					month: '2026-10-01T00:00:00+08:00',
					previous: '2026-09-01T00:00:00.000+08:00',
				},
			],
		},
	]);
});

test.each([
	['manual', 'n8n-nodes-base.manualTrigger', 1, 'manual'],
	['webhook', 'n8n-nodes-base.webhook', 2, 'webhook'],
] as const)('a %s start reaches the next node', async (_name, type, typeVersion, mode) => {
	const workflow = chain({
		Start: { type, typeVersion, parameters: type.endsWith('webhook') ? { path: 'scout' } : {} },
		Set: set([{ name: 'seen', value: true, type: 'boolean' }]),
	});
	const execution = await engine.execute(workflow, { startNode: 'Start', mode });
	expect(execution.error).toBeUndefined();
	expect(execution.items('Set').map((item) => item.json)).toEqual([{ seen: true }]);
});

test('HTTP Request keeps a file as binary data and posts it on', async () => {
	const workflow = chain({
		Schedule: schedule,
		Download: {
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				url: `${url}/lines`,
				options: { response: { response: { responseFormat: 'file' } } },
			},
		},
		Upload: {
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				method: 'PUT',
				url: `${url}/upload`,
				sendBody: true,
				contentType: 'binaryData',
				inputDataFieldName: 'data',
				options: {},
			},
		},
	});
	const execution = await engine.execute(workflow, { startNode: 'Schedule' });
	expect(execution.error).toBeUndefined();
	expect(requests.map(({ method, url: path, body }) => ({ method, path, body }))).toEqual([
		{ method: 'GET', path: '/lines', body: '' },
		{ method: 'PUT', path: '/upload', body: '{"a":1}\n{"a":2}\n' },
	]);
});

test('Mattermost and Odoo reach servers on loopback with credentials found by name', async () => {
	const workflow = chain({
		Schedule: schedule,
		Mattermost: {
			type: 'n8n-nodes-base.mattermost',
			typeVersion: 1,
			parameters: {
				resource: 'message',
				operation: 'post',
				channelId: 'channel-1',
				message: 'Closed',
				attachments: [],
				otherOptions: {},
			},
			credentials: { mattermostApi: { name: 'Mattermost' } },
		},
		Odoo: {
			type: 'n8n-nodes-base.odoo',
			typeVersion: 1,
			parameters: {
				resource: 'custom',
				customResource: 'x_bir.forecast',
				operation: 'create',
				fieldsToCreateOrUpdate: { fields: [{ fieldName: 'name', fieldValue: 'RIM' }] },
			},
			credentials: { odooApi: { name: 'Odoo' } },
		},
	});
	const execution = await engine.execute(workflow, {
		startNode: 'Schedule',
		credentials: [
			{ type: 'mattermostApi', name: 'Other', data: { accessToken: 'no', baseUrl: 'http://no' } },
			{ type: 'mattermostApi', name: 'Mattermost', data: { accessToken: 'mm', baseUrl: url } },
			{
				type: 'odooApi',
				data: { url, username: 'finance', password: 'odoo', db: 'ph' },
			},
		],
	});
	expect(execution.error).toBeUndefined();
	expect(execution.items('Odoo').map((item) => item.json)).toEqual([{ id: 41 }]);
	expect(requests[0]).toMatchObject({
		method: 'POST',
		url: '/api/v4/posts',
		authorization: 'Bearer mm',
	});
	expect(requests.slice(1).map((request) => request.url)).toEqual(['/jsonrpc', '/jsonrpc']);
});

test('Stop and Error ends the workflow with its message', async () => {
	const workflow = chain({
		Schedule: schedule,
		Stop: {
			type: 'n8n-nodes-base.stopAndError',
			typeVersion: 1,
			parameters: { errorMessage: 'Pass rate under 98 %' },
		},
	});
	const finished: { name: string; message?: string }[] = [];
	const execution = await engine.execute(workflow, {
		startNode: 'Schedule',
		hooks: {
			nodeFinished: (name, result) => finished.push({ name, message: result.error?.message }),
		},
	});
	expect(execution.run.status).toBe('error');
	expect(execution.error?.message).toBe('Pass rate under 98 %');
	expect(finished).toEqual([
		{ name: 'Schedule', message: undefined },
		{ name: 'Stop', message: 'Pass rate under 98 %' },
	]);
});

test('a credential that the engine was not given is named', async () => {
	const workflow = chain({
		Schedule: schedule,
		Mattermost: {
			type: 'n8n-nodes-base.mattermost',
			typeVersion: 1,
			parameters: { resource: 'message', operation: 'post', channelId: 'c', message: 'm' },
			credentials: { mattermostApi: { name: 'Mattermost' } },
		},
	});
	const execution = await engine.execute(workflow, { startNode: 'Schedule' });
	expect(execution.error?.message).toBe(
		"The workflow uses the credential 'Mattermost' of type 'mattermostApi', and the engine was given none.",
	);
});
