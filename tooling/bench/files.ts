import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import '../engine/prepareProcess';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createEngine } from '../engine/engine';
import { repositoryRoot } from '../start/repositoryRoot';
import { openFileServer } from './fileServer';
import type { Benchmark, Contender } from './measure';

const gigabytes = 5;
const size = gigabytes * 1e9;
const folder = '/Volumes/bronze/scout/landing';
const credential = 'databricksLakehouseTokenApi';

/** The node in n8n's engine, which keeps files on the disk as n8n does. */
function volumeFile(
	name: string,
	parameters: IDataObject,
	input: (bytes: number) => Promise<INodeExecutionData>,
): Contender {
	return {
		name,
		prepare: async ({ url = '' }) => {
			const engine = createEngine({ packageDirectories: [repositoryRoot(__dirname)] });
			await engine.load();
			const node = {
				id: 'node',
				name: 'Node',
				type: 'n8n-nodes-databricks-lakehouse.databricksVolumeFile',
				typeVersion: 1,
				position: [0, 0],
				parameters: { authentication: 'accessToken', ...parameters },
				credentials: { [credential]: { name: 'Stand-in' } },
			};
			const transfer = async (bytes: number) => {
				const parameters = { ...node.parameters, path: join(folder, `${bytes}.bin`) };
				const workflow = {
					name: 'Benchmark',
					nodes: [{ ...node, parameters }],
					connections: {},
				};
				const execution = await engine.execute(workflow, {
					startNode: 'Node',
					credentials: [{ type: credential, data: { host: url, token: 'dapi0' } }],
					input: [await input(bytes)],
				});
				if (execution.error !== undefined) throw execution.error;
				const [done] = execution.items('Node');
				return `${String(done?.json.size)} bytes`;
			};
			// What a process loads once, at its first file, is no part of what a big one takes.
			await transfer(100_000);
			return async () => await transfer(size);
		},
	};
}

/** A file in n8n's store that takes no room on the disk: nothing but a length. */
async function sparseFile(bytes: number): Promise<INodeExecutionData> {
	const store = Container.get(BinaryDataService);
	const location = { type: 'execution', workflowId: 'bench', executionId: '1' } as const;
	const data = await store.store(location, Buffer.from('0'), {
		data: '',
		mimeType: 'application/octet-stream',
		fileName: 'export.bin',
	});
	const path = store.getPath(data.id ?? '');
	await truncate(path, bytes);
	const metadata: unknown = JSON.parse(await readFile(`${path}.metadata`, 'utf8'));
	await writeFile(
		`${path}.metadata`,
		JSON.stringify(Object.assign({}, metadata, { fileSize: bytes })),
	);
	return { json: {}, binary: { data: { ...data, bytes } } };
}

const upload = `upload of ${gigabytes} GB`;
const download = `download of ${gigabytes} GB`;

const lean = (name: string) => ({
	text: 'at most 60 MB above idle',
	isMet: (figures: ReadonlyMap<string, { peakBytes: number }>) => {
		const own = figures.get(name);
		return own === undefined ? undefined : own.peakBytes <= 60 * 1_048_576;
	},
});
const whole = (name: string) => ({
	text: 'all of it',
	isMet: (figures: ReadonlyMap<string, { done: string }>) =>
		figures.get(name) === undefined ? undefined : figures.get(name)?.done === `${size} bytes`,
});

/** Big files up and down: memory must not grow with them. */
export const benchmark: Benchmark = {
	title: 'Volume File: big files as streams',
	open: openFileServer,
	cases: [
		{
			name: upload,
			contenders: [volumeFile(upload, { operation: 'upload' }, sparseFile)],
			goals: [lean(upload), whole(upload)],
		},
		{
			name: download,
			contenders: [volumeFile(download, { operation: 'download' }, async () => ({ json: {} }))],
			goals: [lean(download), whole(download)],
		},
	],
};
