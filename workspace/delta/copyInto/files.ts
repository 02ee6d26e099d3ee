import { SqlError, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { StoredTable } from '../storedTable';
import { findVolumeFiles, type VolumeFile } from '../volumeFiles';
import type { CopyClauses } from './clauses';

/** What loaded files are remembered under, beside the sources of streams. */
const copySourceName = 'COPY INTO';

/** "FILES": a list of file names to load, with a limit of 1000 files. */
const mostFiles = 1000;

/** The files that a COPY INTO names, loaded or not. @throws SqlError when there are none */
export async function filesToCopy(
	volumesRoot: string,
	{ path, files, pattern, format, isRecursive }: CopyClauses,
): Promise<VolumeFile[]> {
	const folder = path.replace(/\/+$/, '');
	if (/[*?[\]{}]/.test(folder)) throw unsupported('COPY INTO from a path with a pattern in it');
	if (files !== undefined) {
		if (files.length > mostFiles) throw unsupported(`COPY INTO of more than ${mostFiles} FILES`);
		const found: VolumeFile[] = [];
		for (const name of files) found.push(...(await oneFile(volumesRoot, folder, name)));
		return found;
	}
	const inFolder = await findVolumeFiles(volumesRoot, folder);
	if (pattern !== undefined) {
		const found = await findVolumeFiles(volumesRoot, `${folder}/${pattern}`).catch(noneAtPath);
		if (found.length === 0) throw noFiles(format, folder);
		return found;
	}
	const nested = inFolder.find((file) => file.path.slice(folder.length + 1).includes('/'));
	if (nested !== undefined && !isRecursive) {
		throw unsupported(
			`COPY INTO from a folder that has files in folders below it without 'recursiveFileLookup' = 'true': ${nested.path}`,
		);
	}
	if (inFolder.length === 0) throw noFiles(format, folder);
	return inFolder;
}

async function oneFile(volumesRoot: string, folder: string, name: string): Promise<VolumeFile[]> {
	if (/[*?[\]{}]/.test(name)) throw unsupported(`the name ${name} in FILES`);
	const found = await findVolumeFiles(volumesRoot, `${folder}/${name}`).catch(noneAtPath);
	const [only] = found;
	if (found.length !== 1 || only?.path.endsWith(`/${name}`) !== true) {
		throw unsupported(`FILES with ${name}, which is no file of the folder`);
	}
	return found;
}

function noneAtPath(error: unknown): VolumeFile[] {
	if (error instanceof SqlError && error.condition === 'PATH_NOT_FOUND') return [];
	throw error;
}

/** What Databricks says when there is nothing to take the columns from. */
export function noFiles(format: string, folder: string): SqlError {
	const text = `The source directory did not contain any parsable files of type ${format}. Please check the contents of '${folder}'.`;
	return new SqlError('COPY_INTO_SOURCE_SCHEMA_INFERENCE_FAILED', '42KD9', text);
}

/** The folder that files are in. */
export const folderOf = ([first]: readonly VolumeFile[]) =>
	first?.path.replace(/\/[^/]*$/, '') ?? '';

/** The paths of the files that were loaded into the table. */
export async function loadedFiles(
	{ transaction }: Context,
	table: StoredTable,
): Promise<Set<string | null>> {
	const rows = await transaction.rows(
		'SELECT path FROM lakehouse_state.stream_files WHERE target = $1 AND source = $2',
		[table.storage, copySourceName],
	);
	return new Set(rows.map(([path = null]) => path));
}

/** Remembers files as loaded, in the transaction of their rows. */
export async function rememberFiles(
	{ transaction }: Context,
	table: StoredTable,
	files: readonly VolumeFile[],
): Promise<void> {
	for (const { path } of files) {
		await transaction.run('INSERT INTO lakehouse_state.stream_files VALUES ($1, $2, $3)', [
			table.storage,
			copySourceName,
			path,
		]);
	}
}
