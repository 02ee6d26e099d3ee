import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../workspace/clock';
import { Lakehouse } from '../../../workspace/delta/lakehouse';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'durable-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const session = { catalog: 'main', schema: 'default', user: 'close@example.com' };
const open = () =>
	Lakehouse.open({
		databasePath: join(folder, 'lakehouse.duckdb'),
		volumesRoot: folder,
		clock: systemClock,
	});

/** Writes without end: each INSERT that was answered is told on standard output. */
const writer = `
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');
require.extensions['.ts'] = (module, file) => module._compile(transformSync(readFileSync(file, 'utf8'), {
	filename: file, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' },
}).code, file);
const { Lakehouse } = require('./workspace/delta/lakehouse.ts');
const { systemClock } = require('./workspace/clock.ts');
const session = ${JSON.stringify(session)};
(async () => {
	const lakehouse = await Lakehouse.open({
		databasePath: process.argv[1] + '/lakehouse.duckdb', volumesRoot: process.argv[1], clock: systemClock,
	});
	await lakehouse.run('CREATE CATALOG main', session);
	await lakehouse.run('CREATE TABLE t (n BIGINT)', session);
	for (let n = 0; n < 5000; n += 1) {
		await lakehouse.run('INSERT INTO t VALUES (' + n + ')', session);
		await lakehouse.documents.put('note', String(n), '{}');
		process.stdout.write(n + '\\n');
	}
})();`;

test('what was answered is there after SIGKILL, and rows and commits tell the same', async () => {
	const root = join(__dirname, '../../..');
	const child = spawn(process.execPath, ['-e', writer, folder], { cwd: root });
	let told = '';
	let complaint = '';
	child.stderr.on('data', (chunk) => (complaint += chunk));
	await new Promise<void>((resolve, reject) => {
		child.stdout.on('data', (chunk) => {
			told += chunk;
			if (told.split('\n').length > 40) child.kill('SIGKILL');
		});
		child.on('close', () => (told === '' ? reject(new Error(complaint)) : resolve()));
	});
	const answered = told.split('\n').filter((line) => line !== '').length;
	const lakehouse = await open();
	const { rows } = await lakehouse.run('SELECT count(*), max(n) FROM t', session);
	const count = Number(rows[0]?.[0]);
	expect(answered).toBeGreaterThanOrEqual(40);
	expect(count === answered || count === answered + 1).toBe(true);
	expect(Number(rows[0]?.[1])).toBe(count - 1);
	const history = await lakehouse.run('DESCRIBE HISTORY t LIMIT 1', session);
	expect(history.rows[0]?.[0]).toBe(String(count));
	const notes = await lakehouse.documents.list('note');
	expect(notes.length).toBeGreaterThanOrEqual(answered);
	await lakehouse.run('INSERT INTO t VALUES (-1)', session);
	await lakehouse.close();
	const again = await open();
	expect((await again.run('SELECT count(*) FROM t', session)).rows).toEqual([[String(count + 1)]]);
	await again.close();
});
