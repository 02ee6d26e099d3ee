import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'lakehouse-setup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A clone with what set-up reads, so that a failed set-up cannot touch this checkout. */
function cloneForSetup(name: string): string {
	const clone = join(folder, name);
	mkdirSync(join(clone, 'tooling'), { recursive: true });
	for (const file of [
		'package.json',
		'package-lock.json',
		'.npmrc',
		'tooling/package.json',
		'tooling/setup.js',
		'tooling/linkNode.js',
	]) {
		cpSync(join(ROOT, file), join(clone, file));
	}
	return clone;
}

function setUp(clone: string, options: { nodeVersion?: string; env?: NodeJS.ProcessEnv } = {}) {
	const pretend = options.nodeVersion
		? `Object.defineProperty(process.versions, 'node', { value: '${options.nodeVersion}' });`
		: '';
	const result = spawnSync(
		process.execPath,
		['-e', `${pretend} require(${JSON.stringify(join(clone, 'tooling', 'setup.js'))})`],
		{ encoding: 'utf8', env: { ...process.env, ...options.env } },
	);
	return { exitCode: result.status, said: result.stderr.trim() };
}

describe('set-up says in one sentence', () => {
	test.each(['18.20.0', '20.18.3'])('that Node %s is too old', (nodeVersion) => {
		expect(setUp(cloneForSetup(`node-${nodeVersion}`), { nodeVersion })).toEqual({
			exitCode: 1,
			said: `Node 20.19 or newer is needed; this is Node ${nodeVersion}. Install a current Node (https://nodejs.org) and run the command again.`,
		});
	});

	test('that the registry cannot be reached, and leaves nothing half-installed', () => {
		const clone = cloneForSetup('offline');
		const outcome = setUp(clone, {
			env: {
				// Port 9 (discard) of this machine: refuses at once.
				npm_config_registry: 'http://127.0.0.1:9/',
				npm_config_cache: join(folder, 'empty-cache'),
			},
		});
		expect(outcome).toEqual({
			exitCode: 1,
			said: 'The npm registry cannot be reached. The first run needs it once; check the connection or the proxy settings of npm and run the command again.',
		});
		expect(existsSync(join(clone, 'node_modules'))).toBe(false);
	});

	test('that the sources do not compile, whatever words they use, and leaves no half of them', () => {
		const clone = cloneForSetup('broken-source');
		const name = 'broken-source';
		const failing = `node -e "fs.mkdirSync('dist'); console.log('a.ts: no networkError'); process.exit(2)"`;
		const write = (file: string, content: object) =>
			writeFileSync(join(clone, file), JSON.stringify(content));
		write('package.json', { name, version: '1.0.0', scripts: { compile: failing } });
		write('package-lock.json', {
			name,
			version: '1.0.0',
			lockfileVersion: 3,
			packages: { '': { name, version: '1.0.0' } },
		});
		expect(setUp(clone)).toEqual({
			exitCode: 1,
			said: 'The sources do not compile:\na.ts: no networkError',
		});
		expect(existsSync(join(clone, 'dist'))).toBe(false);
	});
});
