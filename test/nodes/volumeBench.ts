import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { Workbench } from './workbench';

/** A workspace with one volume, and the node that reads and writes it. */
export class VolumeBench {
	/** A folder of the volume that no other test uses; not there at first. */
	folder = '';
	private made = 0;

	private constructor(readonly bench: Workbench) {}

	static async open(): Promise<VolumeBench> {
		const bench = await Workbench.open({ limits: { fileBytes: 1_000_000 } });
		await bench.workspace.lakehouse.runScript(
			'CREATE CATALOG bronze; CREATE SCHEMA bronze.scout; CREATE VOLUME bronze.scout.landing',
			{ user: 'test' },
		);
		return new VolumeBench(bench);
	}

	/** Before each test. */
	begin(): void {
		this.bench.workspace.faults.clear();
		this.folder = `/Volumes/bronze/scout/landing/t${++this.made}`;
	}

	async items(
		operation: string,
		path: string,
		more: Record<string, unknown> = {},
		input: INodeExecutionData[] = [{ json: {} }],
	): Promise<INodeExecutionData[]> {
		const parameters = { authentication: 'accessToken', operation, path, ...more };
		const node = { type: 'databricksVolumeFile', parameters };
		const execution = await this.bench.run(node, { input });
		if (execution.error) throw execution.error;
		return execution.items('Node');
	}

	async run(...given: Parameters<VolumeBench['items']>): Promise<IDataObject[]> {
		return (await this.items(...given)).map(({ json }) => json);
	}

	async write(path: string, text: string, more: Record<string, unknown> = {}) {
		return await this.run('upload', path, { contentFrom: 'text', text, ...more });
	}

	async download(path: string): Promise<Buffer> {
		return await contentOf((await this.items('download', path))[0]);
	}
}

/** The file that an item carries. */
export async function contentOf(item: INodeExecutionData | undefined): Promise<Buffer> {
	const data = item?.binary?.data;
	if (data === undefined) throw new Error('The item has no file.');
	return await Container.get(BinaryDataService).getAsBuffer(data);
}
