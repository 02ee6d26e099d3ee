import { DatabricksError } from '../errors';
import type { Workspace } from '../workspace';
import { directoryExists, type DirectoryEntry, listDirectory, volumeOf } from './files';

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

/** The same; nothing when the folder is not there. Throws when its volume is not there either. */
export async function* walkIfThere(
	workspace: Workspace,
	folder: string,
	options: { recursive: boolean },
): AsyncGenerator<DirectoryEntry, void, undefined> {
	let isThere = false;
	try {
		for await (const entry of walk(workspace, folder, options)) {
			isThere = true;
			yield entry;
		}
	} catch (error) {
		const isMissing = error instanceof DatabricksError && error.kind === 'notFound';
		// Later it is a folder below that is gone, and with it a part of the list.
		if (isThere || !isMissing) throw error;
		const volume = volumeOf(folder);
		if (volume === folder || !(await directoryExists(workspace, volume))) throw error;
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
