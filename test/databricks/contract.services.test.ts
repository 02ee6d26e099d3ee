import { Readable } from 'node:stream';
import { z } from 'zod/v4';
import { TokenCache } from '../../nodes/databricks/auth/tokenCache';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import {
	deleteFile,
	getFileInfo,
	listDirectory,
	uploadFile,
} from '../../nodes/databricks/files/files';
import { openDownload } from '../../nodes/databricks/files/fileTransfer';
import { me } from '../../nodes/databricks/identity';
import { collect } from '../../nodes/databricks/paging';
import { eventsOfUpdate } from '../../nodes/databricks/pipelines/pipelineEvents';
import { failureOf } from '../../nodes/databricks/pipelines/pipelineFailure';
import { qualityOf } from '../../nodes/databricks/pipelines/pipelineQuality';
import {
	findPipelineByName,
	outcomeOf,
	waitForUpdate,
} from '../../nodes/databricks/pipelines/pipelines';
import { startUpdate } from '../../nodes/databricks/pipelines/pipelineStart';
import { getEndpoint, listEndpoints } from '../../nodes/databricks/serving/serving';
import {
	getTable,
	listCatalogs,
	listSchemas,
	listTables,
	listVolumes,
} from '../../nodes/databricks/sql/tables';
import { getWarehouse, listWarehouses } from '../../nodes/databricks/sql/warehouses';
import { Workspace } from '../../nodes/databricks/workspace';
import { inAMinute, localClient } from './localClient';
import { errorOf } from './workspaceUnderTest';

const opened = localClient();
beforeAll(async () => {
	const { sql } = await opened;
	await sql(
		'CREATE CATALOG c',
		'CREATE SCHEMA c.s',
		'CREATE VOLUME c.s.v',
		'CREATE TABLE c.s.t (id BIGINT, amount DECIMAL(18,2))',
	);
});
afterAll(async () => (await opened).server.close());

describe('who asks', () => {
	it('is known by token and by service principal', async () => {
		const { workspace, asServicePrincipal, local } = await opened;
		const names = [await me(workspace), await me(asServicePrincipal())].map(
			({ userName }) => userName,
		);
		expect(names).toEqual(['ana@example.com', local.clientId]);
	});

	it('gets one new token for many requests when the old one is revoked', async () => {
		const { asServicePrincipal, local, requestsTo } = await opened;
		const principal = asServicePrincipal(new TokenCache());
		await me(principal);
		const before = requestsTo('POST', '/oidc/v1/token');
		local.revokeAccessTokens();
		await Promise.all([me(principal), me(principal), me(principal)]);
		expect(requestsTo('POST', '/oidc/v1/token') - before).toBe(1);
	});

	it('is told when the token or the secret is wrong', async () => {
		const { local, dispatcher } = await opened;
		const wrong = new Workspace({
			host: local.host,
			tokens: staticToken('dapi00000000000000000000000000000000'),
			dispatcher,
		});
		const error = await errorOf(() => me(wrong));
		expect([error.kind, error.status, error.message]).toEqual([
			'unauthenticated',
			403,
			'Invalid access token.',
		]);
	});

	it('is told which route the workspace does not have', async () => {
		const { workspace } = await opened;
		const error = await errorOf(() =>
			workspace.request({ method: 'GET', path: '/api/2.0/nothing/here' }),
		);
		expect([error.kind, error.status, error.message]).toEqual([
			'notImplemented',
			501,
			'The local workspace does not have GET /api/2.0/nothing/here.',
		]);
	});
});

describe('the catalog', () => {
	it('is listed level by level', async () => {
		const { workspace } = await opened;
		const names = async (items: AsyncIterable<{ name: string }>) =>
			(await collect(items)).map(({ name }) => name);
		expect(await names(listCatalogs(workspace))).toContain('c');
		expect(await names(listSchemas(workspace, 'c'))).toContain('s');
		expect(await names(listTables(workspace, 'c', 's'))).toEqual(['t']);
		expect(await names(listVolumes(workspace, 'c', 's'))).toEqual(['v']);
	});

	it('knows a table by name, and says when there is none', async () => {
		const { workspace } = await opened;
		const table = await getTable(workspace, 'c.s.t');
		expect([
			table.table_type,
			table.columns?.map(({ name, type_text }) => [name, type_text?.toLowerCase()]),
		]).toEqual([
			'MANAGED',
			[
				['id', 'bigint'],
				['amount', 'decimal(18,2)'],
			],
		]);
		expect(table.table_id).toMatch(/^[0-9a-f-]{36}$/);
		expect((await errorOf(() => getTable(workspace, 'c.s.none'))).kind).toBe('notFound');
	});

	it('has warehouses and endpoints', async () => {
		const { workspace, local } = await opened;
		expect((await collect(listWarehouses(workspace))).map(({ id }) => id)).toContain(
			local.warehouseId,
		);
		expect((await getWarehouse(workspace, local.warehouseId)).id).toBe(local.warehouseId);
		expect(await listEndpoints(workspace)).toEqual([]);
		expect((await errorOf(() => getEndpoint(workspace, 'none'))).kind).toBe('notFound');
	});
});

describe('files', () => {
	const deadlineMs = Number.POSITIVE_INFINITY;

	const folder = '/Volumes/c/s/v/RIM';
	const file = `${folder}/a b #1.jsonl`;

	it('go there and back, byte by byte', async () => {
		const { workspace } = await opened;
		const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
		await uploadFile(workspace, file, () => Readable.from([bytes]), {
			overwrite: false,
			contentLength: bytes.length,
		});
		const { bytes: read } = await openDownload(workspace, file, { deadlineMs });
		expect(Buffer.concat(await Readable.from(read).toArray()).equals(bytes)).toBe(true);
		expect((await getFileInfo(workspace, file))?.sizeBytes).toBe(70_000);
		expect(
			(await collect(listDirectory(workspace, folder))).map(({ name, file_size }) => [
				name,
				file_size,
			]),
		).toEqual([['a b #1.jsonl', 70_000]]);
		expect((await errorOf(() => uploadFile(workspace, file, 'x', { overwrite: false }))).kind).toBe(
			'conflict',
		);
		await deleteFile(workspace, file);
		expect(await getFileInfo(workspace, file)).toBeUndefined();
		expect((await errorOf(() => openDownload(workspace, file, { deadlineMs }))).kind).toBe(
			'notFound',
		);
	});

	it('are whole after a lost answer and a 503', async () => {
		const { workspace, local } = await opened;
		local.faults.add({ method: 'PUT', path: '/api/2.0/fs/files/*', status: 503 });
		local.faults.add({ method: 'PUT', path: '/api/2.0/fs/files/*', reset: true, when: 'after' });
		await uploadFile(workspace, `${folder}/b.jsonl`, () => Readable.from(['one\n', 'two\n']), {
			overwrite: true,
		});
		const { bytes: read } = await openDownload(workspace, `${folder}/b.jsonl`, { deadlineMs });
		expect(Buffer.concat(await Readable.from(read).toArray()).toString()).toBe('one\ntwo\n');
	});
});

describe('pipelines', () => {
	const source = '/Workspace/Shared/etl';

	async function pipelineOf(name: string, sqlText: string): Promise<string> {
		const { workspace } = await opened;
		await workspace.request({
			method: 'POST',
			path: '/api/2.0/workspace/mkdirs',
			json: { path: `${source}/${name}` },
		});
		await workspace.request({
			method: 'POST',
			path: `/api/2.0/workspace-files/import-file/${encodeURIComponent(`${source.slice(1)}/${name}/a.sql`)}`,
			query: { overwrite: true },
			body: sqlText,
		});
		const { pipeline_id } = await workspace.json(
			{
				method: 'POST',
				path: '/api/2.0/pipelines',
				json: {
					name,
					catalog: 'c',
					schema: 's',
					serverless: true,
					libraries: [{ glob: { include: `${source}/${name}/**` } }],
				},
			},
			z.looseObject({ pipeline_id: z.string() }),
		);
		return pipeline_id;
	}

	it('report their expectations, also when the answer of the start was lost', async () => {
		const { workspace, local, sql } = await opened;
		await sql(
			'CREATE TABLE c.s.raw (id INT, amount INT)',
			'INSERT INTO c.s.raw VALUES (1, 5), (2, -1), (NULL, 3), (4, 4)',
		);
		const pipelineId = await pipelineOf(
			'etl',
			`CREATE OR REFRESH MATERIALIZED VIEW clean (
				CONSTRAINT valid_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
				CONSTRAINT positive EXPECT (amount > 0)
			) AS SELECT id, amount FROM c.s.raw;`,
		);
		expect((await findPipelineByName(workspace, 'etl')).pipeline_id).toBe(pipelineId);
		local.faults.add({
			method: 'POST',
			path: '/api/2.0/pipelines/*/updates',
			reset: true,
			when: 'after',
		});
		const updateId = await startUpdate(workspace, { pipelineId });
		const update = await waitForUpdate(workspace, pipelineId, updateId, {
			deadlineMs: inAMinute(workspace),
		});
		const results = qualityOf(await eventsOfUpdate(workspace, pipelineId, update));
		expect([outcomeOf(update), results]).toEqual([
			'succeeded',
			[
				{
					dataset: 'c.s.clean',
					status: 'COMPLETED',
					outputRows: 3,
					upsertedRows: 0,
					deletedRows: 0,
					droppedRecords: 1,
					expectations: [
						{
							name: 'valid_id',
							action: 'drop',
							passedRecords: 3,
							failedRecords: 1,
							passRate: 0.75,
						},
						{
							name: 'positive',
							action: 'warn',
							passedRecords: 3,
							failedRecords: 1,
							passRate: 0.75,
						},
					],
				},
			],
		]);
	});

	it('say why they failed', async () => {
		const { workspace } = await opened;
		const pipelineId = await pipelineOf(
			'broken',
			'CREATE OR REFRESH MATERIALIZED VIEW b AS SELECT * FROM c.s.not_there;',
		);
		const updateId = await startUpdate(workspace, { pipelineId });
		const update = await waitForUpdate(workspace, pipelineId, updateId, {
			deadlineMs: inAMinute(workspace),
		});
		const error = await failureOf(workspace, pipelineId, update);
		expect([outcomeOf(update), error.kind, error.errorCode, error.ids.updateId]).toEqual([
			'failed',
			'failed',
			'TABLE_OR_VIEW_NOT_FOUND',
			updateId,
		]);
		expect(error.message).toContain('not_there');
	});
});
