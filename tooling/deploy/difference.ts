import { isMap, type ConfigValue } from './configValue';

/**
 * Whether the workspace has what was asked for: every field asked for stands there with its value.
 * Fields that only the workspace has do not matter; neither does an empty value that it leaves out.
 */
export function holds(actual: unknown, wanted: ConfigValue | undefined): boolean {
	if (isEmpty(wanted)) return isEmpty(actual);
	if (Array.isArray(wanted)) {
		return (
			Array.isArray(actual) &&
			actual.length === wanted.length &&
			wanted.every((item, i) => holds(actual[i], item))
		);
	}
	if (isMap(wanted)) {
		if (typeof actual !== 'object' || actual === null) return false;
		const fields = new Map<string, unknown>(Object.entries(actual));
		return Object.entries(wanted).every(([key, value]) => holds(fields.get(key), value));
	}
	return actual === wanted;
}

/** Whether two settings say the same, whatever the order of their fields. */
export function same(one: ConfigValue | undefined, other: ConfigValue | undefined): boolean {
	return canonical(one) === canonical(other);
}

function canonical(value: ConfigValue | undefined): string {
	return JSON.stringify(value ?? null, (_key, item: ConfigValue) =>
		isMap(item)
			? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
			: item,
	);
}

function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null || value === '' || value === false || value === 0) {
		return true;
	}
	return typeof value === 'object' && Object.keys(value).length === 0;
}
