import { readFileSync } from 'node:fs';
import type {
	IConnections,
	INode,
	INodeCredentialsDetails,
	INodeParameters,
	IWorkflowSettings,
} from 'n8n-workflow';
import { z } from 'zod';

/** An exported workflow: what n8n writes when a workflow is downloaded, reduced to what an execution reads. */
export interface WorkflowFile {
	id?: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

const credentialSchema = z
	.object({ id: z.string().nullish(), name: z.string() })
	.transform(({ id, name }): INodeCredentialsDetails => ({ id: id ?? name, name }));

const nodeSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		type: z.string(),
		typeVersion: z.number(),
		position: z.tuple([z.number(), z.number()]),
		parameters: z.custom<INodeParameters>(isObject),
		credentials: z.record(credentialSchema).optional(),
		disabled: z.boolean().optional(),
		onError: z.enum(['continueErrorOutput', 'continueRegularOutput', 'stopWorkflow']).optional(),
		continueOnFail: z.boolean().optional(),
		alwaysOutputData: z.boolean().optional(),
		executeOnce: z.boolean().optional(),
		retryOnFail: z.boolean().optional(),
		maxTries: z.number().optional(),
		waitBetweenTries: z.number().optional(),
		webhookId: z.string().optional(),
		notes: z.string().optional(),
		notesInFlow: z.boolean().optional(),
	})
	.transform((node): INode => node);

const workflowSchema = z
	.object({
		id: z.string().optional(),
		name: z.string(),
		nodes: z.array(nodeSchema),
		connections: z.custom<IConnections>(isObject),
		settings: z.custom<IWorkflowSettings>(isObject).optional(),
	})
	.transform((workflow): WorkflowFile => workflow);

/**
 * Checks an exported workflow. A credential entry without an id gets its name as id, because n8n
 * refreshes tokens only for credentials that have one. Throws a ZodError that names the wrong field.
 */
export function parseWorkflow(json: unknown): WorkflowFile {
	return workflowSchema.parse(json);
}

/** Reads and checks an exported workflow file. */
export function readWorkflowFile(path: string): WorkflowFile {
	return parseWorkflow(JSON.parse(readFileSync(path, 'utf8')));
}
