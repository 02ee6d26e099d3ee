import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * n8n-core reads its settings from the environment while it is being required, so this file has to be
 * the first import of every file that imports n8n-core. The user folder is a fresh one per process:
 * an n8n that is installed on the machine is neither read nor changed.
 */
const prefix = 'lakehouse-engine-';
const userFolder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'lakehouse-engine';
process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';
process.env.N8N_LOG_LEVEL ??= 'silent';
process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));

// Processes that were killed, and jest's workers, leave their folder behind.
for (const name of readdirSync(tmpdir())) {
	const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
	if (pid === undefined || isAlive(Number(pid))) continue;
	rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
