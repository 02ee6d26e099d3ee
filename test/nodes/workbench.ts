import { resolve } from 'node:path';
import type {
	IDataObject,
	INodeExecutionData,
	INodeListSearchItems,
	INodePropertyOptions,
	ResourceMapperField,
} from 'n8n-workflow';
import type { StoredCredential } from '../../tooling/engine/credentialStore';
import { createEngine, type Engine } from '../../tooling/engine/engine';
import type { Execution } from '../../tooling/engine/execution';
import type { LocalWorkspace } from '../../workspace/localWorkspace';
import { createServer, type LocalServer, type ServerOptions } from '../../workspace/server';

const root = resolve(__dirname, '../..');

/** A node of this package, as a workflow file holds it. */
export interface NodeUnderTest {
	type: string;
	parameters: Record<string, unknown>;
	/** Settings such as onError and retryOnFail. */
	settings?: Record<string, unknown>;
	/** Nodes of other packages use the credential types, too. */
	credentials?: Record<string, { name: string }>;
	typeVersion?: number;
}

export interface RunOptions {
	input?: INodeExecutionData[];
	signal?: AbortSignal;
	executionId?: string;
	/** Runs an execution again: n8n keeps the token of the first time. */
	resumeToken?: string;
	mode?: 'manual' | 'retry';
	/** Instead of those of the workspace. */
	credentials?: StoredCredential[];
	onStart?: () => void;
}

/** A local workspace on a free port and the engine with the compiled nodes, for one test file. */
export class Workbench {
	private constructor(
		readonly engine: Engine,
		readonly server: LocalServer,
		readonly workspace: LocalWorkspace,
		readonly url: string,
	) {}

	static async open(options: ServerOptions = {}): Promise<Workbench> {
		const server = createServer(options);
		const { url } = await server.listen(0);
		const workspace = await server.addWorkspace();
		const engine = createEngine({
			packageDirectories: [resolve(root, 'node_modules/n8n-nodes-base'), root],
		});
		await engine.load();
		return new Workbench(engine, server, workspace, url);
	}

	async close(): Promise<void> {
		await this.server.close();
	}

	get credentials(): StoredCredential[] {
		const { token, clientId, clientSecret } = this.workspace;
		return [
			{ type: 'databricksLakehouseTokenApi', data: { host: this.url, token } },
			{
				type: 'databricksLakehouseOAuth2Api',
				data: { host: this.url, clientId, clientSecret },
			},
		];
	}

	/** A workflow that starts by hand and has this one node. */
	workflow(node: NodeUnderTest) {
		const isTrigger = node.type.endsWith('Trigger');
		const start = {
			id: 'start',
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const credential = { name: 'Databricks' };
		const own = {
			id: 'node',
			name: 'Node',
			type: node.type.includes('.') ? node.type : `n8n-nodes-databricks-lakehouse.${node.type}`,
			typeVersion: node.typeVersion ?? 1,
			position: [200, 0],
			parameters: node.parameters,
			credentials: node.credentials ?? {
				databricksLakehouseTokenApi: credential,
				databricksLakehouseOAuth2Api: credential,
			},
			...node.settings,
		};
		return {
			id: 'workflow',
			name: 'Test',
			nodes: isTrigger ? [own] : [start, own],
			connections: isTrigger
				? {}
				: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
		};
	}

	/** Runs the node in n8n's engine. */
	async run(node: NodeUnderTest, options: RunOptions = {}): Promise<Execution> {
		return await this.engine.execute(this.workflow(node), {
			startNode: 'Start',
			credentials: this.credentials,
			...options,
			hooks: {
				nodeStarted: (name) => {
					if (name === 'Node') options.onStart?.();
				},
			},
		});
	}

	/** The items of a run that must have succeeded. */
	async items(node: NodeUnderTest, options: RunOptions = {}): Promise<IDataObject[]> {
		const execution = await this.run(node, options);
		if (execution.error) throw execution.error;
		return execution.items('Node').map((item) => item.json);
	}

	/** What a list of a node's field shows. */
	async search(
		type: string,
		method: string,
		filter?: string,
		parameters: Record<string, unknown> = {},
	): Promise<INodeListSearchItems[]> {
		return await this.engine.search(this.workflow({ type, parameters }), {
			node: 'Node',
			method,
			filter,
			credentials: this.credentials,
		});
	}

	/** The fields that a resource mapper of the node shows. */
	async mapperFields(
		type: string,
		method: string,
		parameters: Record<string, unknown>,
	): Promise<ResourceMapperField[]> {
		const { credentials } = this;
		const workflow = this.workflow({ type, parameters });
		return await this.engine.mapperFields(workflow, { node: 'Node', method, credentials });
	}

	/** What a list of options of the node shows. */
	async listOptions(node: NodeUnderTest, method: string): Promise<INodePropertyOptions[]> {
		const { credentials } = this;
		return await this.engine.listOptions(this.workflow(node), {
			node: 'Node',
			method,
			credentials,
		});
	}

	/** A call to the workspace beside the nodes; the text keeps ids above 2^53 exact. */
	async text(method: string, path: string, body?: unknown): Promise<string> {
		const response = await this.server.fetch(
			new Request(`${this.url}${path}`, {
				method,
				headers: {
					authorization: `Bearer ${this.workspace.token}`,
					'content-type': 'application/json',
				},
				body: body === undefined ? undefined : JSON.stringify(body),
			}),
		);
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return text;
	}

	async call(method: string, path: string, body?: unknown): Promise<unknown> {
		return JSON.parse(await this.text(method, path, body));
	}

	/** Asks until it is so; a test that never gets there ends at jest's own limit. */
	async until(isSo: () => Promise<boolean>): Promise<void> {
		while (!(await isSo())) await new Promise((next) => setImmediate(next));
	}
}
