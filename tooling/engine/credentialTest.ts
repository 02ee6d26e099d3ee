import './prepareProcess';
import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { NodePackages } from './packages';

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	/** What the editor shows; absent when all is well. */
	message?: string;
}

/**
 * Tests a credential the way the editor does when it is saved: sends the request that the type names,
 * and looks up the answer in the type's rules. Throws when the type has no test request.
 *
 * @param data decrypted, with defaults and expressions resolved
 */
export async function testCredential(
	packages: NodePackages,
	additionalData: IWorkflowExecuteAdditionalData,
	type: string,
	data: ICredentialDataDecryptedObject,
): Promise<CredentialTestResult> {
	const test = packages.credentialType(type)?.test;
	if (!test) throw new Error(`The credential type '${type}' has no test.`);
	const node: INode = {
		id: 'credential-test',
		name: 'Credential Test',
		type: 'credentialTest',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type]: { id: type, name: type } },
	};
	const nodeType: INodeType = {
		description: {
			displayName: node.name,
			name: node.type,
			group: ['input'],
			version: 1,
			description: '',
			defaults: { name: node.name },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: type, required: true }],
			properties: [
				{
					displayName: 'Request',
					name: 'request',
					type: 'string',
					default: '',
					routing: { request: test.request },
				},
			],
		},
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
	});
	const input = [{ json: {} }];
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createRunExecutionData(),
		0,
		input,
		{ main: [input] },
		{ node, data: { main: [input] }, source: null },
		[],
	);
	const decrypted = { id: type, name: type, type, data };
	const rules = test.rules ?? [];
	return await new RoutingNode(context, nodeType, decrypted).runNode().then(
		(output) => resultOf(output?.[0]?.[0]?.json, rules),
		(error: unknown) => ({ status: 'Error' as const, message: messageOf(error, rules) }),
	);
}

interface Rule {
	type: string;
	properties: { key?: string; value?: unknown; message: string };
}

/** A success is none when a rule names a value that the body has. */
function resultOf(body: IDataObject | undefined, rules: readonly Rule[]): CredentialTestResult {
	const rule = rules.find(
		({ type, properties: { key = '', value } }) =>
			type === 'responseSuccessBody' && body?.[key] === value,
	);
	return rule ? { status: 'Error', message: rule.properties.message } : { status: 'OK' };
}

function messageOf(error: unknown, rules: readonly Rule[]): string {
	const status = statusOf(error);
	const rule = rules.find(
		({ type, properties }) => type === 'responseCode' && properties.value === status,
	);
	if (rule) return rule.properties.message;
	return error instanceof Error ? error.message : String(error);
}

/** The HTTP status is on n8n's error, or on the one of the HTTP library that caused it. */
function statusOf(error: unknown): number | undefined {
	if (!(error instanceof Error)) return undefined;
	if ('httpCode' in error && error.httpCode !== null) return Number(error.httpCode);
	if ('status' in error && typeof error.status === 'number') return error.status;
	return statusOf(error.cause);
}
