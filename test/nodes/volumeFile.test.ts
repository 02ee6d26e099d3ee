import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { contentOf, VolumeBench } from './volumeBench';
import type { Workbench } from './workbench';

let bench: Workbench;
let volumes: VolumeBench;
let folder = '';
beforeAll(async () => {
	volumes = await VolumeBench.open();
	({ bench } = volumes);
});
afterAll(() => volumes.bench.close());
beforeEach(() => {
	volumes.begin();
	({ folder } = volumes);
});

const run: VolumeBench['run'] = (...given) => volumes.run(...given);
const items: VolumeBench['items'] = (...given) => volumes.items(...given);
const write: VolumeBench['write'] = (...given) => volumes.write(...given);
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const file = (content: Buffer): INodeExecutionData => ({
	json: {},
	binary: { data: { data: content.toString('base64'), mimeType: 'application/octet-stream' } },
});
const message = (pattern: RegExp) => ({ message: expect.stringMatching(pattern) });
const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251));

test('a file goes up and comes down as it is, with its size and checksum', async () => {
	const path = `${folder}/a/b/export.bin`;
	const measured = { path, size: bytes.length, sha256: sha256(bytes) };
	expect(await run('upload', path, {}, [file(bytes)])).toEqual([{ ...measured, uploaded: true }]);
	const [item] = await items('download', path);
	expect(item?.json).toEqual({ ...measured, name: 'export.bin' });
	expect((await contentOf(item)).equals(bytes)).toBe(true);
});

test('a download that is cut ten times is whole', async () => {
	const path = `${folder}/cut.bin`;
	await run('upload', path, {}, [file(bytes)]);
	bench.workspace.faults.add({
		method: 'GET',
		path: '/api/2.0/fs/files/*',
		truncate: true,
		times: 10,
	});
	const [item] = await items('download', path);
	expect(bench.workspace.faults.list()[0]?.hits).toBe(10);
	expect((await contentOf(item)).equals(bytes)).toBe(true);
}, 30_000);

test('a file that changes during a cut download is not mixed with the one before', async () => {
	const path = `${folder}/changing.bin`;
	await run('upload', path, {}, [file(bytes)]);
	bench.workspace.faults.add({ method: 'GET', path: '/api/2.0/fs/files/*', truncate: true });
	bench.workspace.faults.add({ method: 'GET', path: '/api/2.0/fs/files/*', status: 412 });
	await expect(items('download', path)).rejects.toMatchObject({
		message: `${path} was changed while it was downloaded.`,
	});
});

test('a resumed download names the file it began with', async () => {
	const path = `${folder}/stale.bin`;
	await write(path, 'abc');
	const call = (headers: Record<string, string>) =>
		bench.server.fetch(
			new Request(`${bench.url}/api/2.0/fs/files${path}`, {
				headers: { authorization: `Bearer ${bench.workspace.token}`, ...headers },
			}),
		);
	const whole = await call({});
	const since = whole.headers.get('last-modified') ?? '';
	await whole.text();
	const rest = await call({ range: 'bytes=1-', 'if-unmodified-since': since });
	expect([rest.status, await rest.text()]).toEqual([206, 'bc']);
	const changed = await call({ 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' });
	expect(changed.status).toBe(412);
	await changed.text();
});

test.each([
	['fail', 'other', /already exists/],
	['overwrite', 'other', { uploaded: true }],
	['skipOrFail', 'same', { uploaded: false }],
	['skipOrFail', 'other', /already exists/],
	['skipOrOverwrite', 'same', { uploaded: false }],
	['skipOrOverwrite', 'other', { uploaded: true }],
])('a file that is there: %s, with %s content', async (ifExists, text, outcome) => {
	const path = `${folder}/there.txt`;
	await write(path, 'same');
	const again = write(path, text, { ifExists });
	if (outcome instanceof RegExp) await expect(again).rejects.toMatchObject(message(outcome));
	else expect(await again).toMatchObject([outcome]);
});

test.each([
	['spaces and signs', 'a b+c&d=e?f#g%h;i,j@k!l(m)\'n"'],
	['accents, composed', 'caf\u00e9.txt'],
	['accents, decomposed', 'cafe\u0301.txt'],
	['scripts', 'Ελληνικά 日本語 العربية हिन्दी.txt'],
	['an emoji', '📈.txt'],
	['dots', '..a...txt'],
	['blanks at both ends', ' a \u00a0\ufeff '],
	['what looks encoded already', '%2F%41%zz+%'],
	['control characters and a line break inside', 'a\u0001\t\n\u007f\u0085b'],
	['marks of direction', '\u202eabc\u200f'],
	['a back slash, a colon and quotes', 'C:\\x "y" `z`'],
])('a name with %s', async (_case, name) => {
	const path = `${folder}/${name}`;
	await write(path, name);
	expect(await run('list', folder)).toMatchObject([{ path, name }]);
	expect((await volumes.download(path)).toString()).toBe(name);
	expect(await run('delete', path)).toEqual([{ path, deleted: true }]);
});

/** Names of 60 characters of which each one of a range is in one: no slash, no NUL, no surrogates. */
function namesOf(first: number, last: number, step: number): string[] {
	const names: string[] = [];
	let name: string[] = [];
	for (let code = first; code <= last; code += step) {
		if (code === 0 || code === 47 || (code >= 0xd800 && code <= 0xdfff)) continue;
		// A path from an expression may end in a line break, which is no part of it.
		name.push(String.fromCodePoint(code));
		if (name.length === 60 || code + step > last) names.push(`${name.join('')}.`);
		if (name.length === 60) name = [];
	}
	return names;
}

test('every character of the basic plane of Unicode, and some of each other plane, can be in a name', async () => {
	const names = [...namesOf(0, 0xffff, 1), ...namesOf(0x10000, 0x10ffff, 97)];
	const input = names.map((name) => ({ json: { path: `${folder}/${name}` } }));
	const more = { contentFrom: 'text', text: 'x', createFolders: false };
	const uploaded = await run('upload', '={{ $json.path }}', more, input);
	expect(uploaded.map(({ path }) => path)).toEqual(input.map(({ json }) => json.path));
	const listed = (await run('list', folder)).map(({ name }) => String(name));
	expect(new Set(listed)).toEqual(new Set(names));
}, 60_000);

test('half a character is refused', async () => {
	await expect(run('get', `${folder}/a\ud800b`)).rejects.toMatchObject(message(/half a character/));
});

const volume = (mode: string, value: string) => ({
	pathFrom: 'volume',
	catalog: { __rl: true, mode: 'list', value: 'bronze' },
	schema: { __rl: true, mode: 'list', value: 'scout' },
	volume: { __rl: true, mode, value },
});

test.each([
	['from the list', volume('list', 'landing')],
	['by name', volume('name', 'landing')],
	['by its full name', { ...volume('name', 'bronze.scout.landing'), catalog: undefined }],
	[
		'by the address of its page',
		{
			pathFrom: 'volume',
			volume: {
				__rl: true,
				mode: 'url',
				value: 'https://adb-1.7.azuredatabricks.net/explore/data/volumes/bronze/scout/landing?o=1',
			},
		},
	],
])('a volume chosen %s', async (_case, chosen) => {
	const inside = folder.slice('/Volumes/bronze/scout/landing/'.length);
	expect(await write(`${inside}/a.txt`, 'a', chosen)).toMatchObject([{ path: `${folder}/a.txt` }]);
	expect(
		await run('move', `/${inside}/a.txt`, { ...chosen, newPath: `${inside}/b.txt` }),
	).toMatchObject([{ path: `${folder}/b.txt` }]);
	expect(await run('get', `${folder}/b.txt`, chosen)).toMatchObject([{ exists: true }]);
	const all = await run('list', '/', { ...chosen, recursive: true, pattern: `${inside}/*` });
	expect(all).toMatchObject([{ path: `${folder}/b.txt` }]);
});

test('volumes are listed', async () => {
	const listed = await bench.search('databricksVolumeFile', 'searchVolumes', 'land', {
		authentication: 'accessToken',
		...volume('list', ''),
	});
	expect(listed).toEqual([
		{
			name: 'landing',
			value: 'landing',
			url: `${bench.url}/explore/data/volumes/bronze/scout/landing`,
		},
	]);
});

test('lists are recursive, by pattern, over all pages, and limited', async () => {
	const names = ['a.csv', 'b.jsonl', 'x/c.csv', 'x/y/d.csv'];
	for (const name of names) await write(`${folder}/${name}`, name);
	const listed = async (more: Record<string, unknown>) =>
		(await run('list', folder, more)).map(({ path }) => String(path).slice(folder.length + 1));
	expect(await listed({})).toEqual(['a.csv', 'b.jsonl']);
	expect(await listed({ includeFolders: true })).toEqual(['a.csv', 'b.jsonl', 'x']);
	expect(await listed({ recursive: true })).toEqual(names);
	expect(await listed({ recursive: true, pattern: '*.csv' })).toEqual([
		'a.csv',
		'x/c.csv',
		'x/y/d.csv',
	]);
	expect(await listed({ recursive: true, pattern: 'x/**' })).toEqual(['x/c.csv', 'x/y/d.csv']);
	expect(await listed({ recursive: true, pattern: '**/?.csv' })).toEqual([
		'a.csv',
		'x/c.csv',
		'x/y/d.csv',
	]);
	expect(await listed({ recursive: true, returnAll: false, limit: 2 })).toEqual([
		'a.csv',
		'b.jsonl',
	]);
});

test('files move, with their content, and never over another by accident', async () => {
	const [from, to] = [`${folder}/in/a.txt`, `${folder}/done/b.txt`];
	await write(from, 'content');
	expect(await run('move', from, { newPath: to })).toEqual([
		{ path: to, moved_from: from, size: 7, sha256: sha256('content') },
	]);
	expect(await run('get', from)).toEqual([{ path: from, name: 'a.txt', exists: false }]);
	await write(from, 'new');
	await expect(run('move', from, { newPath: to })).rejects.toMatchObject(message(/already exists/));
	expect((await volumes.download(from)).toString()).toBe('new');
	await run('move', from, { newPath: to, overwrite: true });
	expect((await volumes.download(to)).toString()).toBe('new');
});

test('what is there can be asked for, and what is not is no failure', async () => {
	const path = `${folder}/a.txt`;
	await write(path, 'content');
	expect(await run('get', path)).toEqual([
		{ path, name: 'a.txt', exists: true, size: 7, modified_at: expect.stringMatching(/^20/) },
	]);
	expect(await run('delete', path)).toEqual([{ path, deleted: true }]);
	expect(await run('delete', path)).toEqual([{ path, deleted: false }]);
	await expect(run('delete', path, { ifMissing: 'fail' })).rejects.toMatchObject(
		message(/not found/),
	);
	await expect(run('download', path)).rejects.toMatchObject(message(/not found/));
});

test('folders are created, and deleted when empty or with everything', async () => {
	const path = `${folder}/new/folder`;
	expect(await run('createFolder', `${path}/`)).toEqual([{ path, created: true }]);
	await write(`${path}/a.txt`, 'a');
	await write(`${path}/below/b.txt`, 'b');
	await expect(run('delete', path, { deleteWhat: 'folder' })).rejects.toMatchObject(
		message(/not empty/),
	);
	expect(await run('delete', path, { deleteWhat: 'tree' })).toEqual([{ path, deleted: true }]);
	expect(await run('list', `${folder}/new`, { includeFolders: true })).toEqual([]);
	await run('delete', `${folder}/new`, { deleteWhat: 'folder' });
	await expect(run('list', `${folder}/new`)).rejects.toMatchObject(message(/not found/));
});

test('a file above the limit of the service is refused, and leaves nothing', async () => {
	const path = `${folder}/big.bin`;
	await expect(run('upload', path, {}, [file(Buffer.alloc(1_000_001))])).rejects.toMatchObject({
		httpCode: '413',
	});
	expect(await run('get', path)).toMatchObject([{ exists: false }]);
});

test('an upload that is cut leaves no half file', async () => {
	const path = `${folder}/half.bin`;
	let sent = 0;
	const body = new ReadableStream<Uint8Array>({
		pull(controller) {
			if (sent++ > 3) controller.error(new Error('cut'));
			else controller.enqueue(new Uint8Array(1_000));
		},
	});
	const request: RequestInit & { duplex: 'half' } = {
		method: 'PUT',
		headers: { authorization: `Bearer ${bench.workspace.token}` },
		body,
		duplex: 'half',
	};
	const address = `${bench.url}/api/2.0/fs/files${path}`;
	const answer = await bench.server.fetch(new Request(address, request));
	expect(answer.ok).toBe(false);
	expect(await run('get', path)).toMatchObject([{ exists: false }]);
	const incoming = join(bench.workspace.volumesRoot, '.incoming');
	expect(await readdir(incoming)).toEqual([]);
});

test.each(['landing/a.txt', '/Volumes/bronze/a.txt', '/Workspace/a.txt'])(
	'%s is not a path in a volume',
	async (path) => {
		await expect(run('get', path)).rejects.toMatchObject({
			message: expect.stringContaining('is not a path in a volume'),
		});
	},
);
