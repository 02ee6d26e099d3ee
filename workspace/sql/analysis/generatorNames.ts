import type { Call } from '../parser/syntax';
import { unsupported } from '../sqlError';

/** Names of generators, which make rows and are handled by the FROM clause. */
export const GENERATORS = new Set([
	'explode',
	'explode_outer',
	'posexplode',
	'posexplode_outer',
	'inline',
	'inline_outer',
]);

export function functionName(call: Call): string {
	const name = call.name.map((part) => part.toLowerCase());
	if (name.length === 3 && name[0] === 'system' && name[1] === 'builtin') return name[2] ?? '';
	if (name.length > 1) throw unsupported(`the function ${call.name.join('.')}`);
	return name[0] ?? '';
}
