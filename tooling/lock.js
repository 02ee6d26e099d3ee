// Writes package-lock.json so that `npm ci` passes with npm 10 and 11 on every platform. Run after a change of dependencies.
// npm leaves out platform packages that it could not resolve on the writing machine, and `npm ci` of npm 11 then stops with
// "Missing: … from lock file"; npm 10 asks for optional-peer entries that npm 11 does not write. Both are completed here.
const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');

const PLATFORMS = ['darwin', 'win32', 'android', 'freebsd', 'openharmony', 'linux'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64'];

const npm = (...words) =>
	execFileSync('npm', words, { stdio: 'inherit', shell: process.platform === 'win32' });

/** Whether a package placed at `from` finds `name` by Node's upward search. */
function isLocked(packages, from, name) {
	let folder = from;
	for (;;) {
		if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
		if (!folder) return false;
		const cut = folder.lastIndexOf('/node_modules/');
		folder = cut < 0 ? '' : folder.slice(0, cut);
	}
}

function completePlatformPackages() {
	const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
	const packages = lock.packages;
	for (const [folder, entry] of Object.entries({ ...packages })) {
		for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
			const os = PLATFORMS.find((word) => name.includes(word));
			const cpu = PROCESSORS.find((word) => name.includes(word));
			if (!os || !cpu || !/^\d/.test(version) || isLocked(packages, folder, name)) continue;
			packages[`node_modules/${name}`] = {
				version,
				cpu: [cpu],
				...(entry.dev ? { dev: true } : {}),
				optional: true,
				os: [os],
			};
		}
	}
	lock.packages = Object.fromEntries(
		Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
	);
	writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
}

npm('install', '--package-lock-only');
npm('exec', '--yes', 'npm@10.8.2', '--', 'install', '--package-lock-only');
completePlatformPackages();
