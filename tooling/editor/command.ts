import { spawn } from 'node:child_process';

export interface CommandOptions {
	folder: string;
	signal?: AbortSignal;
	/** Each line of its output, as it comes. */
	onLine?: (line: string) => void;
}

/** A command that ended with another code than 0. */
export class CommandError extends Error {
	constructor(
		command: string,
		/** The last lines that it printed. */
		readonly output: string,
	) {
		super(`${command} failed:\n${output}`);
	}
}

const keptLines = 40;

/** Runs a command to its end and resolves with its output. Throws CommandError. */
export async function run(
	command: string,
	args: string[],
	{ folder, signal, onLine }: CommandOptions,
): Promise<string> {
	const isWindows = process.platform === 'win32';
	const child = spawn(command, args, {
		cwd: folder,
		env: ownEnvironment(),
		shell: isWindows,
		signal,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const lines: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		let rest = '';
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			const parts = (rest + chunk).split('\n');
			rest = parts.pop() ?? '';
			for (const line of parts) {
				lines.push(line);
				onLine?.(line);
			}
		});
		stream.on('end', () => {
			if (rest) lines.push(rest);
		});
	}
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	if (code !== 0) throw new CommandError(command, lines.slice(-keptLines).join('\n'));
	return lines.join('\n');
}

/**
 * The environment without what `npm run` adds to it: a second npm would take the folder and the
 * settings of the first one for its own.
 */
export function ownEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) =>
				!/^npm_(package|lifecycle|command|execpath|node_execpath|config_local|config_ignore_scripts|config_noproxy)/i.test(
					name,
				),
		),
	);
}
