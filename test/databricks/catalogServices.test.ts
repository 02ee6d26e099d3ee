import { Readable } from 'node:stream';
import {
	createDirectory,
	deleteFile,
	getFileInfo,
	listDirectory,
	uploadFile,
} from '../../nodes/databricks/files/files';
import { openDownload } from '../../nodes/databricks/files/fileTransfer';
import { me } from '../../nodes/databricks/identity';
import { collect } from '../../nodes/databricks/paging';
import { getEndpoint, invoke, listEndpoints } from '../../nodes/databricks/serving/serving';
import { isReady } from '../../nodes/databricks/serving/servingEndpoint';
import {
	getTable,
	listCatalogs,
	listSchemas,
	listTables,
	listVolumes,
} from '../../nodes/databricks/sql/tables';
import {
	getWarehouse,
	listWarehouses,
	startWarehouse,
} from '../../nodes/databricks/sql/warehouses';
import type { Workspace } from '../../nodes/databricks/workspace';
import { brokenConnection, errorOf, inTurn, json, workspaceUnderTest } from './workspaceUnderTest';

const file = '/Volumes/bronze/scout/landing/RIM/a b.jsonl';
const filePath = '/api/2.0/fs/files/Volumes/bronze/scout/landing/RIM/a%20b.jsonl';

describe('each call asks for what it says', () => {
	it.each<[string, (workspace: Workspace) => Promise<unknown>, unknown, string[]]>([
		['me', me, { userName: 'a@b', active: true }, ['GET /api/2.0/preview/scim/v2/Me']],
		[
			'a warehouse',
			async (workspace) => await getWarehouse(workspace, 'w 1'),
			{ id: 'w 1' },
			['GET /api/2.0/sql/warehouses/w%201'],
		],
		[
			'starting a warehouse',
			async (workspace) => await startWarehouse(workspace, 'w1'),
			{},
			['POST /api/2.0/sql/warehouses/w1/start'],
		],
		[
			'warehouses',
			async (workspace) => await collect(listWarehouses(workspace)),
			{ warehouses: [{ id: 'w1' }] },
			['GET /api/2.0/sql/warehouses'],
		],
		[
			'catalogs',
			async (workspace) => await collect(listCatalogs(workspace)),
			{ catalogs: [{ name: 'gold' }] },
			['GET /api/2.1/unity-catalog/catalogs?max_results=0'],
		],
		[
			'schemas',
			async (workspace) => await collect(listSchemas(workspace, 'gold')),
			{ schemas: [{ name: 'bir' }] },
			['GET /api/2.1/unity-catalog/schemas?catalog_name=gold&max_results=0'],
		],
		[
			'tables',
			async (workspace) => await collect(listTables(workspace, 'gold', 'bir')),
			{ tables: [{ name: 't' }] },
			[
				'GET /api/2.1/unity-catalog/tables?catalog_name=gold&schema_name=bir&omit_columns=true&omit_properties=true&max_results=0',
			],
		],
		[
			'volumes',
			async (workspace) => await collect(listVolumes(workspace, 'bronze', 'scout')),
			{},
			['GET /api/2.1/unity-catalog/volumes?catalog_name=bronze&schema_name=scout&max_results=0'],
		],
		[
			'a table',
			async (workspace) => await getTable(workspace, 'gold.bir.t'),
			{ name: 't', table_id: 'x' },
			['GET /api/2.1/unity-catalog/tables/gold.bir.t'],
		],
		[
			'an endpoint',
			async (workspace) => await getEndpoint(workspace, 'bir-tax-forecaster'),
			{ name: 'bir-tax-forecaster' },
			['GET /api/2.0/serving-endpoints/bir-tax-forecaster'],
		],
		['endpoints', listEndpoints, {}, ['GET /api/2.0/serving-endpoints']],
		[
			'a folder',
			async (workspace) =>
				await collect(listDirectory(workspace, '/Volumes/bronze/scout/landing/')),
			{ contents: [] },
			['GET /api/2.0/fs/directories/Volumes/bronze/scout/landing?page_size=1000'],
		],
		[
			'making a folder',
			async (workspace) => await createDirectory(workspace, '/Volumes/bronze/scout/landing/x'),
			'',
			['PUT /api/2.0/fs/directories/Volumes/bronze/scout/landing/x'],
		],
		[
			'deleting a file',
			async (workspace) => await deleteFile(workspace, file),
			'',
			[`DELETE ${filePath}`],
		],
	])('%s', async (_what, call, answer, requests) => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json(answer));
		const result = await call(workspace);
		expect(dispatcher.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(requests);
		const [items] = typeof answer === 'object' && answer !== null ? Object.values(answer) : [];
		if (Array.isArray(result)) expect(result).toEqual(items ?? []);
		else if (result !== undefined) expect(result).toEqual(answer);
	});
});

it('goes on behind an empty page of a catalog', async () => {
	const { workspace } = workspaceUnderTest(
		inTurn(
			() => json({ tables: [], next_page_token: 'a' }),
			() => json({ next_page_token: 'b' }),
			() => json({ tables: [{ name: 't', table_type: 'MATERIALIZED_VIEW' }] }),
		),
	);
	expect(await collect(listTables(workspace, 'gold', 'bir'))).toEqual([
		{ name: 't', table_type: 'MATERIALIZED_VIEW' },
	]);
});

describe('files', () => {
	const deadlineMs = Number.POSITIVE_INFINITY;

	it.each([
		['bytes', Buffer.from([1, 2, 255]), true],
		['a stream', () => Readable.from([Buffer.from([1, 2]), Buffer.from([255])]), false],
	])('are uploaded: %s', async (_what, content, overwrite) => {
		const bodies: Uint8Array[] = [];
		const { workspace, dispatcher } = workspaceUnderTest(async (request) => {
			bodies.push(new Uint8Array(await request.arrayBuffer()));
			return new Response(null, { status: 204 });
		});
		await uploadFile(workspace, file, content, { overwrite, contentLength: 3 });
		expect(bodies).toEqual([new Uint8Array([1, 2, 255])]);
		expect(
			dispatcher.seen.map(({ method, path, headers }) => [
				method,
				path,
				headers['content-type'],
				headers['content-length'],
			]),
		).toEqual([['PUT', `${filePath}?overwrite=${overwrite}`, 'application/octet-stream', '3']]);
	});

	it.each([
		[true, 2],
		[false, 1],
	])('with overwrite %s are sent %i times when the answer is lost', async (overwrite, times) => {
		const { workspace, dispatcher } = workspaceUnderTest(
			inTurn(
				() => {
					throw brokenConnection('ECONNRESET');
				},
				() => new Response(null, { status: 204 }),
			),
		);
		await uploadFile(workspace, file, 'x', { overwrite }).catch(() => undefined);
		expect(dispatcher.seen).toHaveLength(times);
	});

	it('are an error of kind conflict when they exist', async () => {
		const { workspace } = workspaceUnderTest(() =>
			json({ error_code: 'ALREADY_EXISTS', message: 'The file exists.' }, 409),
		);
		const error = await errorOf(() => uploadFile(workspace, file, 'x', { overwrite: false }));
		expect([error.kind, error.errorCode]).toEqual(['conflict', 'ALREADY_EXISTS']);
	});

	it('are downloaded as a stream', async () => {
		const { workspace } = workspaceUnderTest(
			() => new Response('hello', { headers: { 'content-type': 'text/plain' } }),
		);
		const { contentType, bytes: read } = await openDownload(workspace, file, { deadlineMs });
		expect([contentType, Buffer.concat(await Readable.from(read).toArray()).toString()]).toEqual([
			'text/plain',
			'hello',
		]);
	});

	it.each([
		[
			200,
			{ 'content-length': '5', 'last-modified': 'Sat, 21 Nov 2026 12:00:00 GMT' },
			{ sizeBytes: 5, contentType: undefined, lastModified: 'Sat, 21 Nov 2026 12:00:00 GMT' },
		],
		[404, {}, undefined],
	])('are known by HEAD: %i', async (status, headers, expected) => {
		const { workspace } = workspaceUnderTest(() => new Response(null, { status, headers }));
		expect(await getFileInfo(workspace, file)).toEqual(expected);
	});

	it.each([
		['/tmp/x'],
		['/Volumes/a/b'],
		['/Volumes/a/b/c/../../d'],
		['/Workspace/Volumes/a/b/c/d'],
	])('%s is no file of a volume', async (wrong) => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}));
		expect([(await errorOf(() => deleteFile(workspace, wrong))).kind, dispatcher.seen]).toEqual([
			'badRequest',
			[],
		]);
	});
});

describe('models', () => {
	it.each([
		['scoring', { dataframe_records: [{ a: 1 }] }, 2],
		['a chat', { messages: [{ role: 'user', content: 'hi' }] }, 1],
	])(
		'are asked again after a lost answer when that does no harm: %s',
		async (_what, body, times) => {
			const { workspace, dispatcher } = workspaceUnderTest(
				inTurn(
					() => {
						throw brokenConnection('ECONNRESET');
					},
					() => json({ predictions: [1.5] }),
				),
			);
			await invoke(workspace, 'm', body).catch(() => undefined);
			expect(dispatcher.seen.map(({ path }) => path)).toEqual(
				Array(times).fill('/serving-endpoints/m/invocations'),
			);
		},
	);

	it.each([
		[{ name: 'm', state: { ready: 'READY' } }, true],
		[{ name: 'm', state: { ready: 'NOT_READY' } }, false],
		[{ name: 'm', state: { ready: 'INVENTED' } }, false],
		[{ name: 'm' }, false],
	])('%j is ready: %s', (endpoint, expected) => {
		expect(isReady(endpoint)).toBe(expected);
	});
});
