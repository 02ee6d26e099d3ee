import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeUnderTest, Workbench } from './workbench';

/** What a workspace needs before its pipelines can be made. */
export async function prepareCatalog({ workspace }: Workbench): Promise<void> {
	await workspace.lakehouse.runScript(
		'CREATE CATALOG silver; CREATE SCHEMA silver.scout; CREATE VOLUME silver.scout.landing',
		{ user: 'test' },
	);
}

let pipelines = 0;
/** A pipeline whose only source file is the text. */
export async function pipeline(
	on: Workbench,
	text: string,
	more: Record<string, unknown> = {},
): Promise<{ id: string; name: string }> {
	const name = `etl ${++pipelines}`;
	const path = `/Shared/${name}.sql`;
	const content = Buffer.from(text).toString('base64');
	await on.call('POST', '/api/2.0/workspace/import', { path, format: 'RAW', content });
	const created = await on.text('POST', '/api/2.0/pipelines', {
		name,
		catalog: 'silver',
		schema: 'scout',
		serverless: true,
		libraries: [{ file: { path: `/Workspace${path}` } }],
		...more,
	});
	return { id: /"pipeline_id":\s*"([^"]+)"/.exec(created)?.[1] ?? '', name };
}

/** Puts a file of JSON lines, or of any text, below /Volumes/silver/scout/landing. */
export async function land(
	on: Workbench,
	name: string,
	rows: readonly object[] | string,
): Promise<void> {
	const path = join(on.workspace.volumesRoot, 'silver', 'scout', 'landing', name);
	await mkdir(join(path, '..'), { recursive: true });
	const text = typeof rows === 'string' ? rows : rows.map((row) => JSON.stringify(row)).join('\n');
	await writeFile(path, text);
}

/** The node, set to a pipeline by its ID. */
export const update = (
	id: string,
	more: Record<string, unknown> = {},
	settings: Record<string, unknown> = {},
): NodeUnderTest => ({
	type: 'databricksPipelineUpdate',
	parameters: {
		authentication: 'accessToken',
		pipeline: { __rl: true, mode: 'id', value: id },
		...more,
	},
	settings,
});

/** The updates of a pipeline, the newest first. */
export async function updatesOf(on: Workbench, id: string) {
	const text = await on.text('GET', `/api/2.0/pipelines/${id}/updates`);
	return [...text.matchAll(/"update_id":\s*"([^"]+)"[\s\S]*?"state":\s*"(\w+)"/g)].map(
		([, updateId, state]) => ({ updateId, state }),
	);
}
