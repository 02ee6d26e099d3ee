import { readdir } from 'node:fs/promises';
import { ManualClock } from '../../../workspace/clock';
import { at, workspaceUnderTest, type Call } from './workspaceUnderTest';

const files = '/api/2.0/fs/files';
const directories = '/api/2.0/fs/directories';
const landing = '/Volumes/bronze/scout/landing';

async function withVolume() {
	const opened = await workspaceUnderTest({ clock: new ManualClock(Date.UTC(2026, 9, 1)) });
	const uc = '/api/2.1/unity-catalog';
	await opened.call('POST', `${uc}/catalogs`, { name: 'bronze' });
	await opened.call('POST', `${uc}/schemas`, { catalog_name: 'bronze', name: 'scout' });
	const volume = {
		catalog_name: 'bronze',
		schema_name: 'scout',
		name: 'landing',
		volume_type: 'MANAGED',
	};
	await opened.call('POST', `${uc}/volumes`, volume);
	return opened;
}

/** Reason of the ErrorInfo of an error of the Files API. */
async function refusal(call: Call, method: string, path: string, body?: string) {
	const answer = await call(method, path, body);
	return [answer.status, at(answer.body, 'error_code'), at(answer.body, 'details', 0, 'reason')];
}

describe('files of a volume', () => {
	const opened = withVolume();
	afterAll(async () => (await opened).server.close());

	test('what is uploaded is downloaded, whole or in part', async () => {
		const { call } = await opened;
		const path = `${files}${landing}/RIM/2026%20Ü.jsonl`;
		const put = await call('PUT', `${path}?overwrite=true`, 'line 1\nline 2\n');
		expect([put.status, put.body]).toEqual([204, '']);
		const got = await call('GET', path);
		expect([got.status, got.body]).toEqual([200, 'line 1\nline 2\n']);
		const head = await call('HEAD', path);
		expect([
			head.status,
			head.body,
			...['content-length', 'last-modified', 'content-type'].map((name) => head.headers.get(name)),
		]).toEqual([200, '', '14', 'Thu, 01 Oct 2026 00:00:00 GMT', 'application/octet-stream']);
		const part = await call('GET', path, undefined, { range: 'bytes=5-8' });
		expect([part.status, part.body, part.headers.get('content-range')]).toEqual([
			206,
			'1\nli',
			'bytes 5-8/14',
		]);
		const tail = await call('GET', path, undefined, { range: 'bytes=-2' });
		expect([tail.status, tail.body]).toEqual([206, '2\n']);
		expect((await call('GET', path, undefined, { range: 'bytes=14-' })).status).toBe(416);
	});

	test('an empty file is a file', async () => {
		const { call } = await opened;
		await call('PUT', `${files}${landing}/empty`);
		const got = await call('GET', `${files}${landing}/empty`);
		expect([got.status, got.body, got.headers.get('content-length')]).toEqual([200, '', '0']);
	});

	test('the path may come with its slashes encoded, as the Databricks CLI sends it', async () => {
		const { call } = await opened;
		await call('PUT', `${files}/Volumes%2Fbronze%2Fscout%2Flanding%2Fcli.txt`, 'x');
		expect((await call('GET', `${files}${landing}/cli.txt`)).body).toBe('x');
	});

	test('overwrite=false keeps what is there; nothing half-written stays', async () => {
		const { call, workspace } = await opened;
		const path = `${files}${landing}/kept.txt`;
		await call('PUT', path, 'first');
		expect(await refusal(call, 'PUT', `${path}?overwrite=false`, 'second')).toEqual([
			409,
			'ALREADY_EXISTS',
			'FILES_API_FILE_ALREADY_EXISTS',
		]);
		expect((await call('GET', path)).body).toBe('first');
		await call('PUT', path, 'third');
		expect((await call('GET', path)).body).toBe('third');
		expect(await readdir(`${workspace.volumesRoot}/.incoming`)).toEqual([]);
	});

	test('an upload that breaks off leaves nothing', async () => {
		const { server, workspace, call } = await opened;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				controller.enqueue(new Uint8Array(1000));
				controller.error(new Error('connection lost'));
			},
		});
		const headers = { authorization: `Bearer ${workspace.token}` };
		const init: RequestInit & { duplex: 'half' } = { method: 'PUT', headers, body, duplex: 'half' };
		const request = new Request(`http://workspace.test${files}${landing}/broken.bin`, init);
		expect((await server.fetch(request)).status).toBe(500);
		expect((await call('HEAD', `${files}${landing}/broken.bin`)).status).toBe(404);
		expect(await readdir(`${workspace.volumesRoot}/.incoming`)).toEqual([]);
	});

	test('large uploads of the Python SDK are led to one PUT', async () => {
		const { call } = await opened;
		const session = await call('POST', `${files}${landing}/big.bin?action=initiate-upload`);
		expect(session).toMatchObject({
			status: 200,
			body: { multipart_upload: { session_token: expect.any(String) } },
		});
		for (const route of ['create-upload-part-urls', 'create-abort-upload-url']) {
			expect((await call('POST', `/api/2.0/fs/${route}`, {})).status).toBe(403);
		}
	});

	test.each([
		['GET', `${files}${landing}/none`, 404, 'NOT_FOUND', 'FILES_API_RESOURCE_NOT_FOUND'],
		['DELETE', `${files}${landing}/none`, 404, 'NOT_FOUND', 'FILES_API_RESOURCE_NOT_FOUND'],
		[
			'GET',
			`${files}/Volumes/bronze/scout/none/x`,
			404,
			'NOT_FOUND',
			'FILES_API_RESOURCE_NOT_FOUND',
		],
		[
			'PUT',
			`${files}/Volumes/bronze/scout/none/x`,
			404,
			'NOT_FOUND',
			'FILES_API_RESOURCE_NOT_FOUND',
		],
		['GET', `${directories}${landing}/none`, 404, 'NOT_FOUND', 'FILES_API_RESOURCE_NOT_FOUND'],
		['GET', `${files}/Volumes/bronze`, 400, 'INVALID_PARAMETER_VALUE', undefined],
		['GET', `${files}/etc/passwd`, 400, 'INVALID_PARAMETER_VALUE', undefined],
		['GET', `${files}${landing}%2F..%2F..%2Fx`, 400, 'INVALID_PARAMETER_VALUE', undefined],
		['PUT', `${files}${landing}`, 400, 'INVALID_PARAMETER_VALUE', undefined],
	])('%s %s is %d %s', async (method, path, ...refused) => {
		const { call } = await opened;
		expect(await refusal(call, method, path)).toEqual(refused);
	});
});

describe('directories of a volume', () => {
	const opened = withVolume();
	afterAll(async () => (await opened).server.close());

	test('are made with their parents, listed in pages and deleted when empty', async () => {
		const { call } = await opened;
		expect((await call('GET', `${directories}${landing}`)).body).toEqual({});
		for (const name of ['b', 'a/deep', 'a/deep']) {
			expect((await call('PUT', `${directories}${landing}/${name}`)).status).toBe(204);
		}
		await call('PUT', `${files}${landing}/c.txt`, '12345');
		const modified = expect.any(Number);
		const first = await call('GET', `${directories}${landing}?page_size=2`);
		expect(first.body).toEqual({
			contents: [
				{ path: `${landing}/a`, name: 'a', is_directory: true, last_modified: modified },
				{ path: `${landing}/b`, name: 'b', is_directory: true, last_modified: modified },
			],
			next_page_token: expect.any(String),
		});
		const token = String(at(first.body, 'next_page_token'));
		const second = await call('GET', `${directories}${landing}?page_size=2&page_token=${token}`);
		expect(second.body).toEqual({
			contents: [
				{
					path: `${landing}/c.txt`,
					name: 'c.txt',
					is_directory: false,
					file_size: 5,
					last_modified: Date.UTC(2026, 9, 1),
				},
			],
		});
		expect(await refusal(call, 'DELETE', `${directories}${landing}/a`)).toEqual([
			400,
			'BAD_REQUEST',
			'FILES_API_DIRECTORY_IS_NOT_EMPTY',
		]);
		expect((await call('DELETE', `${directories}${landing}/a/deep`)).status).toBe(204);
		expect((await call('DELETE', `${directories}${landing}/a`)).status).toBe(204);
	});

	test('a file is no directory, and a directory no file', async () => {
		const { call } = await opened;
		await call('PUT', `${files}${landing}/plain`, 'x');
		expect((await call('HEAD', `${directories}${landing}/plain`)).status).toBe(404);
		expect((await call('PUT', `${directories}${landing}/plain`)).status).toBe(409);
		await call('PUT', `${directories}${landing}/folder`);
		expect((await call('HEAD', `${directories}${landing}/folder`)).status).toBe(200);
		expect((await call('GET', `${files}${landing}/folder`)).status).toBe(404);
		expect((await call('PUT', `${files}${landing}/folder`, 'x')).status).toBe(409);
		expect((await call('PUT', `${files}${landing}/plain/below`, 'x')).status).toBe(409);
	});
});
