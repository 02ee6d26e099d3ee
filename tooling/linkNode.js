const { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

/**
 * Makes `node` of npm scripts the Node that tooling/package.json brings, where npm has not done so: npm 10 removes the link that
 * it made, together with the platform packages that do not fit, since all of them call their program `node`.
 * Returns whether a link was made. Without a package that fits, scripts run on the machine's own Node.
 */
function linkNode(root) {
	const { optionalDependencies } = JSON.parse(
		readFileSync(join(root, 'tooling', 'package.json'), 'utf8'),
	);
	const name = Object.keys(optionalDependencies).find((candidate) =>
		existsSync(join(root, 'node_modules', candidate, 'package.json')),
	);
	const commands = join(root, 'node_modules', '.bin');
	if (!name || existsSync(join(commands, 'node')) || existsSync(join(commands, 'node.cmd')))
		return false;
	const folder = join(root, 'node_modules', name);
	const program = join(
		folder,
		JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin.node,
	);
	mkdirSync(commands, { recursive: true });
	// A symbolic link needs a privilege on Windows, a command file does not.
	if (program.endsWith('.exe')) {
		writeFileSync(
			join(commands, 'node.cmd'),
			`@"%~dp0\\${relative(commands, program).replaceAll('/', '\\')}" %*\r\n`,
		);
	} else symlinkSync(relative(commands, program), join(commands, 'node'));
	return true;
}

module.exports = { linkNode };
