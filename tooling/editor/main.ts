import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Listr, type DefaultRenderer, type ListrTask, type SimpleRenderer } from 'listr2';
import { repositoryRoot } from '../start/repositoryRoot';
import { bar, seconds } from '../start/report';
import { EditorError } from './editorError';
import { N8nServer } from './n8nServer';
import { placesIn, portCount, portsFrom } from './places';
import { shippedWorkflows } from './shippedWorkflows';
import { editorSteps, endEditor, type EditorContext, type EditorStep } from './steps';

const defaultPort = 5678;

const usage = `Usage: npm run editor -- [--port N] [--state FOLDER] [--fresh] [--install]

  --port N        port of n8n on 127.0.0.1 (default ${defaultPort}); the ${portCount - 1} after it are taken, too
  --state FOLDER  keep n8n's and the workspace's data there (default .editor/state)
  --fresh         forget what earlier starts left; the installed n8n stays
  --install       install n8n and end`;

/** How often n8n is started again within a minute when it ends by itself. */
const restartsAMinute = 3;

/** Whoever read the output is gone, as `| head` leaves a pipe. */
class Unread extends EditorError {
	constructor() {
		super('The editor was ended: what reads its output (a pipe, a pager) has ended.');
	}
}

interface Options {
	port: number;
	state?: string;
	fresh: boolean;
	/** Nothing is started. */
	installOnly: boolean;
}

/** Opens the editor and keeps it open until it is told to stop. */
async function main(args: string[]): Promise<void> {
	const options = readOptions(args);
	if (options === undefined) return void process.stdout.write(`${usage}\n`);
	if (Number(process.versions.node.split('.')[0]) < 24) {
		throw new EditorError(
			`n8n needs Node 24; this is Node ${process.versions.node}, and for this platform the project brings none.`,
		);
	}
	const stopping = new AbortController();
	const context: EditorContext = {
		places: placesIn(repositoryRoot(__dirname), options.state && resolve(options.state)),
		ports: portsFrom(options.port),
		fresh: options.fresh,
		signal: stopping.signal,
	};
	const stop = () => stopping.abort(new EditorError('Stopped before it was ready.'));
	const stopUnread = () => stopping.abort(new Unread());
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	process.stdout.on('error', stopUnread);
	try {
		const startedAtMs = performance.now();
		const steps = options.installOnly ? editorSteps.slice(0, 1) : editorSteps;
		await new Listr<EditorContext, 'default', 'simple'>(steps.map(shown), {
			ctx: context,
			renderer: 'default',
			fallbackRenderer: 'simple',
			rendererOptions: {
				collapseSubtasks: false,
				formatOutput: 'truncate',
				showErrorMessage: false,
			},
			registerSignalListeners: false,
		}).run();
		if (options.installOnly) return;
		process.stdout.write(`${await welcome(context, performance.now() - startedAtMs)}\n`);
		await keepOpen(context);
		if (context.signal.reason instanceof Unread) throw context.signal.reason;
	} finally {
		if (context.server !== undefined)
			process.stdout.write('\nEnding n8n and the local workspace …\n');
		await endEditor(context);
		process.off('SIGINT', stop);
		process.off('SIGTERM', stop);
	}
	process.stdout.write('All of it has ended; the next start goes on from here.\n');
}

function readOptions(args: string[]): Options | undefined {
	try {
		const { values } = parseArgs({
			args,
			options: {
				port: { type: 'string', default: String(defaultPort) },
				state: { type: 'string' },
				fresh: { type: 'boolean', default: false },
				install: { type: 'boolean', default: false },
				help: { type: 'boolean', short: 'h' },
			},
		});
		if (values.help === true) return undefined;
		const port = Number(values.port);
		if (!Number.isInteger(port) || port < 1 || port > 65_536 - portCount) {
			throw new Error(
				`--port must be a number from 1 to ${65_536 - portCount}, not ${values.port}.`,
			);
		}
		return { port, state: values.state, fresh: values.fresh, installOnly: values.install };
	} catch (error) {
		throw new EditorError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
	}
}

function shown(
	step: EditorStep,
): ListrTask<EditorContext, typeof DefaultRenderer, typeof SimpleRenderer> {
	return {
		title: step.name,
		task: async (context, task) => {
			context.signal.throwIfAborted();
			const startMs = performance.now();
			let said = '';
			const result = await step.run(context, (text, done, total) => {
				if (text === said) return;
				said = text;
				if (process.stdout.isTTY && done !== undefined && total !== undefined) {
					task.title = `${step.name} ${bar(done, total)}`;
				}
				task.output = text;
			});
			task.title = `${step.name}: ${result} (${seconds(performance.now() - startMs)})`;
		},
	};
}

async function welcome(context: EditorContext, tookMs: number): Promise<string> {
	const { places, server, kept, surroundings } = context;
	const ids = [...(await shippedWorkflows(places.root)).entries()];
	const pages = ids.map(
		([id, file]) => `             ${server?.url}/workflow/${id}  (${file.split(/[\\/]/).at(-1)})`,
	);
	return [
		'',
		`The editor is open at ${server?.url} (after ${seconds(tookMs)})`,
		'',
		`  sign in    ${kept?.owner.email}`,
		`  password   ${kept?.owner.password}`,
		`  workflows`,
		...pages,
		`  workspace  ${surroundings?.workspace.host}, SQL warehouse ${surroundings?.workspace.warehouseId}`,
		`  kept in    ${places.state} (forget it with --fresh)`,
		'',
		'Ctrl+C ends it.',
	].join('\n');
}

/** Until the signal aborts. n8n is started again when it ends by itself, as a service manager does. */
async function keepOpen(context: EditorContext): Promise<void> {
	const { places, ports, signal } = context;
	const stopped = new Promise<void>((resolveStopped) => {
		if (signal.aborted) resolveStopped();
		signal.addEventListener('abort', () => resolveStopped(), { once: true });
	});
	const restartsAtMs: number[] = [];
	for (;;) {
		const how = await Promise.race([stopped, context.server?.ended]);
		if (signal.aborted) return;
		const nowMs = performance.now();
		if (restartsAtMs.filter((atMs) => nowMs - atMs < 60_000).length >= restartsAMinute) {
			throw new EditorError(
				`n8n ended again and again (${how ?? ''}). What it said is in ${places.log}.`,
			);
		}
		restartsAtMs.push(nowMs);
		process.stdout.write(`\nn8n ended by itself (${how ?? ''}); starting it again … `);
		context.server = await N8nServer.start(places, ports, signal);
		process.stdout.write(`ready after ${seconds(context.server.startMs)}\n`);
	}
}

main(process.argv.slice(2)).catch((error: unknown) => {
	const text = error instanceof Error ? error.message : String(error);
	process.stderr.write(
		`\n${error instanceof EditorError ? text : `The editor could not open: ${text}`}\n`,
	);
	process.exitCode = 1;
});
