import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readWorkflow, settingNames } from '../start/workflowSettings';
import type { KeptState } from './keptState';
import type { N8nApi } from './n8nApi';

const idLength = 16;

/** Ids of credentials by type and name, as `type name`. */
export type CredentialIds = ReadonlyMap<string, string>;

export const credentialKey = (type: string, name: string) => `${type} ${name}`;

/** Files of the shipped workflows, by the id that they have in the editor. */
export async function shippedWorkflows(root: string): Promise<Map<string, string>> {
	const folder = join(root, 'workflows');
	const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
	return new Map(files.map((name) => [workflowId(name), join(folder, name)]));
}

/** The id of a shipped workflow: its file's name in the 16 letters and digits that n8n takes. */
export function workflowId(file: string): string {
	const letters = basename(file, '.json').replace(
		/(?:^|[^a-z0-9]+)([a-z0-9])/gi,
		(_, letter: string) => letter.toUpperCase(),
	);
	const rest = createHash('sha256').update(file).digest('hex');
	return `${letters.slice(0, 13)}${rest}`.slice(0, idLength);
}

/**
 * Imports the shipped workflows with their settings and credentials filled in. A workflow that was
 * imported before is brought up to its file, unless someone has changed it in the editor since.
 */
export async function importWorkflows(
	api: N8nApi,
	root: string,
	settings: Readonly<Record<string, string>>,
	credentials: CredentialIds,
	imported: KeptState['imported'],
): Promise<{ imported: KeptState['imported']; changed: number }> {
	const result: KeptState['imported'] = {};
	let changed = 0;
	for (const [id, file] of await shippedWorkflows(root)) {
		const text = await readFile(file, 'utf8');
		const fingerprint = createHash('sha256')
			.update(text)
			.update(JSON.stringify([settings, [...credentials]]))
			.digest('hex');
		const before = imported[id];
		const stored = await api.workflow(id);
		const isOwn = stored !== undefined && stored.versionId !== before?.versionId;
		if (stored !== undefined && (isOwn || before?.fingerprint === fingerprint)) {
			if (before !== undefined) result[id] = before;
			continue;
		}
		const workflow = filledIn(file, settings, credentials);
		const saved =
			stored === undefined
				? await api.createWorkflow({ id, ...workflow })
				: await api.updateWorkflow(id, { ...workflow, versionId: stored.versionId });
		result[id] = { fingerprint, versionId: saved.versionId };
		changed++;
	}
	return { imported: result, changed };
}

function filledIn(
	file: string,
	settings: Readonly<Record<string, string>>,
	credentials: CredentialIds,
) {
	const names = settingNames(file);
	const own = Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
	const { name, nodes, connections, settings: options } = readWorkflow(file, own);
	return {
		name,
		connections,
		settings: options ?? {},
		nodes: nodes.map((node) => ({
			...node,
			credentials: Object.fromEntries(
				Object.entries(node.credentials ?? {}).map(([type, credential]) => {
					const id = credentials.get(credentialKey(type, credential.name));
					return [type, { id: id ?? null, name: credential.name }];
				}),
			),
		})),
	};
}
