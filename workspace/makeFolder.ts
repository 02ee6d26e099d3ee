import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './systemError';

/**
 * Makes a folder and those above it. Node's own `recursive` never ends where the system answers
 * ENOENT below a folder that exists, as /proc does. Rejects with the error of the system.
 */
export async function makeFolder(path: string): Promise<void> {
	try {
		await mkdir(path);
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === 'ENOENT' && dirname(path) !== path) {
			await makeFolder(dirname(path));
			await mkdir(path);
		} else if (code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
	}
}
