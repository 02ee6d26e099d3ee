import type { INode } from 'n8n-workflow';
import { z } from 'zod';
import { readWorkflowFile, type WorkflowFile } from '../engine/workflowFile';

/** Values of the node called Settings, by name. */
export type WorkflowSettings = Readonly<Record<string, string | number>>;

const settingsNode = 'Settings';
const setParameters = z
	.object({
		assignments: z.object({
			assignments: z.array(
				z
					.object({ name: z.string(), value: z.union([z.string(), z.number()]), type: z.string() })
					.passthrough(),
			),
		}),
	})
	.passthrough();

/**
 * Reads an exported workflow and fills in its Settings node, as a user does in the editor. Throws
 * Error for a setting that the node does not have.
 */
export function readWorkflow(path: string, settings: WorkflowSettings): WorkflowFile {
	const file = readWorkflowFile(path);
	const nodes = file.nodes.map((node) =>
		node.name === settingsNode ? withSettings(node, settings) : node,
	);
	return { ...file, nodes };
}

/** The settings that an exported workflow has; none when it has no Settings node. */
export function settingNames(path: string): string[] {
	const node = readWorkflowFile(path).nodes.find(({ name }) => name === settingsNode);
	if (node === undefined) return [];
	return setParameters.parse(node.parameters).assignments.assignments.map(({ name }) => name);
}

function withSettings(node: INode, settings: WorkflowSettings): INode {
	const parameters = setParameters.parse(node.parameters);
	const known = parameters.assignments.assignments.map(({ name }) => name);
	const unknown = Object.keys(settings).find((name) => !known.includes(name));
	if (unknown !== undefined) throw new Error(`'${settingsNode}' has no '${unknown}'.`);
	const assignments = parameters.assignments.assignments.map((assignment) => ({
		...assignment,
		value: settings[assignment.name] ?? assignment.value,
	}));
	return { ...node, parameters: { ...node.parameters, assignments: { assignments } } };
}
