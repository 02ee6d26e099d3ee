import { tortureServer } from './server/main';
import { torture, type TortureResult } from './torture';

const deliveries = ['acknowledgement', 'handOver'] as const;

/** `npm run torture [-- commits kills [delivery]]`: exit code 1 when acknowledgement loses anything. */
async function main(commits: number, kills: number, only?: string): Promise<void> {
	for (const delivery of deliveries.filter((each) => only === undefined || only === each)) {
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

function print(delivery: string, { byDelay, ...totals }: TortureResult): void {
	console.log(`Delivery: ${delivery}`);
	for (const [name, value] of Object.entries(totals)) {
		const label = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
		console.log(`  ${label.padEnd(14)}${String(value).padStart(9)}`);
	}
	console.log('  killed after a hand-over by');
	for (const { from, to, kills, handedOver, lost, replaced, repeated, n8n } of byDelay) {
		console.log(
			`    ${`${from} to ${to - 1} ms`.padEnd(14)} ${kills} kills, of ${handedOver} events ${lost} lost, ${replaced} replaced by a gap, ${repeated} repeats; n8n itself: ${n8n}`,
		);
	}
}

const [first = '2000', ...rest] = process.argv.slice(2);
const run =
	first === '--server'
		? tortureServer(rest)
		: main(Number(first), Number(rest[0] ?? '100'), rest[1]);
run.catch((error: unknown) => {
	console.error(error instanceof Error ? error.stack : error);
	process.exitCode = 1;
});
