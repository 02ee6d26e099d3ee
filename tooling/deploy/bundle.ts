import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { parseDocument } from 'yaml';
import { isMap, mapAt, mapMap, merged, textAt, type ConfigMap } from './configValue';
import { filesBelow, globExpression } from './globs';

/** A bundle as its files and one target make it; references are still in it. */
export interface Bundle {
	folder: string;
	name: string;
	target: string;
	/** Files to upload, relative to the folder. */
	files: string[];
	variables: ConfigMap;
	/** Kind → key → settings. */
	resources: ConfigMap;
	workspace: ConfigMap;
	presets: ConfigMap;
}

const knownSections = [
	'bundle',
	'include',
	'sync',
	'variables',
	'targets',
	'resources',
	'workspace',
];
const knownTargetSections = ['default', 'mode', 'presets', 'variables', 'resources', 'workspace'];
/** Triggers to pause there are none: jobs with a schedule of their own are refused. */
const knownPresets = ['trigger_pause_status', 'pipelines_development', 'tags'];

/**
 * Reads databricks.yml, the files it includes and one of its targets. Paths that begin with `./` or
 * `../` are relative to the file they stand in; they come out relative to the workspace's copy of
 * the bundle. Throws an Error that names the file or section for what it cannot read: what the
 * Databricks CLI knows and this deployer does not is refused, never left out.
 */
export async function readBundle(folder: string, targetName: string): Promise<Bundle> {
	const all = await filesBelow(folder);
	const main = await readYaml(folder, 'databricks.yml');
	const included = textsOf(main.include, 'include').map(globExpression);
	let root = main;
	for (const file of all.filter((path) => included.some((pattern) => pattern.test(path)))) {
		root = merged(root, await readYaml(folder, file));
	}
	refuseUnknown(root, knownSections, 'databricks.yml');
	const targets = mapAt(root, 'targets');
	const target = targets[targetName];
	if (!isMap(target)) {
		const names = Object.keys(targets).join(', ');
		throw new Error(`The bundle has no target "${targetName}". It has: ${names}.`);
	}
	refuseUnknown(target, knownTargetSections, `target ${targetName}`);
	if (target.mode !== undefined && target.mode !== 'production') {
		throw new Error(
			`Target ${targetName}: mode "${String(target.mode)}" renames resources. Use the Databricks CLI for it.`,
		);
	}
	refuseUnknown(mapAt(target, 'presets'), knownPresets, `presets of target ${targetName}`);
	const excluded = textsOf(mapAt(root, 'sync').exclude, 'sync.exclude').map(globExpression);
	return {
		folder,
		name: textAt(mapAt(root, 'bundle'), 'name'),
		target: targetName,
		files: all.filter((path) => !excluded.some((pattern) => pattern.test(path))),
		variables: merged(mapAt(root, 'variables'), variablesOf(target)),
		resources: merged(mapAt(root, 'resources'), mapAt(target, 'resources')),
		workspace: merged(mapAt(root, 'workspace'), mapAt(target, 'workspace')),
		presets: mapAt(target, 'presets'),
	};
}

async function readYaml(folder: string, file: string): Promise<ConfigMap> {
	const document = parseDocument(await readFile(join(folder, file), 'utf8'));
	const [problem] = [...document.errors, ...document.warnings];
	if (problem !== undefined) throw new Error(`${file} cannot be read: ${problem.message}`);
	const value: ConfigMap = document.toJS();
	if (!isMap(value)) throw new Error(`${file} must be a map.`);
	const here = posix.dirname(file);
	return mapMap(value, (text) => {
		if (!/^\.\.?\//.test(text)) return text;
		const path = posix.normalize(posix.join(here, text));
		if (path.startsWith('../')) throw new Error(`${file}: ${text} lies outside the bundle.`);
		return `\${workspace.file_path}/${path}`;
	});
}

/** A target may write a variable as its value alone, or as a map with a default. */
function variablesOf(target: ConfigMap): ConfigMap {
	return Object.fromEntries(
		Object.entries(mapAt(target, 'variables')).map(([name, value]) => [
			name,
			isMap(value) && ('default' in value || 'lookup' in value) ? value : { default: value },
		]),
	);
}

function textsOf(value: ConfigMap[string] | undefined, where: string): string[] {
	const texts: string[] = [];
	for (const item of Array.isArray(value) ? value : []) {
		if (typeof item !== 'string') throw new Error(`"${where}" must be a list of texts.`);
		texts.push(item);
	}
	return texts;
}

function refuseUnknown(map: ConfigMap, known: readonly string[], where: string): void {
	const unknown = Object.keys(map).find((key) => !known.includes(key));
	if (unknown !== undefined) {
		throw new Error(`${where}: "${unknown}" is not known here. Use the Databricks CLI for it.`);
	}
}
