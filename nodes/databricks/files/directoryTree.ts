import { type DirectoryEntry, listDirectory } from './files';
import type { Workspace } from '../workspace';

/**
 * What is in a folder and, when asked, in all folders below it; a folder comes before what is in it.
 * Pages are read as they are needed.
 */
export async function* walk(
	workspace: Workspace,
	folder: string,
	options: { recursive: boolean },
): AsyncGenerator<DirectoryEntry, void, undefined> {
	const waiting = [folder];
	for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
		for await (const entry of listDirectory(workspace, next)) {
			yield entry;
			if (options.recursive && entry.is_directory) waiting.push(entry.path);
		}
	}
}

/**
 * A test for paths below a folder: `*` is any text without a slash, `**` any text, `?` one
 * character. A pattern without a slash is for the name alone.
 */
export function matcher(pattern: string): (relativePath: string) => boolean {
	const isForName = !pattern.includes('/');
	const source = pattern.replace(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, (special) => {
		if (special.startsWith('**')) return special.endsWith('/') ? '(?:.*/)?' : '.*';
		if (special === '*') return '[^/]*';
		return special === '?' ? '[^/]' : `\\${special}`;
	});
	const expression = new RegExp(`^${source}$`, 'u');
	return (path) => expression.test(isForName ? path.slice(path.lastIndexOf('/') + 1) : path);
}
