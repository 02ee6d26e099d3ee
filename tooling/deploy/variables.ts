import { z } from 'zod/v4';
import type { Workspace } from '../../nodes/databricks/workspace';
import { isMap, mapTexts, type ConfigMap, type ConfigValue } from './configValue';
import { resolveText } from './references';

/**
 * The values of a bundle's variables: given ones, then lookups in the workspace, then defaults.
 * Throws when one has no value, or when they refer to each other in a circle.
 */
export async function variableValues(
	declared: ConfigMap,
	given: Readonly<Record<string, string>>,
	workspace: Workspace,
): Promise<ConfigMap> {
	for (const name of Object.keys(given)) {
		if (!(name in declared)) throw new Error(`The bundle has no variable "${name}".`);
	}
	const raw: ConfigMap = {};
	for (const [name, declaration] of Object.entries(declared)) {
		raw[name] = given[name] ?? (await valueOf(name, declaration, workspace));
	}
	const resolve = (name: string, path: readonly string[]): ConfigValue => {
		if (path.includes(name)) throw new Error(`Variable "${name}" refers to itself.`);
		const value = raw[name];
		if (value === undefined) throw new Error(`The bundle has no variable "${name}".`);
		return mapTexts(value, (text) =>
			resolveText(text, (at) =>
				at.startsWith('var.') ? resolve(at.slice(4), [...path, name]) : undefined,
			),
		);
	};
	return Object.fromEntries(Object.keys(raw).map((name) => [name, resolve(name, [])]));
}

async function valueOf(
	name: string,
	declaration: ConfigValue,
	workspace: Workspace,
): Promise<ConfigValue> {
	const { lookup, default: fallback } = isMap(declaration) ? declaration : {};
	if (isMap(lookup)) {
		const [kind, wanted] = Object.entries(lookup)[0] ?? [];
		if (kind !== 'warehouse' || typeof wanted !== 'string') {
			throw new Error(`Variable "${name}": only warehouses can be looked up here.`);
		}
		return await warehouseId(wanted, workspace);
	}
	if (fallback === undefined) throw new Error(`Variable "${name}" has no value: give it one.`);
	return fallback;
}

const warehousesSchema = z.object({
	warehouses: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
});

async function warehouseId(name: string, workspace: Workspace): Promise<string> {
	const { warehouses } = await workspace.json(
		{ method: 'GET', path: '/api/2.0/sql/warehouses' },
		warehousesSchema,
	);
	const matching = warehouses.filter((warehouse) => warehouse.name === name);
	const [only] = matching;
	if (only === undefined) throw new Error(`The workspace has no SQL warehouse "${name}".`);
	if (matching.length > 1) throw new Error(`The workspace has several SQL warehouses "${name}".`);
	return only.id;
}
