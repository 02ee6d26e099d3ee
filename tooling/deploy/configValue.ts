/** A value of a YAML file. */
export type ConfigValue =
	| null
	| boolean
	| number
	| string
	| ConfigValue[]
	| { [key: string]: ConfigValue };
export type ConfigMap = { [key: string]: ConfigValue };

export function isMap(value: ConfigValue | undefined): value is ConfigMap {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map at a key, empty when there is none. Throws when something else stands there. */
export function mapAt(map: ConfigMap, key: string): ConfigMap {
	const value = map[key];
	if (value === undefined || value === null) return {};
	if (!isMap(value)) throw new Error(`"${key}" must be a map.`);
	return value;
}

/** The text at a key. Throws when it is missing or no text. */
export function textAt(map: ConfigMap, key: string): string {
	const value = map[key];
	if (typeof value !== 'string') throw new Error(`"${key}" must be a text.`);
	return value;
}

/** The list of maps at a key, empty when there is none. Throws when something else stands there. */
export function mapsAt(map: ConfigMap, key: string): ConfigMap[] {
	const value = map[key] ?? [];
	if (Array.isArray(value) && value.every(isMap)) return value;
	throw new Error(`"${key}" must be a list of maps.`);
}

/** `over` laid over `under`: maps are merged key by key, everything else is replaced. */
export function merged(under: ConfigMap, over: ConfigMap): ConfigMap {
	const result = { ...under };
	for (const [key, value] of Object.entries(over)) {
		const existing = result[key];
		result[key] = isMap(existing) && isMap(value) ? merged(existing, value) : value;
	}
	return result;
}

/** Every text of a value, replaced by what `change` makes of it. */
export function mapTexts(value: ConfigValue, change: (text: string) => ConfigValue): ConfigValue {
	if (typeof value === 'string') return change(value);
	if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
	if (isMap(value)) return mapMap(value, change);
	return value;
}

export function mapMap(map: ConfigMap, change: (text: string) => ConfigValue): ConfigMap {
	return Object.fromEntries(
		Object.entries(map).map(([key, value]) => [key, mapTexts(value, change)]),
	);
}

/** The map without some of its keys. */
export function without(map: ConfigMap, ...keys: string[]): ConfigMap {
	return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}
