import { writeSync } from 'node:fs';
import { runClose } from './steps';

/** Ends with the report and exit code 0, or with the cause in one paragraph and exit code 1. */
async function main(): Promise<void> {
	try {
		process.stdout.write(await runClose());
	} catch (error) {
		const text = error instanceof Error ? error.message : String(error);
		const paragraph = text.replace(/\s+/g, ' ').trim();
		process.stderr.write(`\nThe close did not run to its end: ${paragraph}\n`);
		process.exitCode = 1;
	}
}

/** Ctrl+C: the progress has hidden the cursor; what lies in temporary folders goes with the process. */
function stop(signal: NodeJS.Signals): void {
	// Past the streams, which the progress has in its hands.
	if (process.stdout.isTTY) writeSync(1, '\u001b[?25h');
	writeSync(2, '\nThe close was stopped.\n');
	process.exit(signal === 'SIGINT' ? 130 : 143);
}

/** Whoever read the output is gone, as `| head` leaves a pipe. */
function stopUnread(): void {
	writeSync(2, 'The close was stopped: what reads its output (a pipe, a pager) has ended.\n');
	process.exit(1);
}

process.stdout.once('error', stopUnread);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
void main();
