import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { Workspace } from '../../nodes/databricks/workspace';
import { systemClock, type Clock } from '../../workspace/clock';
import type { Limits } from '../../workspace/limits';
import type { LocalWorkspace } from '../../workspace/localWorkspace';
import { startNeighbours, type Neighbours } from '../../workspace/neighbours/neighbours';
import type { Pace } from '../../workspace/pace';
import {
	generateExports,
	type SampleData,
	type SampleOptions,
} from '../../workspace/sample/exports';
import { createServer } from '../../workspace/server';
import { deploy, type Deployment, type DeployStep } from '../deploy/deploy';
import type { StoredCredential } from '../engine/credentialStore';
import { createEngine, type Engine } from '../engine/engine';
import type { Execution, ExecutionHooks } from '../engine/execution';
import { repositoryRoot } from './repositoryRoot';
import { readWorkflow, type WorkflowSettings } from './workflowSettings';

export const workflowFiles = {
	ingestion: 'scout-ingestion.json',
	close: 'month-end-close.json',
} as const;
export type WorkflowName = keyof typeof workflowFiles;

export interface DemoOptions {
	clock?: Clock;
	pace?: Partial<Pace>;
	limits?: Partial<Limits>;
}

export interface RunOptions {
	settings?: WorkflowSettings;
	/** Name of the trigger to start from; by default the schedule. */
	startNode?: string;
	input?: INodeExecutionData[];
	hooks?: ExecutionHooks;
	/** Looked at before those of the demo. */
	credentials?: StoredCredential[];
	/** Aborting it does what the Stop button does. */
	signal?: AbortSignal;
}

/**
 * Everything that the close needs, on this machine: a local workspace, the neighbours, n8n's engine
 * with the compiled nodes, and the credentials by which the workflows reach all of them.
 */
export class Demo {
	private constructor(
		readonly root: string,
		readonly workspace: LocalWorkspace,
		/** The workspace as a client reaches it, over HTTP. */
		readonly client: Workspace,
		readonly neighbours: Neighbours,
		readonly engine: Engine,
		private readonly end: () => Promise<void>,
	) {}

	/** Starts it all on free ports of 127.0.0.1, with nothing in it. */
	static async open(options: DemoOptions = {}): Promise<Demo> {
		const root = repositoryRoot(__dirname);
		const server = createServer(options);
		const neighbours = await startNeighbours(options.clock ?? systemClock);
		const end = async (): Promise<void> => {
			await neighbours.close();
			await server.close();
		};
		try {
			const workspace = await server.addWorkspace();
			await server.listen();
			const client = new Workspace({
				host: workspace.host,
				tokens: staticToken(workspace.token),
			});
			const engine = createEngine({
				packageDirectories: [root, join(root, 'node_modules', 'n8n-nodes-base')],
				credentials: credentialsOf(workspace, neighbours),
			});
			await engine.load();
			return new Demo(root, workspace, client, neighbours, engine, end);
		} catch (error) {
			await end();
			throw error;
		}
	}

	/** Deploys the bundle to its dev target. */
	async deploy(onStep?: (step: DeployStep) => void): Promise<Deployment> {
		return await deploy({
			bundleFolder: join(this.root, 'bundle'),
			target: 'dev',
			workspace: this.client,
			...(onStep === undefined ? {} : { onStep }),
		});
	}

	/** Generates exports and lets Scout publish them. */
	publish(options: SampleOptions): SampleData {
		const sample = generateExports(options);
		this.neighbours.scout.publish(sample.exports, this.workspace.clock.now());
		return sample;
	}

	/** Runs one of the shipped workflows in n8n's engine, set up for this machine. */
	async run(name: WorkflowName, options: RunOptions = {}): Promise<Execution> {
		const { workspace, neighbours } = this;
		const own: WorkflowSettings =
			name === 'ingestion'
				? { scoutUrl: neighbours.scout.url }
				: { warehouseId: workspace.warehouseId };
		const file = join(this.root, 'workflows', workflowFiles[name]);
		const { settings, startNode, ...rest } = options;
		return await this.engine.execute(readWorkflow(file, { ...own, ...settings }), {
			startNode: startNode ?? (name === 'ingestion' ? 'Every 15 Minutes' : '02:00 on the 1st'),
			...rest,
		});
	}

	/** Ends and closes everything that `open` started. */
	async close(): Promise<void> {
		await this.end();
	}
}

/** By the names that the workflows use. */
function credentialsOf(workspace: LocalWorkspace, neighbours: Neighbours): StoredCredential[] {
	const { mattermost, odoo, scout } = neighbours;
	return [
		{
			type: 'databricksLakehouseTokenApi',
			name: 'Databricks Lakehouse',
			data: { host: workspace.host, token: workspace.token },
		},
		{ type: 'httpBearerAuth', name: 'Scout API', data: { token: scout.apiKey } },
		{
			type: 'mattermostApi',
			name: 'Mattermost',
			data: { accessToken: mattermost.accessToken, baseUrl: mattermost.url },
		},
		{
			type: 'odooApi',
			name: 'Odoo',
			data: {
				url: odoo.url,
				username: odoo.username,
				password: odoo.password,
				db: odoo.database,
			},
		},
	];
}
