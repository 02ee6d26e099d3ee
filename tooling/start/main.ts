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

void main();
