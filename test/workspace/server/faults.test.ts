import { ManualClock } from '../../../workspace/clock';
import type { FaultSpec } from '../../../workspace/faults';
import { createServer } from '../../../workspace/server';
import { at, workspaceUnderTest } from './workspaceUnderTest';

const mkdirs = '/api/2.0/workspace/mkdirs';
const folder = { path: '/Workspace/Shared/made' };

async function withFault(fault: FaultSpec) {
	const opened = await workspaceUnderTest();
	opened.workspace.faults.add(fault);
	const isMade = async () =>
		(await opened.call('GET', `/api/2.0/workspace/get-status?path=${folder.path}`)).status === 200;
	return { ...opened, isMade };
}

test.each([
	[{ status: 503, retryAfter: 2 }, false, 503, 'TEMPORARILY_UNAVAILABLE', '2'],
	[{ status: 503, when: 'after' }, true, 503, 'TEMPORARILY_UNAVAILABLE', null],
	[{ status: 429 }, false, 429, 'REQUEST_LIMIT_EXCEEDED', null],
	[{ status: 403 }, false, 403, 403, null],
	[{ status: 409, body: { error_code: 'OWN' } }, false, 409, 'OWN', null],
] satisfies [Partial<FaultSpec>, boolean, number, unknown, string | null][])(
	'%j: takes effect %p, answers %d',
	async (fault, effect, status, errorCode, retryAfter) => {
		const { call, isMade, server } = await withFault({ path: mkdirs, ...fault });
		const answer = await call('POST', mkdirs, folder);
		expect(answer.status).toBe(status);
		expect(at(answer.body, 'error_code')).toBe(errorCode);
		expect(answer.headers.get('retry-after')).toBe(retryAfter);
		expect(await isMade()).toBe(effect);
		expect((await call('POST', mkdirs, folder)).status).toBe(200);
		await server.close();
	},
);

test.each([
	['before', false],
	['after', true],
] as const)('a reset %s the effect rejects', async (when, effect) => {
	const { call, isMade, server } = await withFault({
		path: '/api/*',
		method: 'post',
		reset: true,
		when,
	});
	await expect(call('POST', mkdirs, folder)).rejects.toMatchObject({ code: 'ECONNRESET' });
	expect(await isMade()).toBe(effect);
	await server.close();
});

test('a truncated answer announces more than it has', async () => {
	const { server, workspace } = await withFault({ path: '/api/2.2/jobs/list', truncate: true });
	const headers = { authorization: `Bearer ${workspace.token}` };
	const url = 'http://workspace.test/api/2.2/jobs/list';
	const response = await server.fetch(new Request(url, { headers }));
	expect([response.status, response.headers.get('content-length')]).toEqual([200, '18']);
	await expect(response.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
	await server.close();
});

test('malformed JSON is cut, with status 200', async () => {
	const { call, server } = await withFault({
		path: '/api/2.0/preview/scim/v2/Me',
		malformed: true,
	});
	await expect(call('GET', '/api/2.0/preview/scim/v2/Me')).rejects.toThrow(SyntaxError);
	await server.close();
});

test('an HTML body is sent as HTML', async () => {
	const { call, server } = await withFault({
		path: '*',
		status: 502,
		body: '<pre>Bad gateway</pre>',
	});
	const answer = await call('GET', '/api/2.2/jobs/list');
	expect([answer.status, answer.body, answer.headers.get('content-type')]).toEqual([
		502,
		'<pre>Bad gateway</pre>',
		'text/html; charset=utf-8',
	]);
	await server.close();
});

test('skip and times count the requests that match', async () => {
	const { call, server } = await withFault({
		path: '/api/2.2/jobs/list',
		status: 503,
		skip: 1,
		times: 2,
	});
	const statuses = [];
	for (let i = 0; i < 5; i++) {
		await call('GET', '/api/2.2/jobs/runs/list');
		statuses.push((await call('GET', '/api/2.2/jobs/list')).status);
	}
	expect(statuses).toEqual([200, 503, 503, 200, 200]);
	await server.close();
});

test('a delay lasts by the clock', async () => {
	const clock = new ManualClock();
	const { call, server, workspace } = await workspaceUnderTest({ clock });
	workspace.faults.add({ path: '/api/2.2/jobs/list', delayMs: 5000 });
	let status = 0;
	const answer = call('GET', '/api/2.2/jobs/list').then((got) => (status = got.status));
	await clock.advance(4999);
	expect(status).toBe(0);
	await clock.advance(1);
	await answer;
	expect(status).toBe(200);
	await server.close();
});

test('a late answer comes after the effect', async () => {
	const clock = new ManualClock();
	const { call, server, workspace } = await workspaceUnderTest({ clock });
	workspace.faults.add({ path: mkdirs, when: 'after', delayMs: 5000 });
	let status = 0;
	const answer = call('POST', mkdirs, folder).then((got) => (status = got.status));
	while (clock.sleeping === 0) await clock.advance(0);
	await clock.advance(4999);
	expect((await call('GET', `/api/2.0/workspace/get-status?path=${folder.path}`)).status).toBe(200);
	expect(status).toBe(0);
	await clock.advance(1);
	await answer;
	expect(status).toBe(200);
	await server.close();
});

test('faults are planned, listed and taken back over HTTP, for one workspace', async () => {
	const { call, server } = await workspaceUnderTest();
	const other = await server.addWorkspace();
	const fault = { path: '/api/2.2/jobs/list', status: 503, times: 0 };
	const planned = await call('POST', '/local/faults', { faults: [fault] });
	expect(planned.body).toEqual({
		faults: [{ fault: { ...fault, skip: 0, when: 'before' }, hits: 0 }],
	});
	expect((await call('GET', '/api/2.2/jobs/list')).status).toBe(503);
	const theirs = { authorization: `Bearer ${other.token}` };
	expect((await call('GET', '/api/2.2/jobs/list', undefined, theirs)).status).toBe(200);
	expect(at((await call('GET', '/local/faults')).body, 'faults', 0, 'hits')).toBe(1);
	expect((await call('DELETE', '/local/faults')).body).toEqual({ faults: [] });
	expect((await call('GET', '/api/2.2/jobs/list')).status).toBe(200);
	expect((await call('POST', '/local/faults', { path: '*', often: 3 })).status).toBe(400);
	await server.close();
});

describe('over a socket', () => {
	const server = createServer();
	const opened = (async () => ({
		workspace: await server.addWorkspace(),
		...(await server.listen()),
	}))();
	afterAll(async () => {
		await opened;
		await server.close();
	});
	const me = '/api/2.0/preview/scim/v2/Me';

	test.each([
		['reset', { reset: true }, 'fetch failed'],
		['cut off in the middle', { truncate: true }, 'terminated'],
	])('the connection is %s', async (_name, fault, message) => {
		const { workspace, url } = await opened;
		workspace.faults.add({ path: me, ...fault });
		const headers = { authorization: `Bearer ${workspace.token}` };
		const read = async () => (await fetch(url + me, { headers })).text();
		await expect(read()).rejects.toThrow(message);
		expect(await read()).toContain('userName');
	});

	test('the host of the workspace is where it listens', async () => {
		const { workspace, url } = await opened;
		expect(workspace.host).toBe(url);
	});

	test('a port that is taken rejects', async () => {
		const { port } = await opened;
		await expect(server.listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
	});
});
