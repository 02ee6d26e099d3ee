import './prepareProcess';
import { ExecutionLifecycleHooks } from 'n8n-core';
import type {
	ExecutionError,
	IDataObject,
	INodeExecutionData,
	IRun,
	ITaskData,
	IWorkflowBase,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { StoredCredential } from './credentialStore';
import type { WorkflowFile } from './workflowFile';

export interface ExecutionHooks {
	nodeStarted?(nodeName: string): void;
	nodeFinished?(nodeName: string, result: NodeResult): void;
	/** The response that a 'Respond to Webhook' node or a webhook trigger would send. */
	response?(body: unknown): void;
}

/** What one run of one node gave. */
export interface NodeResult {
	/** Items of each output. */
	outputs: INodeExecutionData[][];
	error?: Error;
	executionTimeMs: number;
}

export interface ExecuteOptions {
	/** 'manual' lets triggers fire by themselves; every other mode hands `input` on from the start node. */
	mode?: WorkflowExecuteMode;
	/** Name of the node to start with; by default the one that n8n would choose. */
	startNode?: string;
	input?: INodeExecutionData[];
	/** Looked at before the credentials of the engine. */
	credentials?: StoredCredential[];
	/** Aborting it does what the Stop button does. */
	signal?: AbortSignal;
	hooks?: ExecutionHooks;
	staticData?: IDataObject;
	/** By default a number that this process has not used yet. */
	executionId?: string;
	/** What n8n keeps of an execution that it runs again, after a crash or by 'Retry'; by default random. */
	resumeToken?: string;
}

export interface Execution {
	run: IRun;
	/** The error that ended the workflow, if one did. */
	error?: ExecutionError;
	/** Names of the nodes in the order they finished. */
	executedNodes: string[];
	/** Items of a node's last run; an empty list when it did not run. */
	items(nodeName: string, output?: number): INodeExecutionData[];
}

/** What n8n calls while an execution goes on; the names of finished nodes are gathered in `executedNodes`. */
export function lifecycleHooks(
	file: WorkflowFile,
	mode: WorkflowExecuteMode,
	executionId: string,
	executedNodes: string[],
	observers: ExecutionHooks | undefined,
): ExecutionLifecycleHooks {
	const now = new Date();
	const workflowData: IWorkflowBase = {
		...file,
		id: file.id ?? 'workflow',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: now,
		updatedAt: now,
	};
	const hooks = new ExecutionLifecycleHooks(mode, executionId, workflowData);
	hooks.addHandler('nodeExecuteBefore', (nodeName) => observers?.nodeStarted?.(nodeName));
	hooks.addHandler('nodeExecuteAfter', (nodeName, data) => {
		executedNodes.push(nodeName);
		observers?.nodeFinished?.(nodeName, nodeResult(data));
	});
	hooks.addHandler('sendResponse', (response) => observers?.response?.(response));
	return hooks;
}

function nodeResult(data: ITaskData): NodeResult {
	return {
		outputs: (data.data?.main ?? []).map((items) => items ?? []),
		error: data.error,
		executionTimeMs: data.executionTime,
	};
}
