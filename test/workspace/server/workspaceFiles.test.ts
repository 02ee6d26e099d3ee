import { at, workspaceUnderTest } from './workspaceUnderTest';

const root = '/api/2.0/workspace';
const importFile = '/api/2.0/workspace-files/import-file';
const home = '/Workspace/Users/ana@example.com';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('workspace files', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());

	test('are imported as the CLI does it and exported as they were', async () => {
		const { call } = await opened;
		await call('POST', `${root}/mkdirs`, { path: `${home}/.bundle/files` });
		const encoded = `${importFile}/${encodeURIComponent(`${home}/.bundle/files/gold.sql`.slice(1))}`;
		const put = await call('POST', `${encoded}?overwrite=true`, 'SELECT 1');
		expect([put.status, put.body]).toEqual([200, {}]);
		const path = encodeURIComponent(`${home}/.bundle/files/gold.sql`);
		expect((await call('GET', `${root}/export?path=${path}&direct_download=true`)).body).toBe(
			'SELECT 1',
		);
		expect((await call('GET', `${root}/export?path=${path}`)).body).toEqual({
			content: base64('SELECT 1'),
		});
		const status = await call('GET', `${root}/get-status?path=${path}&return_export_info=true`);
		expect(status.body).toEqual({
			object_type: 'FILE',
			path: `${home}/.bundle/files/gold.sql`,
			object_id: expect.any(BigInt),
			resource_id: expect.any(String),
			created_at: expect.any(Number),
			modified_at: expect.any(Number),
			size: 8,
		});
	});

	test.each([
		['nb.py', '# Databricks notebook source\nprint(1)\n', 'nb', 'NOTEBOOK', 'PYTHON'],
		['nb2.sql', '-- Databricks notebook source\nSELECT 1\n', 'nb2', 'NOTEBOOK', 'SQL'],
		['plain.py', 'print(1)\n', 'plain.py', 'FILE', undefined],
		['other.txt', '# Databricks notebook source\n', 'other.txt', 'FILE', undefined],
		['longer.py', '# Databricks notebook sources\n', 'longer.py', 'FILE', undefined],
	])('%s becomes what its first line says', async (name, content, becomes, type, language) => {
		const { call } = await opened;
		await call('POST', `${importFile}${home}/${name}`, content);
		const { body } = await call('GET', `${root}/get-status?path=${home}/${becomes}`);
		expect([at(body, 'object_type'), at(body, 'language')]).toEqual([type, language]);
	});

	test('a second file without overwrite is a conflict: so a deploy is locked', async () => {
		const { call } = await opened;
		const lock = `${importFile}${home}/deploy.lock`;
		expect((await call('POST', `${lock}?overwrite=false`, 'one')).status).toBe(200);
		expect(await call('POST', `${lock}?overwrite=false`, 'two')).toMatchObject({
			status: 409,
			body: { message: `File already exists at (${home}/deploy.lock).` },
		});
	});

	test('a file without its folder is 404, and says which', async () => {
		const { call } = await opened;
		expect(await call('POST', `${importFile}${home}/none/f.txt`, 'x')).toMatchObject({
			status: 404,
			body: { message: `The parent folder (${home}/none) does not exist.` },
		});
	});

	test('imports come as JSON or as a form', async () => {
		const { call } = await opened;
		const json = {
			path: `${home}/from_json`,
			format: 'SOURCE',
			language: 'PYTHON',
			content: base64('print(1)'),
		};
		expect((await call('POST', `${root}/import`, json)).status).toBe(200);
		expect((await call('POST', `${root}/import`, json)).status).toBe(400);
		expect((await call('POST', `${root}/import`, { ...json, overwrite: true })).status).toBe(200);
		const form = new FormData();
		form.set('path', `${home}/from_form.sql`);
		form.set('format', 'AUTO');
		form.set('overwrite', 'true');
		form.set('content', new Blob(['SELECT 2']));
		expect((await call('POST', `${root}/import`, form)).status).toBe(200);
		const exported = await call('GET', `${root}/export?path=${home}/from_form.sql`);
		expect(exported.body).toEqual({ content: base64('SELECT 2') });
	});

	test('folders are listed and deleted, with what is in them only when told so', async () => {
		const { call } = await opened;
		await call('POST', `${root}/mkdirs`, { path: '/Shared/d/inner' });
		await call('POST', `${importFile}/Shared/d/f.txt`, 'x');
		const listed = at((await call('GET', `${root}/list?path=/Workspace/Shared/d`)).body, 'objects');
		const named = Array.isArray(listed)
			? listed.map((object) => [at(object, 'object_type'), at(object, 'path')])
			: [];
		expect(named).toEqual([
			['FILE', '/Workspace/Shared/d/f.txt'],
			['DIRECTORY', '/Workspace/Shared/d/inner'],
		]);
		const path = '/Workspace/Shared/d';
		expect(await call('POST', `${root}/delete`, { path })).toMatchObject({
			status: 400,
			body: { error_code: 'DIRECTORY_NOT_EMPTY' },
		});
		expect((await call('POST', `${root}/delete`, { path, recursive: true })).status).toBe(200);
		expect(await call('GET', `${root}/list?path=${path}`)).toMatchObject({
			status: 404,
			body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Path (${path}) doesn't exist.` },
		});
	});
});
