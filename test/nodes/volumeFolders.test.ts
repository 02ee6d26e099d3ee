import { VolumeBench } from './volumeBench';

let volumes: VolumeBench;
let folder = '';
beforeAll(async () => {
	volumes = await VolumeBench.open();
});
afterAll(() => volumes.bench.close());
beforeEach(() => {
	volumes.begin();
	({ folder } = volumes);
});

const run: VolumeBench['run'] = (...given) => volumes.run(...given);
const write: VolumeBench['write'] = (...given) => volumes.write(...given);
const message = (pattern: RegExp) => ({ message: expect.stringMatching(pattern) });

describe('a folder that is missing', () => {
	const carryOn = { ifFolderMissing: 'continue', recursive: true };

	test('is an error, or has no files', async () => {
		await expect(run('list', folder)).rejects.toMatchObject(message(/not found/));
		expect(await run('list', folder, carryOn)).toEqual([]);
	});

	test('is an error all the same when its volume is missing, too', async () => {
		const elsewhere = '/Volumes/bronze/scout/nowhere';
		for (const path of [elsewhere, `${elsewhere}/folder`]) {
			await expect(run('list', path, carryOn)).rejects.toMatchObject(
				message(/Volume 'bronze.scout.nowhere' does not exist/),
			);
		}
	});

	test('is an error when it goes away while its files are listed', async () => {
		await write(`${folder}/a.txt`, 'a');
		await write(`${folder}/below/b.txt`, 'b');
		volumes.bench.workspace.faults.add({
			method: 'GET',
			path: `/api/2.0/fs/directories${folder}/below`,
			status: 404,
			body: { error_code: 'NOT_FOUND', message: 'The directory being accessed is not found.' },
		});
		await expect(run('list', folder, carryOn)).rejects.toMatchObject(message(/not found/));
	});
});

describe('uploads of several items', () => {
	const upload = async (paths: readonly string[], options: Record<string, unknown> = {}) =>
		await run(
			'upload',
			'={{ $json.path }}',
			{ contentFrom: 'text', text: '={{ $json.text }}', options },
			paths.map((path, at) => ({ json: { path: `${folder}/${path}`, text: `${at}` } })),
		);
	const delayFirst = () =>
		volumes.bench.workspace.faults.add({
			method: 'PUT',
			path: '/api/2.0/fs/files/*',
			delayMs: 300,
		});
	/** Names of the files, in the order in which they were written. */
	const written = async () =>
		(await run('list', folder))
			.sort((a, b) => String(a.modified_at).localeCompare(String(b.modified_at)))
			.map(({ name }) => name);

	test.each([
		['several at once', {}, ['b', 'a']],
		['one at a time when told so', { parallelUploads: 1 }, ['a', 'b']],
	])('go %s, and come out in their order', async (_how, options, order) => {
		delayFirst();
		const items = await upload(['a', 'b'], options);
		expect(items.map(({ path }) => path)).toEqual([`${folder}/a`, `${folder}/b`]);
		expect(await written()).toEqual(order);
	});

	test('to one path leave the content of the last', async () => {
		delayFirst();
		await upload(['a', 'a', 'b', 'a']);
		expect((await volumes.download(`${folder}/a`)).toString()).toBe('3');
	});

	test('make each folder once', async () => {
		const makes = { method: 'PUT', path: '/api/2.0/fs/directories/*', delayMs: 0, times: 0 };
		volumes.bench.workspace.faults.add(makes);
		await upload(['x/1', 'x/2', 'y/3', 'x/4', 'y/5', 'x/6']);
		expect(volumes.bench.workspace.faults.list()[0]?.hits).toBe(2);
	});

	test('try again to make a folder that could not be made for another item', async () => {
		const body = { error_code: 'PERMISSION_DENIED', message: 'Not now.' };
		const path = '/api/2.0/fs/directories/*';
		volumes.bench.workspace.faults.add({ method: 'PUT', path, status: 403, body });
		const parameters = {
			authentication: 'accessToken',
			operation: 'upload',
			path: '={{ $json.path }}',
			contentFrom: 'text',
			text: 'x',
			options: { parallelUploads: 1 },
		};
		const execution = await volumes.bench.run(
			{
				type: 'databricksVolumeFile',
				parameters,
				settings: { onError: 'continueRegularOutput' },
			},
			{ input: ['a', 'b'].map((name) => ({ json: { path: `${folder}/${name}` } })) },
		);
		expect(execution.items('Node').map(({ json }) => json)).toMatchObject([
			{ error: expect.stringContaining('Not now.') },
			{ path: `${folder}/b`, uploaded: true },
		]);
	});
});
