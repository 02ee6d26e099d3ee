// Makes a fresh clone ready: installs from the lock file when it changed, compiles when a source changed. Runs before anything is
// installed, on whatever Node the machine has, so it uses no package and, up to the version check, no recent syntax.
const MINIMUM = [20, 19];
const version = process.versions.node.split('.').map(Number);
if (version[0] < MINIMUM[0] || (version[0] === MINIMUM[0] && version[1] < MINIMUM[1])) {
	console.error(
		'Node ' +
			MINIMUM.join('.') +
			' or newer is needed; this is Node ' +
			process.versions.node +
			'. ' +
			'Install a current Node (https://nodejs.org) and run the command again.',
	);
	process.exit(1);
}

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} = require('node:fs');
const { join, resolve } = require('node:path');
const { linkNode } = require('./linkNode');

const ROOT = resolve(__dirname, '..');
const INSTALLED = join(ROOT, 'node_modules', '.installed-from');
const COMPILED = join(ROOT, 'build', '.compiled-from');
const SOURCES = [
	'nodes',
	'credentials',
	'workspace',
	'tooling',
	'tsconfig.json',
	'gulpfile.js',
	'package.json',
];

/** A sentence for the user instead of a stack trace. */
class SetupStop extends Error {}

const DISK_OR_RIGHTS = [
	[/ENOSPC|no space left/i, 'The disk is full. Free about 2 GB and run the command again.'],
	[
		/EACCES|EPERM|EROFS/,
		'This folder cannot be written to. Change its permissions and run the command again.',
	],
];
const REGISTRY = [
	/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|EHOSTUNREACH|network/i,
	'The npm registry cannot be reached. The first run needs it once; check the connection or the proxy settings of npm and run the command again.',
];

/** The first cause that the output names; the end of the output when it names none. */
function causeOf(output, causes, otherwise) {
	const known = causes.find(([pattern]) => pattern.test(output));
	return known ? known[1] : otherwise + '\n' + output.trim().split('\n').slice(-15).join('\n');
}

function run(label, command, args, causes, otherwise) {
	const startedAtMs = Date.now();
	process.stdout.write(label + ' … ');
	const result = spawnSync(command, args, {
		cwd: ROOT,
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
		shell: process.platform === 'win32',
	});
	if (result.error || result.status !== 0) {
		process.stdout.write('stopped\n');
		const output = [result.stdout, result.stderr, result.error ? result.error.message : ''].join(
			'\n',
		);
		throw new SetupStop(causeOf(output, causes, otherwise));
	}
	process.stdout.write('done in ' + ((Date.now() - startedAtMs) / 1000).toFixed(0) + ' s\n');
}

function filesBelow(path) {
	if (!statSync(path).isDirectory()) return [path];
	return readdirSync(path)
		.sort()
		.flatMap((name) => filesBelow(join(path, name)));
}

/** Fingerprint of names and contents, so that a touched or re-cloned file costs nothing. */
function fingerprint(paths) {
	const hash = createHash('sha256');
	for (const file of paths
		.map((path) => join(ROOT, path))
		.filter(existsSync)
		.flatMap(filesBelow)) {
		hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
	}
	return hash.digest('hex');
}

const matches = (stamp, value) => existsSync(stamp) && readFileSync(stamp, 'utf8') === value;

function install() {
	const wanted = fingerprint(['package-lock.json', 'tooling/package.json']);
	if (matches(INSTALLED, wanted)) return;
	try {
		run(
			'Installing packages from the lock file (one to three minutes, once)',
			'npm',
			[
				'ci',
				'--loglevel=error',
				'--fetch-retries=2',
				'--fetch-retry-mintimeout=1000',
				'--fetch-retry-maxtimeout=5000',
			],
			[...DISK_OR_RIGHTS, REGISTRY],
			'npm could not install the packages:',
		);
	} catch (error) {
		rmSync(join(ROOT, 'node_modules'), { recursive: true, force: true });
		throw error;
	}
	mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
	linkNode(ROOT);
	writeFileSync(INSTALLED, wanted);
}

function compile(always) {
	const wanted = fingerprint(SOURCES);
	if (!always && matches(COMPILED, wanted) && existsSync(join(ROOT, 'dist'))) return;
	const clear = () => {
		for (const folder of ['dist', 'build'])
			rmSync(join(ROOT, folder), { recursive: true, force: true });
	};
	clear();
	try {
		run(
			'Compiling the nodes and the local workspace',
			'npm',
			['run', '--silent', 'compile'],
			DISK_OR_RIGHTS,
			'The sources do not compile:',
		);
	} catch (error) {
		clear();
		throw error;
	}
	mkdirSync(join(ROOT, 'build'), { recursive: true });
	writeFileSync(COMPILED, wanted);
}

// What follows is set up all the same when nobody reads this output any more (`npm start | head`).
process.stdout.on('error', () => undefined);

try {
	install();
	compile(process.argv.includes('--rebuild'));
} catch (error) {
	const text =
		error instanceof SetupStop
			? error.message
			: causeOf(String(error && error.stack), DISK_OR_RIGHTS, 'Set-up stopped:');
	console.error(text);
	process.exit(1);
}
