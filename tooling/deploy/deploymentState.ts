import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { Workspace } from '../../nodes/databricks/workspace';
import type { ConfigMap, ConfigValue } from './configValue';
import { readWorkspaceFile, writeWorkspaceFile } from './upload';

const configValueSchema: z.ZodType<ConfigValue> = z.lazy(() =>
	z.union([
		z.null(),
		z.boolean(),
		z.number(),
		z.string(),
		z.array(configValueSchema),
		z.record(z.string(), configValueSchema),
	]),
);

const entrySchema = z.object({
	__id__: z.string(),
	state: z.record(z.string(), configValueSchema),
	depends_on: z.array(z.object({ node: z.string(), label: z.string() })).optional(),
});

/** `state/resources.json` of a deployment, in the form in which the Databricks CLI keeps it. */
const stateSchema = z.object({
	state_version: z.literal(2),
	cli_version: z.string(),
	lineage: z.string(),
	serial: z.number(),
	state: z.record(z.string(), entrySchema),
});
export type DeploymentState = z.output<typeof stateSchema>;

/** What the last deployment left, or a first, empty state. Throws when the file cannot be read. */
export async function readState(workspace: Workspace, file: string): Promise<DeploymentState> {
	const text = await readWorkspaceFile(workspace, file);
	if (text === undefined) {
		return {
			state_version: 2,
			cli_version: '1.14.0',
			lineage: randomUUID(),
			serial: 0,
			state: {},
		};
	}
	const result = stateSchema.safeParse(contentOf(text));
	if (result.success) return result.data;
	throw new Error(`${file} in the workspace is not the state of a deployment that is known here.`);
}

function contentOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Writes the state with the next serial number. */
export async function writeState(
	workspace: Workspace,
	file: string,
	state: DeploymentState,
): Promise<void> {
	const next = { ...state, serial: state.serial + 1 };
	await writeWorkspaceFile(workspace, file, `${JSON.stringify(next, null, 1)}\n`);
}

/** The settings of the last deployment. */
export function lastSent(state: DeploymentState, key: string): ConfigMap | undefined {
	return state.state[key]?.state;
}
