import { isMap, type ConfigMap, type ConfigValue } from './configValue';

const reference = /\$\{([A-Za-z][\w-]*(?:\.[\w-]+)*)\}/g;

/** Paths of the references in a value: `resources.pipelines.scout_etl.id`. */
export function referencesIn(value: ConfigValue): string[] {
	if (typeof value === 'string') return [...value.matchAll(reference)].map(([, path = '']) => path);
	if (Array.isArray(value)) return value.flatMap(referencesIn);
	if (isMap(value)) return Object.values(value).flatMap(referencesIn);
	return [];
}

/**
 * A text with its references replaced. A text that is one reference becomes the value itself, with
 * its type; inside longer texts a value must be a text, a number or a boolean. `lookup` answers
 * undefined for references that are resolved later. Throws for a list or map inside a text.
 */
export function resolveText(
	text: string,
	lookup: (path: string) => ConfigValue | undefined,
): ConfigValue {
	const [whole] = text.matchAll(reference);
	if (whole !== undefined && whole[0] === text) return lookup(whole[1] ?? '') ?? text;
	return text.replace(reference, (written, path: string) => {
		const value = lookup(path);
		if (value === undefined) return written;
		if (typeof value === 'object') {
			throw new Error(`${written} is no text, so it cannot stand inside "${text}".`);
		}
		return String(value);
	});
}

/** The value at a dotted path. */
export function valueAt(map: ConfigMap, path: string): ConfigValue | undefined {
	let value: ConfigValue | undefined = map;
	for (const key of path.split('.')) value = isMap(value) ? value[key] : undefined;
	return value;
}
