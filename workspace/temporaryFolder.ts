import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

/**
 * Makes an empty folder that goes with this process. Processes that were killed cannot tidy up: what
 * they left behind under the same purpose is removed here.
 */
export function makeTemporaryFolder(purpose: string): string {
	removeAbandoned(purpose);
	if (made.size === 0) process.once('exit', removeMade);
	const folder = mkdtempSync(join(tmpdir(), `${purpose}-${process.pid}-`));
	made.add(folder);
	return folder;
}

/** Removes a folder that `makeTemporaryFolder` made, before the process ends. */
export function removeTemporaryFolder(folder: string): void {
	rmSync(folder, { recursive: true, force: true });
	made.delete(folder);
	if (made.size === 0) process.off('exit', removeMade);
}

function removeMade(): void {
	for (const folder of made) rmSync(folder, { recursive: true, force: true });
}

function removeAbandoned(purpose: string): void {
	for (const name of readdirSync(tmpdir())) {
		if (!name.startsWith(`${purpose}-`)) continue;
		const pid = /^(\d+)-/.exec(name.slice(purpose.length + 1))?.[1];
		if (pid === undefined || isAlive(Number(pid))) continue;
		rmSync(join(tmpdir(), name), { recursive: true, force: true });
	}
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
