import { tortureServer } from './server/main';
import { torture, type TortureResult } from './torture';

/** `npm run torture [-- commits kills]`: both deliveries, and exit code 1 when one loses what it must not. */
async function main(commits: number, kills: number): Promise<void> {
	for (const delivery of ['acknowledgement', 'handOver'] as const) {
		const onProgress = (text: string) => {
			if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${delivery}: ${text}`);
		};
		const result = await torture({ commits, kills, delivery, seed: 20261031, onProgress });
		if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
		print(delivery, result);
		const isWrong = result.missingRows + result.extraRows > 0;
		if (delivery === 'acknowledgement' && isWrong) process.exitCode = 1;
	}
}

function print(delivery: string, result: TortureResult): void {
	console.log(`Delivery: ${delivery}`);
	for (const [name, value] of Object.entries(result)) {
		const label = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
		console.log(`  ${label.padEnd(14)}${String(value).padStart(9)}`);
	}
}

const [first = '2000', ...rest] = process.argv.slice(2);
const run =
	first === '--server' ? tortureServer(rest) : main(Number(first), Number(rest[0] ?? '100'));
run.catch((error: unknown) => {
	console.error(error instanceof Error ? error.stack : error);
	process.exitCode = 1;
});
