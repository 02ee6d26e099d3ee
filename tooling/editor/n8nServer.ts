import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownEnvironment, run } from './command';
import { EditorError } from './editorError';
import type { Places, Ports } from './places';

const startsWithinMs = 240_000;
const lookEveryMs = 100;
const stopsWithinMs = 20_000;

/** A running n8n, listening on 127.0.0.1 only. */
export class N8nServer {
	/** Resolves when the process has ended, with the signal or the exit code that ended it. */
	readonly ended: Promise<string>;

	private constructor(
		private readonly process: ChildProcess,
		readonly url: string,
		/** From the start of the process to its first ready answer. */
		readonly startMs: number,
		ended: Promise<string>,
	) {
		this.ended = ended;
	}

	/** Process id, for those who want to see what a crash does. */
	get pid(): number {
		return this.process.pid ?? 0;
	}

	/** Starts n8n and waits until it answers. Throws EditorError when it does not. */
	static async start(
		{ installation, userFolder, log }: Places,
		ports: Ports,
		signal?: AbortSignal,
		/** Further environment variables. */
		more: Readonly<Record<string, string>> = {},
	): Promise<N8nServer> {
		await mkdir(userFolder, { recursive: true });
		const url = `http://127.0.0.1:${ports.n8n}`;
		const program = join(installation, 'node_modules', 'n8n', 'bin', 'n8n');
		const startedAtMs = performance.now();
		const child = spawn(process.execPath, [program, 'start'], {
			cwd: userFolder,
			env: { ...environment(), ...settings(userFolder, ports, url), ...more },
			stdio: ['ignore', 'pipe', 'pipe'],
			// Ctrl-C in a terminal goes to the whole group; n8n is told by `stop`, once.
			detached: process.platform !== 'win32',
		});
		await writeFile(pidFile(userFolder), String(child.pid));
		const output = createWriteStream(log, { flags: 'a' });
		child.stdout.pipe(output, { end: false });
		child.stderr.pipe(output, { end: false });
		const ended = new Promise<string>((resolve) => {
			child.on('error', (error) => resolve(error.message));
			child.on('close', () => output.end());
			child.on('exit', (code, endSignal) => {
				resolve(endSignal ?? `exit code ${code}`);
			});
		});
		let end: string | undefined;
		void ended.then((how) => (end = how));
		for (;;) {
			// A connection that stays open would be the next call's, who may find it ended.
			const headers = { connection: 'close' };
			const answer = await fetch(`${url}/healthz/readiness`, { headers }).catch(() => undefined);
			if (answer?.ok === true) break;
			const waitedMs = performance.now() - startedAtMs;
			if (end !== undefined || signal?.aborted === true || waitedMs > startsWithinMs) {
				await stopProcess(child, ended);
				const how =
					end === undefined ? `gave no answer in ${startsWithinMs / 1000} s` : `ended: ${end}`;
				throw new EditorError(`n8n did not start (${how}). What it said is in ${log}.`);
			}
			await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
		}
		return new N8nServer(child, url, performance.now() - startedAtMs, ended);
	}

	/** Ends n8n and what it started at once, as a lost machine does. */
	async kill(): Promise<void> {
		killGroup(this.process);
		await this.ended;
	}

	/** Ends n8n and what it started: asks, and insists after 20 seconds. */
	async stop(): Promise<void> {
		await stopProcess(this.process, this.ended);
	}
}

/** Ends the n8n of an editor that was killed and could not end it. Answers whether there was one. */
export async function endLeftOver({ installation, userFolder }: Places): Promise<boolean> {
	const pid = Number(await readFile(pidFile(userFolder), 'utf8').catch(() => ''));
	if (!Number.isInteger(pid) || pid <= 0) return false;
	const isIt = async (): Promise<boolean> => {
		const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(
			async () =>
				await run('ps', ['-p', String(pid), '-o', 'args='], { folder: '.' }).catch(() => ''),
		);
		return line.includes(join(installation, 'node_modules', 'n8n'));
	};
	if (!(await isIt())) return false;
	process.kill(pid, 'SIGTERM');
	const deadlineMs = performance.now() + stopsWithinMs;
	while (performance.now() < deadlineMs) {
		if (!(await isIt())) return true;
		await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
	}
	process.kill(pid, 'SIGKILL');
	return true;
}

/** Says which process is the n8n of a user folder. */
const pidFile = (userFolder: string) => join(userFolder, 'n8n.pid');

async function stopProcess(child: ChildProcess, ended: Promise<string>): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
	child.kill('SIGTERM');
	const insist = setTimeout(() => killGroup(child), stopsWithinMs);
	await ended;
	clearTimeout(insist);
}

/** With the task runner, which is a child of n8n. */
function killGroup(child: ChildProcess): void {
	if (process.platform === 'win32' || child.pid === undefined) return void child.kill('SIGKILL');
	process.kill(-child.pid, 'SIGKILL');
}

/** Without settings of another n8n of the same person, and of the test that starts this one. */
function environment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(ownEnvironment()).filter(
			([name]) => !/^(N8N_|DB_|QUEUE_|EXECUTIONS_|WEBHOOK_|GENERIC_|JEST_|NODE_ENV$)/.test(name),
		),
	);
}

function settings(userFolder: string, ports: Ports, url: string): Record<string, string> {
	return {
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(ports.n8n),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_EDITOR_BASE_URL: url,
		N8N_RUNNERS_BROKER_PORT: String(ports.taskBroker),
		N8N_SECURE_COOKIE: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		GENERIC_TIMEZONE: 'Asia/Manila',
		// Nothing is asked of the internet.
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DISABLED_MODULES: 'mcp-registry,instance-ai',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	};
}
