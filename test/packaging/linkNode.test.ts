import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { linkNode } = jest.requireActual<{ linkNode(root: string): boolean }>(
	'../../tooling/linkNode',
);
const folder = mkdtempSync(join(tmpdir(), 'lakehouse-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A checkout after `npm ci`: of the platform packages only the one that fits is there. */
function checkout(name: string, installed: Record<string, string>): string {
	const root = join(folder, name);
	mkdirSync(join(root, 'tooling'), { recursive: true });
	writeFileSync(
		join(root, 'tooling', 'package.json'),
		JSON.stringify({ optionalDependencies: { 'node-here': '24.0.0', 'node-there': '24.0.0' } }),
	);
	for (const [pack, program] of Object.entries(installed)) {
		const home = join(root, 'node_modules', pack);
		mkdirSync(join(home, 'bin'), { recursive: true });
		writeFileSync(join(home, 'package.json'), JSON.stringify({ bin: { node: program } }));
		symlinkSync(process.execPath, join(home, program));
	}
	return root;
}

test('the package that fits becomes the Node of npm scripts, once', () => {
	const root = checkout('unix', { 'node-there': 'bin/node' });
	expect([linkNode(root), linkNode(root)]).toEqual([true, false]);
	const linked = spawnSync(join(root, 'node_modules', '.bin', 'node'), ['--version'], {
		encoding: 'utf8',
	});
	expect(linked.stdout.trim()).toBe(process.version);
});

test('on Windows it is called through a command file', () => {
	const root = checkout('windows', { 'node-here': 'bin/node.exe' });
	expect([linkNode(root), linkNode(root)]).toEqual([true, false]);
	expect(readFileSync(join(root, 'node_modules', '.bin', 'node.cmd'), 'utf8')).toBe(
		'@"%~dp0\\..\\node-here\\bin\\node.exe" %*\r\n',
	);
});

test('a machine that no package fits keeps its own Node', () => {
	expect(linkNode(checkout('none', {}))).toBe(false);
});
