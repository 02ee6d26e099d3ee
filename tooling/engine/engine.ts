import './prepareProcess';
import 'reflect-metadata';
import { Container } from '@n8n/di';
import {
	BinaryDataService,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	LoadOptionsContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	deepCopy,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeListSearchItems,
	type INodePropertyOptions,
	type IWorkflowExecuteAdditionalData,
	type ResourceMapperField,
} from 'n8n-workflow';
import { CredentialStore, type StoredCredential } from './credentialStore';
import { type CredentialTestResult, testCredential } from './credentialTest';
import { type ExecuteOptions, type Execution, lifecycleHooks } from './execution';
import { NodePackages } from './packages';
import { useRegexWithoutTimeLimit } from './patientRegex';
import { createPoller, type Poller } from './poller';
import { parseWorkflow, type WorkflowFile } from './workflowFile';

export interface EngineOptions {
	/** Folders with a package.json whose `n8n` section lists compiled nodes and credentials. */
	packageDirectories: string[];
	credentials?: StoredCredential[];
}

export interface PollerOptions {
	node: string;
	staticData?: IDataObject;
	credentials?: StoredCredential[];
}

export interface SearchOptions {
	node: string;
	/** Name of the list search method. */
	method: string;
	filter?: string;
	credentials?: StoredCredential[];
}

let executions = 0;

/** Runs workflows in n8n's own engine, without server, database or editor. */
export class Engine {
	private readonly packages: NodePackages;

	constructor(private readonly options: EngineOptions) {
		useRegexWithoutTimeLimit();
		this.packages = new NodePackages(options.packageDirectories);
	}

	/** Loads the node packages; call it once before anything else. */
	async load(): Promise<void> {
		await Container.get(BinaryDataService).init();
		await this.packages.load();
	}

	/** The loaded node types, to read descriptions from. */
	get nodeTypes(): NodePackages {
		return this.packages;
	}

	/**
	 * Executes a workflow from one node on. A failing node does not reject: the error is in the result,
	 * as it is in n8n. Throws when the workflow is malformed or its start node does not exist.
	 */
	async execute(workflowJson: unknown, options: ExecuteOptions = {}): Promise<Execution> {
		const file = parseWorkflow(workflowJson);
		const mode = options.mode ?? 'trigger';
		const workflow = this.workflow(file, options.staticData);
		const start = startNodeOf(workflow, options.startNode);
		const executionId = options.executionId ?? String(++executions);
		const executedNodes: string[] = [];
		const hooks = lifecycleHooks(file, mode, executionId, executedNodes, options.hooks);
		const additionalData = this.additionalData(executionId, options.credentials, hooks);
		const runExecutionData = createRunExecutionData({
			resumeToken: options.resumeToken,
			executionData: {
				nodeExecutionStack: [
					{ node: start, data: { main: [options.input ?? [{ json: {} }]] }, source: null },
				],
			},
		});

		await workflow.expression.acquireIsolate();
		try {
			const execution = new WorkflowExecute(additionalData, mode, runExecutionData);
			const running = execution.processRunExecutionData(workflow);
			const cancel = () => running.cancel();
			if (options.signal?.aborted) cancel();
			options.signal?.addEventListener('abort', cancel, { once: true });
			const run = await running.finally(() => options.signal?.removeEventListener('abort', cancel));
			return {
				run,
				error: run.data.resultData.error,
				executedNodes,
				items: (nodeName, output = 0) =>
					run.data.resultData.runData[nodeName]?.at(-1)?.data?.main?.[output] ?? [],
			};
		} finally {
			await workflow.expression.releaseIsolate();
		}
	}

	/** A polling trigger of a workflow, driven by hand instead of by the clock. */
	poller(workflowJson: unknown, options: PollerOptions): Poller {
		const file = parseWorkflow(workflowJson);
		const workflow = this.workflow(file, deepCopy(options.staticData ?? {}));
		const node = startNodeOf(workflow, options.node);
		const additionalData = this.additionalData(undefined, options.credentials, undefined);
		return createPoller(workflow, node, additionalData);
	}

	/** What a node's resource locator would list in the editor. Throws what the node's method throws. */
	async search(workflowJson: unknown, options: SearchOptions): Promise<INodeListSearchItems[]> {
		const workflow = this.workflow(parseWorkflow(workflowJson));
		const node = startNodeOf(workflow, options.node);
		const type = this.packages.getByNameAndVersion(node.type, node.typeVersion);
		const method = type.methods?.listSearch?.[options.method];
		if (!method) throw new Error(`The node '${node.name}' has no list '${options.method}'.`);
		const additionalData = this.additionalData(undefined, options.credentials, undefined);
		const context = new LoadOptionsContext(workflow, node, additionalData, '');
		const { results } = await method.call(context, options.filter);
		return results;
	}

	/** The fields that a resource mapper of a node shows, as the editor asks for them. */
	async mapperFields(
		workflowJson: unknown,
		options: SearchOptions,
	): Promise<ResourceMapperField[]> {
		const workflow = this.workflow(parseWorkflow(workflowJson));
		const node = startNodeOf(workflow, options.node);
		const type = this.packages.getByNameAndVersion(node.type, node.typeVersion);
		const method = type.methods?.resourceMapping?.[options.method];
		if (!method) throw new Error(`The node '${node.name}' has no mapper '${options.method}'.`);
		const additionalData = this.additionalData(undefined, options.credentials, undefined);
		const context = new LoadOptionsContext(workflow, node, additionalData, '');
		return (await method.call(context)).fields;
	}

	/** What a list of options of a node shows, as the editor asks for it. */
	async listOptions(
		workflowJson: unknown,
		options: SearchOptions,
	): Promise<INodePropertyOptions[]> {
		const workflow = this.workflow(parseWorkflow(workflowJson));
		const node = startNodeOf(workflow, options.node);
		const type = this.packages.getByNameAndVersion(node.type, node.typeVersion);
		const method = type.methods?.loadOptions?.[options.method];
		if (!method) throw new Error(`The node '${node.name}' has no options '${options.method}'.`);
		const additionalData = this.additionalData(undefined, options.credentials, undefined);
		return await method.call(new LoadOptionsContext(workflow, node, additionalData, ''));
	}

	/** Tests a credential as the editor does when it is saved. */
	async testCredential(
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<CredentialTestResult> {
		const credential = { type, data: { ...data } };
		const additionalData = this.additionalData(undefined, [credential], undefined);
		const { credentialsHelper } = additionalData;
		const details = { id: type, name: type };
		const resolved = await credentialsHelper.getDecrypted(
			additionalData,
			details,
			type,
			'internal',
		);
		return await testCredential(this.packages, additionalData, type, resolved);
	}

	private workflow(file: WorkflowFile, staticData?: IDataObject): Workflow {
		return new Workflow({
			id: file.id ?? 'workflow',
			name: file.name,
			nodes: structuredClone(file.nodes),
			connections: file.connections,
			active: false,
			nodeTypes: this.packages,
			settings: { executionOrder: 'v1', ...file.settings },
			staticData,
		});
	}

	private additionalData(
		executionId: string | undefined,
		credentials: StoredCredential[] | undefined,
		hooks: ExecutionLifecycleHooks | undefined,
	): IWorkflowExecuteAdditionalData {
		const base = 'http://localhost:5678';
		const unavailable = (what: string) => async () => {
			throw new Error(`This engine runs one workflow at a time and has no ${what}.`);
		};
		return {
			credentialsHelper: new CredentialStore(this.packages, [
				...(credentials ?? []),
				...(this.options.credentials ?? []),
			]),
			executeWorkflow: unavailable('sub-workflows'),
			getRunExecutionData: async () => undefined,
			getRuntimeCredential: async () => undefined,
			startRunnerTask: unavailable('task runner, which the Code node needs'),
			externalSecretsProxy: Container.get(ExternalSecretsProxy),
			executionId,
			hooks,
			currentNodeExecutionIndex: 0,
			restApiUrl: `${base}/rest`,
			instanceBaseUrl: `${base}/`,
			formBaseUrl: `${base}/form`,
			formWaitingBaseUrl: `${base}/form-waiting`,
			formTestBaseUrl: `${base}/form-test`,
			webhookBaseUrl: `${base}/webhook`,
			webhookWaitingBaseUrl: `${base}/webhook-waiting`,
			webhookTestBaseUrl: `${base}/webhook-test`,
			mcpBaseUrl: `${base}/mcp`,
			mcpTestBaseUrl: `${base}/mcp-test`,
			variables: {},
			logAiEvent: () => {},
			setExecutionStatus: () => {},
		};
	}
}

/** An engine over these packages; `load()` it before use. */
export function createEngine(options: EngineOptions): Engine {
	return new Engine(options);
}

function startNodeOf(workflow: Workflow, name: string | undefined): INode {
	const node = name === undefined ? workflow.getStartNode() : workflow.getNode(name);
	if (!node) {
		throw new Error(`The workflow '${workflow.name}' has no node '${name ?? 'to start with'}'.`);
	}
	return node;
}
