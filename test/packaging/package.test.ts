import { execFileSync } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const MEGABYTE = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'lakehouse-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface PackedFile {
	path: string;
	size: number;
}

function pack(): { tarball: string; size: number; files: PackedFile[] } {
	const printed = execFileSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
		{ cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
	);
	const [packed] = JSON.parse(printed);
	return { tarball: join(folder, packed.filename), size: packed.size, files: packed.files };
}

/**
 * Puts the tarball where n8n puts a community package and strips its package.json as n8n does: development, peer and optional
 * dependencies go, the runtime ones stand in the package's own node_modules.
 */
function installLikeN8n(tarball: string): string {
	const target = join(folder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-databricks-lakehouse');
	mkdirSync(target, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
	const manifestPath = join(target, 'package.json');
	const {
		devDependencies: _dev,
		peerDependencies: _peer,
		optionalDependencies: _optional,
		...kept
	} = JSON.parse(readFileSync(manifestPath, 'utf8'));
	writeFileSync(manifestPath, JSON.stringify(kept));
	for (const name of Object.keys(kept.dependencies)) {
		cpSync(join(ROOT, 'node_modules', name), join(target, 'node_modules', name), {
			recursive: true,
		});
	}
	return target;
}

/** Loads the package with n8n's own loader in a process of its own, outside this repository's module resolution. */
function loadInN8n(packageFolder: string) {
	const script = `
		require('reflect-metadata');
		const { PackageDirectoryLoader } = require('n8n-core');
		const loader = new PackageDirectoryLoader(${JSON.stringify(packageFolder)});
		loader.loadAll().then(() => process.stdout.write('\\n' + JSON.stringify({
			nodes: Object.keys(loader.known.nodes).sort(),
			credentials: Object.keys(loader.known.credentials).sort(),
			icons: loader.types.nodes.every((type) => type.iconUrl && type.iconUrl.light && type.iconUrl.dark),
		})));`;
	const printed = execFileSync(process.execPath, ['-e', script], {
		cwd: folder,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {
			...process.env,
			// n8n puts its own module folders there, which is how a package finds n8n-workflow.
			NODE_PATH: [join(ROOT, 'node_modules'), process.env.NODE_PATH]
				.filter(Boolean)
				.join(delimiter),
			NODE_ENV: 'production',
			N8N_USER_FOLDER: folder,
			N8N_ENCRYPTION_KEY: 'for-this-test-only',
		},
	});
	return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}

describe('the published package', () => {
	const packed = pack();

	test('ships what runs and nothing else', () => {
		const outside = packed.files
			.map((file) => file.path)
			.filter((path) => !/^dist\/(nodes|credentials)\/.+\.(js|json|svg)$/.test(path))
			.sort();
		expect(outside).toEqual(['LICENSE', 'README.md', 'index.js', 'package.json']);
	});

	test('is under 1 MB', () => {
		expect(statSync(packed.tarball).size).toBeLessThan(MEGABYTE);
	});

	test('depends on undici and zod alone', () => {
		const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
		expect(Object.keys(manifest.dependencies)).toEqual(['undici', 'zod']);
	});

	test('loads in n8n from an n8n user folder', () => {
		expect(loadInN8n(installLikeN8n(packed.tarball))).toEqual({
			nodes: [
				'databricksDeltaCheckpoint',
				'databricksDeltaTrigger',
				'databricksModelPredict',
				'databricksPipelineUpdate',
				'databricksRunJob',
				'databricksRunTrigger',
				'databricksSqlStatement',
				'databricksVolumeFile',
			],
			credentials: ['databricksLakehouseOAuth2Api', 'databricksLakehouseTokenApi'],
			icons: true,
		});
	});
});
