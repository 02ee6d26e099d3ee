import type { ServerOptions } from '../../../workspace/server';
import { pipelinesOf } from '../../../workspace/pipelines/pipelines';
import { workspaceFilesOf } from '../../../workspace/workspaceFiles/workspaceFiles';
import { at, workspaceUnderTest } from '../server/workspaceUnderTest';

const folder = '/Workspace/Shared/pipeline';

/** A workspace with catalog c, schema s and one pipeline whose only file is the SQL given. */
export async function pipelineUnderTest(
	sql: string,
	options: ServerOptions = {},
	stateFolder?: string,
) {
	const { server, workspace, call } = await workspaceUnderTest(options, stateFolder);
	const user = { user: workspace.user.userName };
	if ((await workspace.lakehouse.catalogs.get('c')) === undefined) {
		await workspace.lakehouse.run('CREATE CATALOG c', user);
		await workspace.lakehouse.run('CREATE SCHEMA c.s', user);
	}
	const spec = {
		name: 'etl',
		catalog: 'c',
		schema: 's',
		serverless: true,
		libraries: [{ glob: { include: `${folder}/**` } }],
	};
	const pipelines = pipelinesOf(workspace);
	const existing = pipelines.list()[0]?.pipelineId;
	const pipelineId = existing ?? (await pipelines.create(spec, user.user)).pipelineId;
	const write = async (text: string) => {
		const files = workspaceFilesOf(workspace);
		await files.mkdirs(folder);
		await files.writeFile(`${folder}/a.sql`, Buffer.from(text), true);
	};
	if (existing === undefined) await write(sql);
	const root = `/api/2.0/pipelines/${pipelineId}`;
	return {
		server,
		workspace,
		call,
		pipelines,
		pipelineId,
		root,
		write,
		sql: async (statement: string) => (await workspace.lakehouse.run(statement, user)).rows,
		/** Starts an update over HTTP and waits for its end: its state, and its events as short texts. */
		update: async (body: Record<string, unknown> = {}) => {
			const started = await call('POST', `${root}/updates`, body);
			const updateId = String(at(started.body, 'update_id'));
			const { state, events } = await pipelines.whenEnded(pipelineId, updateId);
			const short = updateId.slice(0, 6);
			return {
				updateId,
				state,
				messages: events.map(({ message }) => message.replaceAll(short, 'U')),
				errors: events.flatMap(({ error }) => error?.exceptions.map((each) => each.message) ?? []),
			};
		},
	};
}

export { at };
