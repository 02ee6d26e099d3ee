import { posix } from 'node:path';
import { me } from '../../nodes/databricks/identity';
import type { Workspace } from '../../nodes/databricks/workspace';
import { applyGrants, applyPermissions } from './access';
import { readBundle, type Bundle } from './bundle';
import { mapMap, type ConfigMap, type ConfigValue } from './configValue';
import { lastSent, readState, writeState, type DeploymentState } from './deploymentState';
import { holds, same } from './difference';
import { plan, type PlannedResource } from './plan';
import { resolveText, valueAt } from './references';
import type { DeployContext } from './resourceKind';
import { makeFolder, uploadFile } from './upload';
import { variableValues } from './variables';

export type DeployAction = 'created' | 'updated' | 'unchanged';

/** One file or resource, when it is done. */
export interface DeployStep {
	/** `src/pipeline/gold.sql`, `jobs.bir_month_end` */
	name: string;
	action: DeployAction;
	/** How many files and resources are done, this one included, and how many there are. */
	done: number;
	total: number;
}

export interface DeployOptions {
	/** Folder with databricks.yml. */
	bundleFolder: string;
	target: string;
	workspace: Workspace;
	/** Values of variables, before their lookups and defaults. */
	variables?: Readonly<Record<string, string>>;
	onStep?: (step: DeployStep) => void;
}

export interface Deployment {
	/** By kind and key, `jobs.bir_month_end`: the id and what happened. */
	resources: Record<string, { id: string; action: DeployAction }>;
	/** Files and resources that were created or updated. */
	changes: number;
	/** Resources of an earlier deployment that the bundle no longer has; they stay where they are. */
	leftOver: string[];
}

/**
 * Deploys a bundle through the REST routes that the Databricks CLI uses: uploads the files, then
 * creates or changes resources in the order of their references. Deploying again changes nothing.
 * Throws an Error that names what the bundle says wrong, or the DatabricksError of a request; what
 * was done by then stays and is taken up by the next deployment.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
	const { workspace } = options;
	const bundle = await readBundle(options.bundleFolder, options.target);
	const { userName } = await me(workspace);
	const { paths, resources } = await resolved(bundle, userName, options);
	const steps = plan(resources);

	const total = bundle.files.length + steps.length;
	let done = 0;
	let changes = 0;
	const report = (name: string, action: DeployAction): void => {
		done++;
		if (action !== 'unchanged') changes++;
		options.onStep?.({ name, action, done, total });
	};

	const folders = new Set(
		bundle.files.map((file) => posix.join(paths.file_path, posix.dirname(file))),
	);
	for (const folder of [...folders, paths.state_path]) await makeFolder(workspace, folder);
	for (const file of bundle.files) {
		report(file, await uploadFile(workspace, bundle.folder, file, paths.file_path));
	}

	const stateFile = posix.join(paths.state_path, 'resources.json');
	const state = await readState(workspace, stateFile);
	const stateBefore = JSON.stringify(state);
	const leftOver = Object.keys(state.state).filter((key) =>
		steps.every((step) => step.key !== key),
	);
	const context: DeployContext = {
		workspace,
		userName,
		metadataPath: posix.join(paths.state_path, 'metadata.json'),
		presets: bundle.presets,
	};
	const attributes: ConfigMap = {};
	const deployed: Deployment['resources'] = {};
	try {
		for (const step of steps) {
			const result = await deployOne(step, state, attributes, context);
			attributes[step.key] = result.attributes;
			const name = step.key.slice('resources.'.length);
			deployed[name] = { id: result.id, action: result.action };
			report(name, result.action);
		}
	} finally {
		// Also after a failure: a resource that is not in the state would be created a second time.
		if (changes > 0 || JSON.stringify(state) !== stateBefore) {
			await writeState(workspace, stateFile, state);
		}
	}
	return { resources: deployed, changes, leftOver };
}

type Paths = Record<'root_path' | 'file_path' | 'state_path', string>;

/** Everything but references to resources put in. */
async function resolved(
	bundle: Bundle,
	userName: string,
	{ workspace, variables = {} }: DeployOptions,
): Promise<{ paths: Paths; resources: ConfigMap }> {
	const known: ConfigMap = {
		bundle: { name: bundle.name, target: bundle.target },
		workspace: { current_user: { userName } },
		var: await variableValues(bundle.variables, variables, workspace),
	};
	const put = (value: ConfigMap): ConfigMap =>
		mapMap(value, (text) => resolveText(text, (path) => knownValue(known, path)));
	const { root_path: givenRoot } = put(bundle.workspace);
	const root =
		typeof givenRoot === 'string'
			? givenRoot
			: `/Workspace/Users/${userName}/.bundle/${bundle.name}/${bundle.target}`;
	const paths = { root_path: root, file_path: `${root}/files`, state_path: `${root}/state` };
	known.workspace = { current_user: { userName }, ...paths };
	return { paths, resources: put(bundle.resources) };
}

/** Undefined for references to resources, which are known later. Throws for what nothing knows. */
function knownValue(known: ConfigMap, path: string): ConfigValue | undefined {
	if (path.startsWith('resources.')) return undefined;
	const value = valueAt(known, path);
	if (value === undefined) throw new Error(`\${${path}} refers to nothing.`);
	return value;
}

async function deployOne(
	step: PlannedResource,
	state: DeploymentState,
	attributes: ConfigMap,
	context: DeployContext,
): Promise<{ id: string; action: DeployAction; attributes: ConfigMap }> {
	const { kind, key } = step;
	const settings = mapMap(step.settings, (text) =>
		resolveText(text, (path) => resourceValue(attributes, path)),
	);
	const wanted = kind.wanted(settings, context);
	let action: DeployAction = 'unchanged';
	let id = kind.idOf?.(wanted) ?? state.state[key]?.__id__;
	let found = id === undefined ? undefined : await kind.read(id, context);
	if (id === undefined || found === undefined) {
		id = await kind.create(wanted, context);
		action = 'created';
	} else if (!holds(found.settings, wanted) || !same(lastSent(state, key) ?? wanted, wanted)) {
		await kind.update(id, wanted, context);
		action = 'updated';
	}
	state.state[key] = { __id__: id, state: wanted, depends_on: step.dependsOn };
	found = action === 'unchanged' ? found : await kind.read(id, context);
	if (found === undefined) throw new Error(`${key} is not there although it was ${action}.`);
	const granted = await applyGrants(kind, id, settings, context.workspace);
	const permitted = await applyPermissions(kind, found, settings, context);
	if ((granted || permitted) && action === 'unchanged') action = 'updated';
	return { id, action, attributes: { ...settings, ...found.attributes } };
}

function resourceValue(attributes: ConfigMap, path: string): ConfigValue {
	const [section, kind, name, ...field] = path.split('.');
	const resource = attributes[`${section}.${kind}.${name}`];
	const value = resource && valueAt({ resource }, ['resource', ...field].join('.'));
	if (value === undefined) throw new Error(`\${${path}} refers to nothing.`);
	return value;
}
