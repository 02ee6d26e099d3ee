import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../../workspace/temporaryFolder';

const purpose = `folder-test-${process.pid}`;

test('what a process that is gone left behind is removed, what a living one uses is not', () => {
	const gone = spawnSync(process.execPath, ['-e', '']).pid;
	const abandoned = join(tmpdir(), `${purpose}-${gone}-abc`);
	mkdirSync(join(abandoned, 'volumes'), { recursive: true });
	const first = makeTemporaryFolder(purpose);
	const second = makeTemporaryFolder(purpose);
	expect([abandoned, first, second].map((folder) => existsSync(folder))).toEqual([
		false,
		true,
		true,
	]);
	removeTemporaryFolder(first);
	expect([first, second].map((folder) => existsSync(folder))).toEqual([false, true]);
	removeTemporaryFolder(second);
});

test('the folder goes with its process, also when the process is ended from within', () => {
	const module = join(__dirname, '../../../build/workspace/temporaryFolder.js');
	const script = `const { makeTemporaryFolder } = require(${JSON.stringify(module)});
		process.stdout.write(makeTemporaryFolder('${purpose}'), () => process.exit(130));`;
	const { stdout, status } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
	expect([status, stdout.includes(purpose), existsSync(stdout)]).toEqual([130, true, false]);
	rmSync(stdout, { recursive: true, force: true });
});
