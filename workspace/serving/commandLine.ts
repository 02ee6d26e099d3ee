import { PythonTaskExit } from './pythonTask';

/**
 * Reads `--name value` pairs. Throws PythonTaskExit for an argument that is not known, or a required
 * one that is missing.
 */
export function readArguments<Name extends string>(
	parameters: readonly string[],
	known: Record<Name, { default?: string }>,
): Record<Name, string> {
	const given = new Map<string, string>();
	for (let at = 0; at < parameters.length; at += 2) {
		const [name = '', value] = parameters.slice(at, at + 2);
		if (!name.startsWith('--') || !(name.slice(2) in known) || value === undefined) {
			throw new PythonTaskExit(`unrecognized arguments: ${parameters.slice(at).join(' ')}`);
		}
		given.set(name.slice(2), value);
	}
	const names = objectKeys(known);
	const missing = names.filter((name) => !given.has(name) && known[name].default === undefined);
	if (missing.length > 0) {
		const list = missing.map((name) => `--${name}`).join(', ');
		throw new PythonTaskExit(`the following arguments are required: ${list}`);
	}
	const values = names.map((name) => [name, given.get(name) ?? known[name].default ?? '']);
	return Object.fromEntries(values);
}

function objectKeys<Name extends string>(record: Record<Name, unknown>): Name[] {
	const names: Name[] = [];
	for (const name in record) names.push(name);
	return names;
}

/** A three-level table name with each part quoted. Throws PythonTaskExit when it is none. */
export function quotedTable(name: string): string {
	const parts = name.split('.');
	if (parts.length !== 3 || parts.some((part) => !/^\w+$/.test(part))) {
		throw new PythonTaskExit(`"${name}" is no table name of the form catalog.schema.table.`);
	}
	return parts.map((part) => `\`${part}\``).join('.');
}
