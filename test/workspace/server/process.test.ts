import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The program as `npm run workspace` starts it: `npm test` compiles it first. */
const program = join(__dirname, '../../../build/workspace/main.js');

const children = new Set<ChildProcess>();
const taken = createSocketServer();
const folder = mkdtemp(join(tmpdir(), 'process-'));
afterAll(async () => {
	taken.close();
	for (const child of children) child.kill('SIGKILL');
	await rm(await folder, { recursive: true });
});

function start(...args: string[]) {
	const child = spawn(process.execPath, [program, ...args]);
	children.add(child);
	let output = '';
	child.stdout.on('data', (chunk) => (output += String(chunk)));
	child.stderr.on('data', (chunk) => (output += String(chunk)));
	const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, output }));
	/** The environment that it prints, once it is ready. */
	const ready = async () => {
		while (!output.includes('Ctrl+C stops it.')) {
			const gone = await Promise.race([once(child.stdout, 'data'), ended]);
			if ('code' in gone) throw new Error(`it ended: ${gone.output}`);
		}
		const lines = [...output.matchAll(/^export (\w+)=(.*)$/gm)];
		return Object.fromEntries(lines.map(([, name, value]) => [name, value]));
	};
	return { child, ended, ready };
}

async function sql(env: Record<string, string | undefined>, statement: string) {
	const response = await fetch(`${env.DATABRICKS_HOST}/api/2.0/sql/statements`, {
		method: 'POST',
		headers: { authorization: `Bearer ${env.DATABRICKS_TOKEN}` },
		body: JSON.stringify({ statement, warehouse_id: env.DATABRICKS_WAREHOUSE_ID }),
	});
	return response.json();
}

test('it prints what clients need, keeps its state through kill -9, and ends cleanly', async () => {
	const state = join(await folder, 'state');
	const first = start('--port', '0', '--state', state);
	const env = await first.ready();
	expect(Object.keys(env)).toEqual([
		'DATABRICKS_HOST',
		'DATABRICKS_TOKEN',
		'DATABRICKS_WAREHOUSE_ID',
		'DATABRICKS_HTTP_PATH',
		'DATABRICKS_CLIENT_ID',
		'DATABRICKS_CLIENT_SECRET',
	]);
	expect(await sql(env, 'CREATE CATALOG kept')).toMatchObject({ status: { state: 'SUCCEEDED' } });

	const second = await start('--port', '0', '--state', state).ended;
	expect(second).toEqual({
		code: 1,
		output: `The state folder ${state} is in use by another local workspace: stop that one, or name another folder with --state.\n`,
	});

	first.child.kill('SIGKILL');
	await first.ended;
	const third = start('--port', '0', '--state', state);
	const again = await third.ready();
	expect(again.DATABRICKS_TOKEN).toBe(env.DATABRICKS_TOKEN);
	expect(await sql(again, 'CREATE SCHEMA kept.inner')).toMatchObject({
		status: { state: 'SUCCEEDED' },
	});
	third.child.kill('SIGINT');
	const { code, output } = await third.ended;
	expect([code, output.endsWith('The local workspace has stopped.\n')]).toEqual([0, true]);
});

test('faults come from a file', async () => {
	const file = join(await folder, 'faults.json');
	await writeFile(file, JSON.stringify([{ path: '/api/2.0/sql/statements', status: 503 }]));
	const { child, ready, ended } = start('--port', '0', '--faults', file);
	const env = await ready();
	expect(await sql(env, 'SELECT 1')).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
	expect(await sql(env, 'SELECT 1')).toMatchObject({ status: { state: 'SUCCEEDED' } });
	child.kill('SIGTERM');
	expect((await ended).code).toBe(0);
});

describe('what goes wrong is one sentence and exit code 1', () => {
	test('a port that is taken', async () => {
		await once(taken.listen(0, '127.0.0.1'), 'listening');
		const address = taken.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		expect(await start('--port', String(port)).ended).toEqual({
			code: 1,
			output: `Port ${port} is taken: stop what uses it, or name another with --port.\n`,
		});
	});

	const written = async (name: string, text: string) => {
		const file = join(await folder, name);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, text);
		return file;
	};

	test.each([
		['{', /: it is no JSON: .*\.\n$/],
		[
			'[{"path":"/x","statuss":503}]',
			/: it is no list of faults: Unrecognized key.*statuss.*\(at 0\)\.\n$/,
		],
		['{"fault":[]}', /: it is no list of faults: Unrecognized key.*'fault'\.\n$/],
	])('a faults file with %s', async (text, said) => {
		const file = await written('wrong-faults.json', text);
		const { code, output } = await start('--port', '0', '--faults', file).ended;
		expect(code).toBe(1);
		expect(output).toMatch(said);
		expect(output).toContain(`The faults file ${file} cannot be used`);
	});

	test('a state folder of something else', async () => {
		const state = dirname(await written('other/workspace.json', '{"folders":[]}'));
		expect(await start('--port', '0', '--state', state).ended).toEqual({
			code: 1,
			output: `The state folder ${state} cannot be opened (its workspace.json is not one of a local workspace): name another folder with --state.\n`,
		});
	});

	test.each([
		[['--port', 'x'], /^--port must be a number from 0 to 65535, not x\.\n$/],
		[
			['--faults', '/none.json'],
			/^The faults file \/none\.json cannot be used: it does not exist\.\n$/,
		],
		[
			['--port', '0', '--state', '/proc/none'],
			/^The state folder \/proc\/none cannot be (made|written).*\.\n$/,
		],
		[['--nonsense'], /nonsense[^]*Usage: npm run workspace/],
		[
			['--port', '0', '--state', program],
			/^The state folder .*main\.js is a file: name a folder with --state\.\n$/,
		],
	])('%j', async (args, text) => {
		const { code, output } = await start(...args).ended;
		expect(code).toBe(1);
		expect(output).toMatch(text);
	});

	test('an output that nobody reads', async () => {
		const { child, ended } = start('--port', '0');
		child.stdout.destroy();
		expect(await ended).toEqual({
			code: 1,
			output:
				'The local workspace has stopped: what reads its output (a pipe, a pager) has ended before it.\n',
		});
	});

	test('--help is no mistake', async () => {
		const { code, output } = await start('--help').ended;
		expect([code, output.startsWith('Usage: npm run workspace')]).toEqual([0, true]);
	});
});
