import { serverTorture, type ServerTortureResult } from './serverTorture';

/** `npm run torture -- --server [ms ms …]`: exit code 1 when acknowledgement loses a row. */
export async function tortureServer(args: readonly string[]): Promise<void> {
	const killAfterMs = args.length === 0 ? [10, 20, 40, 60, 80] : args.map(Number);
	const onProgress = (text: string) => {
		if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
	};
	const results = await serverTorture({ killAfterMs, onProgress });
	if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
	for (const result of results) print(result);
	const lost = results
		.filter(({ delivery }) => delivery === 'acknowledgement')
		.flatMap(({ rounds }) => rounds)
		.reduce((sum, round) => sum + round.lost, 0);
	if (lost > 0) process.exitCode = 1;
}

function print({ engine, delivery, rounds }: ServerTortureResult): void {
	console.log(`n8n ${engine}, delivery: ${delivery}`);
	for (const { name, rows, lost, repeats } of rounds) {
		console.log(`  ${name.padEnd(20)} ${lost} of ${rows} lost, ${repeats} repeated`);
	}
}
