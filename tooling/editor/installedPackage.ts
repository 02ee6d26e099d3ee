import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from './command';
import type { Places } from './places';

const manifestSchema = z
	.object({ name: z.string(), version: z.string(), dependencies: z.record(z.string(), z.string()) })
	.passthrough();
const packedSchema = z.array(z.object({ filename: z.string() })).nonempty();

/** What n8n's own installer takes out of a package before it installs what the package needs. */
const leftOut = ['devDependencies', 'peerDependencies', 'optionalDependencies', 'workspaces'];

/**
 * Puts this package into n8n's user folder the way n8n does when a user installs it: the packed
 * tarball unpacked there, with its own dependencies inside. Answers whether anything was new.
 */
export async function putPackage(
	{ root, installation, userFolder }: Places,
	signal?: AbortSignal,
): Promise<boolean> {
	await shareWorkflowPackage(installation, userFolder);
	const nodes = join(userFolder, '.n8n', 'nodes');
	const stamp = join(nodes, '.installed-from');
	const wanted = await fingerprint(root);
	if ((await readFile(stamp, 'utf8').catch(() => undefined)) === wanted) return false;

	const manifest = manifestSchema.parse(
		JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
	);
	const target = join(nodes, 'node_modules', manifest.name);
	const unpacked = join(nodes, 'unpacked');
	await rm(unpacked, { recursive: true, force: true });
	await mkdir(unpacked, { recursive: true });
	const packed = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', unpacked],
		{
			folder: root,
			signal,
		},
	);
	const [{ filename }] = packedSchema.parse(JSON.parse(packed.slice(packed.indexOf('['))));
	await run('tar', ['-xzf', filename], { folder: unpacked, signal });

	const fresh = join(unpacked, 'package');
	const shipped = manifestSchema.parse(
		JSON.parse(await readFile(join(fresh, 'package.json'), 'utf8')),
	);
	const reduced = Object.fromEntries(
		Object.entries(shipped).filter(([name]) => !leftOut.includes(name)),
	);
	await writeFile(join(fresh, 'package.json'), JSON.stringify(reduced, null, 2));
	const before = await readFile(join(target, 'package.json'), 'utf8').catch(() => undefined);
	if (before !== undefined && sameDependencies(manifestSchema.parse(JSON.parse(before)), shipped)) {
		await rename(join(target, 'node_modules'), join(fresh, 'node_modules'));
	} else {
		await run(
			'npm',
			[
				'install',
				'--audit=false',
				'--fund=false',
				'--bin-links=false',
				'--install-strategy=shallow',
				'--ignore-scripts=true',
				'--package-lock=false',
				'--prefer-offline',
				'--loglevel=error',
			],
			{ folder: fresh, signal },
		);
	}
	await rm(target, { recursive: true, force: true });
	await mkdir(join(nodes, 'node_modules'), { recursive: true });
	await rename(fresh, target);
	await rm(unpacked, { recursive: true, force: true });
	const list = {
		name: 'installed-nodes',
		private: true,
		dependencies: { [manifest.name]: manifest.version },
	};
	await writeFile(join(nodes, 'package.json'), JSON.stringify(list, null, 2));
	await writeFile(stamp, wanted);
	return true;
}

/**
 * Lets the package find n8n's own n8n-workflow, as it does on a user's machine. The user folder lies
 * inside of this repository, whose copy would be found first: another one, with other classes.
 */
async function shareWorkflowPackage(installation: string, userFolder: string): Promise<void> {
	const link = join(userFolder, 'node_modules', 'n8n-workflow');
	await mkdir(join(userFolder, 'node_modules'), { recursive: true });
	await rm(link, { force: true });
	await symlink(join(installation, 'node_modules', 'n8n-workflow'), link, 'junction');
}

function sameDependencies(
	a: z.output<typeof manifestSchema>,
	b: z.output<typeof manifestSchema>,
): boolean {
	return JSON.stringify(a.dependencies) === JSON.stringify(b.dependencies);
}

/** Of everything that is packed. */
async function fingerprint(root: string): Promise<string> {
	const hash = createHash('sha256').update(await readFile(join(root, 'package.json')));
	const dist = join(root, 'dist');
	const entries = await readdir(dist, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
		hash.update(file.slice(root.length)).update(await readFile(file));
	}
	return hash.digest('hex');
}
