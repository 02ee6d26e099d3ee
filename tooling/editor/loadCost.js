// What this package costs n8n when it starts: loads the installed package with n8n's own loader, in a process that has loaded
// n8n's engine before, as n8n has. `node tooling/editor/loadCost.js` after `npm run editor` has been there once.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const server = createRequire(
	join(root, '.editor', 'server', 'node_modules', 'n8n', 'package.json'),
);
server('reflect-metadata');
const { PackageDirectoryLoader } = server('n8n-core');
const folder = join(
	process.argv[2] ?? join(root, '.editor', 'state', 'n8n'),
	'.n8n/nodes/node_modules/n8n-nodes-databricks-lakehouse',
);

async function main() {
	global.gc?.();
	const before = process.memoryUsage().rss;
	const startMs = performance.now();
	const startCpu = process.cpuUsage();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const { user, system } = process.cpuUsage(startCpu);
	const wallMs = performance.now() - startMs;
	global.gc?.();
	const megabytes = (process.memoryUsage().rss - before) / 1e6;
	const count = Object.keys(loader.known.nodes).length;
	console.log(
		`${count} nodes: ${wallMs.toFixed(0)} ms wall, ${((user + system) / 1000).toFixed(0)} ms CPU, ${megabytes.toFixed(1)} MB`,
	);
}

void main();
