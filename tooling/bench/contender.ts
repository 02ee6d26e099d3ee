import type { Benchmark, ChildMessage, Settings } from './measure';

/** The process of one contender: prepares, says that it is ready, and measures when told to. */
async function main(): Promise<void> {
	const order: { file: string; index: number; contender: string; settings: Settings } =
		await nextMessage();
	const loaded: { benchmark: Benchmark } = await import(order.file);
	const benchCase = loaded.benchmark.cases[order.index];
	const contender = benchCase?.contenders.find(({ name }) => name === order.contender);
	if (contender === undefined) throw new Error(`${order.file} has no ${order.contender}.`);
	const run = await contender.prepare(order.settings);
	const go = nextMessage<string>();
	tell({ ready: true });
	await go;
	globalThis.gc?.();
	const idleBytes = process.memoryUsage().rss;
	const cpuBefore = process.cpuUsage();
	const startedMs = performance.now();
	const result = await run();
	const done = typeof result === 'string' ? { done: result } : result;
	const wallMs = performance.now() - startedMs;
	const cpu = process.cpuUsage(cpuBefore);
	tell({
		figures: {
			wallMs,
			cpuMs: (cpu.user + cpu.system) / 1_000,
			// The kernel keeps the highest ever, in KiB; loading the engine stays below every run measured.
			peakBytes: Math.max(0, process.resourceUsage().maxRSS * 1_024 - idleBytes),
			...done,
		},
	});
}

function nextMessage<Message>(): Promise<Message> {
	return new Promise((resolve) => process.once('message', resolve));
}

function tell(message: ChildMessage): void {
	process.send?.(message);
}

/** By shape: errors of n8n come as plain objects, too. */
function messageOf(error: unknown): string {
	if (typeof error === 'object' && error !== null && 'message' in error) {
		return String(error.message);
	}
	return String(error);
}

main().then(
	() => process.disconnect(),
	(error: unknown) => {
		tell({ failure: messageOf(error) });
		process.disconnect();
	},
);
