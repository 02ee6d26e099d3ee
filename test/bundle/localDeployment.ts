import { join } from 'node:path';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { uploadFile } from '../../nodes/databricks/files/files';
import { eventsOfUpdate } from '../../nodes/databricks/pipelines/pipelineEvents';
import { qualityOf } from '../../nodes/databricks/pipelines/pipelineQuality';
import { startUpdate } from '../../nodes/databricks/pipelines/pipelineStart';
import { waitForUpdate, type StartUpdateRequest } from '../../nodes/databricks/pipelines/pipelines';
import { rows } from '../../nodes/databricks/sql/statementRows';
import { runStatement } from '../../nodes/databricks/sql/statements';
import { Workspace } from '../../nodes/databricks/workspace';
import { deploy, type Deployment } from '../../tooling/deploy/deploy';
import type { LocalWorkspace } from '../../workspace/localWorkspace';
import { createServer } from '../../workspace/server';
import type { ScoutExport } from '../../workspace/sample/exports';

export const bundleFolder = join(__dirname, '../../bundle');

/** A local workspace behind a port, and the client that reaches it. */
export class LocalDeployment {
	private constructor(
		readonly client: Workspace,
		readonly local: LocalWorkspace,
		readonly warehouseId: string,
		readonly close: () => Promise<void>,
	) {}

	static async start(): Promise<LocalDeployment> {
		const server = createServer();
		const local = await server.addWorkspace();
		const { url } = await server.listen(0);
		const client = new Workspace({ host: url, tokens: staticToken(local.token) });
		return new LocalDeployment(client, local, local.warehouseId, () => server.close());
	}

	async deploy(target = 'dev', folder = bundleFolder): Promise<Deployment> {
		return await deploy({ bundleFolder: folder, target, workspace: this.client });
	}

	/** Puts exports where the ingestion workflow puts them. */
	async land(exports: readonly ScoutExport[]): Promise<void> {
		const upload = async ({ exportId, agency, lines }: ScoutExport): Promise<void> => {
			const path = `/Volumes/bronze/scout/landing/${agency}/${exportId}.jsonl`;
			const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
			await uploadFile(this.client, path, content, { overwrite: true });
		};
		for (let at = 0; at < exports.length; at += 16) {
			await Promise.all(exports.slice(at, at + 16).map(upload));
		}
	}

	/** Runs an update to its end: its state, and what it did to each dataset. */
	async update(request: StartUpdateRequest) {
		const { pipelineId } = request;
		const updateId = await startUpdate(this.client, request);
		const update = await waitForUpdate(this.client, pipelineId, updateId, deadline());
		const events = await eventsOfUpdate(this.client, pipelineId, update);
		return { state: update.state, events, datasets: qualityOf(events) };
	}

	/** Rows of a statement as they stand on the wire. */
	async query(statement: string): Promise<(string | null)[][]> {
		const request = { statement, warehouseId: this.warehouseId };
		const ended = await runStatement(this.client, request, deadline());
		const all: (string | null)[][] = [];
		for await (const chunk of rows(this.client, ended)) {
			for (const row of chunk.rows) all.push([...row]);
		}
		return all;
	}
}

export function deadline(): { deadlineMs: number } {
	return { deadlineMs: Date.now() + 60_000 };
}
