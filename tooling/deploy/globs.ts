import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A pattern with `*`, `?` and `**` as an expression over paths with forward slashes. */
export function globExpression(pattern: string): RegExp {
	const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
		if (part === '**/') return '(?:.*/)?';
		if (part === '**') return '.*';
		if (part === '*') return '[^/]*';
		if (part === '?') return '[^/]';
		return part.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
	});
	return new RegExp(`^${source}$`);
}

/** The files below a folder, as paths relative to it with forward slashes, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true, recursive: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
		.map((path) => path.replaceAll('\\', '/'))
		.sort();
}
