import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { SqlError, unsupported } from '../sql/sqlError';

/** A file of a volume: its path as Databricks shows it, and where it really is. */
export interface VolumeFile {
	path: string;
	realPath: string;
	sizeBytes: number;
	modifiedMs: number;
}

/**
 * Finds the files that a path of read_files names: a file, a folder with all that is below it, or a
 * glob (`*`, `?`, `[…]`, `{a,b}`) over names, whose folders are read whole. Files and folders whose
 * name starts with `_` or `.` are no data. Only /Volumes can be read, whatever links there are.
 * An existing folder may be empty. @throws SqlError PATH_NOT_FOUND, or for a path outside the volumes
 */
export async function findVolumeFiles(volumesRoot: string, path: string): Promise<VolumeFile[]> {
	const parts = partsOf(path);
	const root = await realpath(volumesRoot);
	const files: VolumeFile[] = [];
	const places = (await matching(root, parts)).filter((place) => existsSync(place));
	for (const place of places) await collect(root, place, files);
	if (places.length === 0) {
		const text = `Path does not exist: ${path}. Create the volume or folder, or write the file, before it is read.`;
		throw new SqlError('PATH_NOT_FOUND', '42K03', text);
	}
	return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function partsOf(path: string): string[] {
	const plain = path.replace(/^dbfs:/, '');
	const [first, ...parts] = plain.split('/').filter((part) => part !== '');
	if (!plain.startsWith('/') || first !== 'Volumes' || parts.length < 3) {
		throw unsupported(`read_files of ${path}: only paths below /Volumes/catalog/schema/volume`);
	}
	if (parts.some((part) => part === '..' || part === '.')) {
		throw unsupported(`read_files of ${path}: a path without . and .. parts`);
	}
	return parts;
}

/** The real places that a path with globs names. Unity Catalog's own names have no case. */
async function matching(root: string, parts: readonly string[]): Promise<string[]> {
	let places = [root];
	for (const [depth, part] of parts.entries()) {
		const next: string[] = [];
		for (const place of places) {
			if (!/[*?[\]{}]/.test(part)) next.push(join(place, depth < 3 ? part.toLowerCase() : part));
			else {
				const pattern = globPattern(part);
				const names = await readdir(place).catch(() => []);
				for (const name of names) if (pattern.test(name)) next.push(join(place, name));
			}
		}
		places = next;
	}
	return places;
}

function globPattern(glob: string): RegExp {
	let depth = 0;
	const source = glob.replace(/\[[^\]]*\]|[\s\S]/g, (piece) => {
		if (piece.startsWith('[')) return piece.replace(/\\/g, '\\\\');
		if (piece === '*') return '.*';
		if (piece === '?') return '.';
		if (piece === '{') return (depth++, '(?:');
		if (piece === '}' && depth > 0) return (depth--, ')');
		if (piece === ',' && depth > 0) return '|';
		return piece.replace(/[.+^$()|\\\]}]/g, '\\$&');
	});
	return new RegExp(`^${source}$`);
}

async function collect(root: string, place: string, files: VolumeFile[]): Promise<void> {
	const real = await realpath(place).catch(() => undefined);
	if (real === undefined) return;
	if (real !== root && !real.startsWith(root + sep)) {
		throw unsupported('read_files of a link that leads out of the volumes');
	}
	const found = await stat(real);
	if (found.isDirectory()) {
		for (const name of await readdir(real)) {
			if (!/^[_.]/.test(name)) await collect(root, join(place, name), files);
		}
	} else if (found.isFile()) {
		const path = `/Volumes/${relative(root, place).split(sep).join('/')}`;
		files.push({
			path,
			realPath: real,
			sizeBytes: found.size,
			modifiedMs: Math.floor(found.mtimeMs),
		});
	}
}
