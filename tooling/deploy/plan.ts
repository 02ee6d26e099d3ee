import { isMap, type ConfigMap } from './configValue';
import { referencesIn } from './references';
import type { ResourceKind } from './resourceKind';
import { catalogs, registeredModels, schemas, volumes } from './catalogResources';
import { servingEndpoints } from './endpointResource';
import { jobs } from './jobResource';
import { pipelines } from './pipelineResource';

const kinds: Record<string, ResourceKind> = {
	catalogs,
	schemas,
	volumes,
	registered_models: registeredModels,
	model_serving_endpoints: servingEndpoints,
	pipelines,
	jobs,
};

/** One resource, after the ones that it refers to. */
export interface PlannedResource {
	/** `resources.jobs.bir_month_end` */
	key: string;
	kind: ResourceKind;
	settings: ConfigMap;
	dependsOn: { node: string; label: string }[];
}

/**
 * The resources in an order in which each finds what it refers to. Throws for a kind that is not
 * known here, a reference to a resource that the bundle lacks, and references in a circle.
 */
export function plan(resources: ConfigMap): PlannedResource[] {
	const byKey = new Map<string, PlannedResource>();
	for (const [kindName, group] of Object.entries(resources)) {
		const kind = kinds[kindName];
		if (kind === undefined) {
			throw new Error(`resources.${kindName} is not known here. Use the Databricks CLI for it.`);
		}
		for (const [name, settings] of Object.entries(isMap(group) ? group : {})) {
			if (!isMap(settings)) throw new Error(`resources.${kindName}.${name} must be a map.`);
			const key = `resources.${kindName}.${name}`;
			byKey.set(key, { key, kind, settings, dependsOn: dependenciesOf(settings) });
		}
	}
	return ordered(byKey);
}

function dependenciesOf(settings: ConfigMap): PlannedResource['dependsOn'] {
	const seen = new Map<string, { node: string; label: string }>();
	for (const path of referencesIn(settings)) {
		const [section, kind, name] = path.split('.');
		if (section !== 'resources') {
			throw new Error(
				`\${${path}} refers to nothing: only bundle, workspace, var and resources can be named.`,
			);
		}
		const node = `resources.${kind}.${name}`;
		if (!seen.has(node)) seen.set(node, { node, label: `\${${path}}` });
	}
	return [...seen.values()];
}

function ordered(byKey: Map<string, PlannedResource>): PlannedResource[] {
	const result: PlannedResource[] = [];
	const done = new Set<string>();
	const visit = (key: string, path: readonly string[], label: string): void => {
		if (done.has(key)) return;
		const resource = byKey.get(key);
		if (resource === undefined)
			throw new Error(`${label} refers to a resource that the bundle lacks.`);
		if (path.includes(key)) throw new Error(`${[...path, key].join(' → ')} refer to each other.`);
		for (const { node, label: written } of resource.dependsOn) visit(node, [...path, key], written);
		done.add(key);
		result.push(resource);
	};
	for (const key of byKey.keys()) visit(key, [], key);
	return result;
}
