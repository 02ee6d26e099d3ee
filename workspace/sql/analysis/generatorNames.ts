import type { Call } from '../parser/syntax';

/** Names of generators, which make rows and are handled by the FROM clause. */
export const GENERATORS = new Set([
	'explode',
	'explode_outer',
	'posexplode',
	'posexplode_outer',
	'inline',
	'inline_outer',
]);

/** The name of a function in lower case; that of a built-in one has no dot. */
export function functionName(call: Call): string {
	const name = call.name.map((part) => part.toLowerCase());
	if (name.length === 3 && name[0] === 'system' && name[1] === 'builtin') return name[2] ?? '';
	return name.join('.');
}
