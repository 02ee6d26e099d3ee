import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { faultSchema, type FaultSpec } from './faults';
import { StateFolderError, type LocalWorkspace } from './localWorkspace';
import { visiblePace } from './pace';
import { createServer } from './server';
import { systemErrorCode } from './systemError';

const usage = `Usage: npm run workspace -- [--port N] [--state FOLDER] [--faults FILE] [--short-ids]

  --port N        port on 127.0.0.1 (default 8484; 0 takes a free one)
  --state FOLDER  keep everything there, also when the process is killed (default: in memory)
  --faults FILE   JSON with the faults to inject: an array, or { "faults": [...] }
  --short-ids     ids of jobs and runs that fit a double, for clients that round the others`;

/** A mistake of the person who started the program; the message is one clear sentence. */
class StartError extends Error {}

interface Options {
	port: number;
	stateFolder?: string;
	faults: FaultSpec[];
	shortIds: boolean;
}

/** Serves one workspace until it is told to stop. */
async function main(args: string[]): Promise<void> {
	const unread = new AbortController();
	process.stdout.on('error', (error) => unread.abort(error));
	const options = await readOptions(args);
	if (options === undefined) return void process.stdout.write(`${usage}\n`);
	const server = createServer({ pace: visiblePace, shortIds: options.shortIds });
	try {
		await server.listen(options.port).catch((error: unknown) => {
			throw portError(error, options.port);
		});
		const workspace = await server.addWorkspace({ stateFolder: options.stateFolder });
		for (const fault of options.faults) workspace.faults.add(fault);
		process.stdout.write(`${welcome(workspace, options)}\n`);
	} catch (error) {
		await server.close();
		throw error;
	}
	const stop = async () => {
		process.off('SIGINT', onSignal);
		process.off('SIGTERM', onSignal);
		await server.close();
	};
	const onSignal = () => {
		void stop().then(() => process.stdout.write('The local workspace has stopped.\n'));
	};
	const onUnread = () => {
		process.exitCode = 1;
		void stop().then(() => process.stderr.write(unreadMessage));
	};
	process.on('SIGINT', onSignal);
	process.on('SIGTERM', onSignal);
	if (unread.signal.aborted) onUnread();
	else unread.signal.addEventListener('abort', onUnread, { once: true });
}

const unreadMessage =
	'The local workspace has stopped: what reads its output (a pipe, a pager) has ended before it.\n';

async function readOptions(args: string[]): Promise<Options | undefined> {
	const { values } = parsed(args);
	if (values.help === true) return undefined;
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new StartError(`--port must be a number from 0 to 65535, not ${values.port}.`);
	}
	const stateFolder = values.state === undefined ? undefined : resolve(values.state);
	const shortIds = values['short-ids'] === true;
	return { port, stateFolder, shortIds, faults: await readFaults(values.faults) };
}

function parsed(args: string[]) {
	const text = { type: 'string' } as const;
	const port = { ...text, default: '8484' } as const;
	try {
		return parseArgs({
			args,
			options: {
				port,
				state: text,
				faults: text,
				'short-ids': { type: 'boolean' },
				help: { type: 'boolean', short: 'h' },
			},
		});
	} catch (error) {
		throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
	}
}

async function readFaults(file: string | undefined): Promise<FaultSpec[]> {
	if (file === undefined) return [];
	const faults = z.array(faultSchema);
	const withFaults = z.object({ faults: z.unknown() }).strict();
	try {
		const content: unknown = JSON.parse(await readFile(file, 'utf8'));
		return faults.parse(Array.isArray(content) ? content : withFaults.parse(content).faults);
	} catch (error) {
		throw new StartError(`The faults file ${file} cannot be used: ${faultsProblem(error)}.`);
	}
}

function faultsProblem(error: unknown): string {
	if (error instanceof z.ZodError) {
		const [issue] = error.issues;
		const where = issue?.path.length ? ` (at ${issue.path.join('.')})` : '';
		return `it is no list of faults: ${issue?.message}${where}`;
	}
	if (systemErrorCode(error) === 'ENOENT') return 'it does not exist';
	const message = error instanceof Error ? error.message : String(error);
	return error instanceof SyntaxError ? `it is no JSON: ${message}` : message;
}

function portError(error: unknown, port: number): unknown {
	const code = systemErrorCode(error);
	if (code === 'EADDRINUSE') {
		return new StartError(`Port ${port} is taken: stop what uses it, or name another with --port.`);
	}
	if (code === 'EACCES') {
		return new StartError(`Port ${port} may not be used by this account: name one above 1023.`);
	}
	return error;
}

function welcome(workspace: LocalWorkspace, { stateFolder, faults }: Options): string {
	const { host, token, clientId, clientSecret, warehouseId } = workspace;
	const path = `/sql/1.0/warehouses/${warehouseId}`;
	return [
		`The local workspace answers at ${host}`,
		'',
		`  token          ${token}`,
		`  client id      ${clientId}`,
		`  client secret  ${clientSecret}`,
		`  warehouse id   ${warehouseId}`,
		`  state          ${stateFolder ?? 'in memory: gone when it stops (keep it with --state FOLDER)'}`,
		`  faults         ${faults.length}`,
		'',
		"For Databricks' own tools:",
		'',
		`export DATABRICKS_HOST=${host}`,
		`export DATABRICKS_TOKEN=${token}`,
		`export DATABRICKS_WAREHOUSE_ID=${warehouseId}`,
		`export DATABRICKS_HTTP_PATH=${path}`,
		'',
		'or, as the service principal, instead of the token:',
		'',
		`export DATABRICKS_CLIENT_ID=${clientId}`,
		`export DATABRICKS_CLIENT_SECRET=${clientSecret}`,
		'',
		'Ctrl+C stops it.',
	].join('\n');
}

main(process.argv.slice(2)).catch((error: unknown) => {
	const known = error instanceof StartError || error instanceof StateFolderError;
	const text = error instanceof Error ? error.message : String(error);
	process.stderr.write(`${known ? text : `The local workspace could not start: ${text}`}\n`);
	process.exitCode = 1;
});
