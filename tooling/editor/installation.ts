import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { CommandError, run } from './command';
import { EditorError } from './editorError';
import type { Places } from './places';

const stamp = '.installed-from';
const manifestFiles = ['package.json', 'package-lock.json'];
const lockSchema = z.object({ packages: z.record(z.string(), z.unknown()) });
const lookEveryMs = 1_000;

/** Told while it is under way: how many packages are there of how many, or what is being built. */
export type InstallProgress = (done: number, total: number, what: string) => void;

/** Whether n8n is there as the lock file of the editor has it. */
export async function isInstalled({ manifest, installation }: Places): Promise<boolean> {
	const installed = await readFile(join(installation, stamp), 'utf8').catch(() => undefined);
	return installed === (await fingerprint(manifest));
}

/**
 * Installs n8n beside the project, from the lock file of the editor, and builds its one native
 * part, the database driver. Throws EditorError with what to do.
 */
export async function install(
	places: Places,
	onProgress: InstallProgress,
	signal?: AbortSignal,
): Promise<void> {
	const { manifest, installation } = places;
	await mkdir(installation, { recursive: true });
	for (const file of manifestFiles) await copyFile(join(manifest, file), join(installation, file));
	const { packages } = lockSchema.parse(
		JSON.parse(await readFile(join(manifest, 'package-lock.json'), 'utf8')),
	);
	const total = topLevel(Object.keys(packages)).length;
	const watch = setInterval(() => {
		void countPackages(installation).then((done) =>
			onProgress(Math.min(done, total), total, 'packages'),
		);
	}, lookEveryMs);
	try {
		// The lock file lacks packages of other platforms, which `npm ci` takes for a fault.
		await run(
			'npm',
			[
				'install',
				'--legacy-peer-deps',
				'--ignore-scripts',
				'--no-audit',
				'--no-fund',
				'--loglevel=error',
			],
			{ folder: installation, signal },
		);
	} catch (error) {
		signal?.throwIfAborted();
		throw new EditorError(installAdvice(error), { cause: error });
	} finally {
		clearInterval(watch);
	}
	onProgress(total, total, 'packages; building the database driver (about a minute)');
	try {
		const headers = nodeHeaders();
		await run(
			'npm',
			[
				'rebuild',
				'sqlite3',
				'--ignore-scripts=false',
				'--foreground-scripts',
				...(headers === undefined ? [] : [`--nodedir=${headers}`]),
			],
			{ folder: installation, signal },
		);
	} catch (error) {
		signal?.throwIfAborted();
		throw new EditorError(buildAdvice(error), { cause: error });
	}
	await writeFile(join(installation, stamp), await fingerprint(manifest));
}

async function fingerprint(manifest: string): Promise<string> {
	const hash = createHash('sha256');
	for (const file of manifestFiles) hash.update(await readFile(join(manifest, file)));
	return hash.digest('hex');
}

function topLevel(paths: string[]): string[] {
	return paths.filter((path) => path.lastIndexOf('node_modules/') === 0);
}

/**
 * Where a Node of this machine has its headers, so that node-gyp need not fetch some. The driver
 * uses Node-API, which is the same for all versions.
 */
function nodeHeaders(): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, '..'));
	return folders.find((folder) => existsSync(join(folder, 'include', 'node', 'node_api.h')));
}

/** Packages that are unpacked: npm gives a folder its package.json when it is filled. */
async function countPackages(installation: string): Promise<number> {
	const folder = join(installation, 'node_modules');
	const names = await readdir(folder).catch(() => []);
	const scoped = await Promise.all(
		names
			.filter((name) => name.startsWith('@'))
			.map(async (scope) =>
				(await readdir(join(folder, scope)).catch(() => [])).map((name) => join(scope, name)),
			),
	);
	return [...names, ...scoped.flat()].filter((name) =>
		existsSync(join(folder, name, 'package.json')),
	).length;
}

const textOf = (error: unknown) =>
	error instanceof CommandError ? error.output : error instanceof Error ? error.message : '';

function installAdvice(error: unknown): string {
	const text = textOf(error);
	if (/ENOSPC|no space left/i.test(text)) {
		return 'The disk is full: n8n needs 2.5 GB. Free some space and run the command again.';
	}
	if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH/i.test(text)) {
		return 'The npm registry cannot be reached. Installing n8n needs it once; check the connection or the proxy settings of npm and run the command again.';
	}
	return `npm could not install n8n:\n${text}`;
}

function buildAdvice(error: unknown): string {
	const needs =
		'n8n keeps its data in SQLite, whose driver is compiled here. That takes Python 3, make and a C++ compiler (Debian, Ubuntu: apt install python3 make g++; macOS: xcode-select --install), and the headers of Node, which node-gyp fetches from nodejs.org unless the `nodedir` setting of npm names them.';
	return `${needs} Then run the command again. What it said:\n${textOf(error).split('\n').slice(-12).join('\n')}`;
}
