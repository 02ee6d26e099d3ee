import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
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
	await settled();
	forgetPeak();
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
			peakBytes: Math.max(0, peakBytes() - idleBytes),
			...done,
		},
	});
}

/** What preparing left is given back to the system, which takes Node a moment. */
async function settled(): Promise<void> {
	globalThis.gc?.();
	await pause(1_000);
	globalThis.gc?.();
}

/** Lets the kernel begin anew with the highest resident memory, which loading the engine may have set. */
function forgetPeak(): void {
	if (existsSync('/proc/self/clear_refs')) writeFileSync('/proc/self/clear_refs', '5');
}

/** The highest resident memory; where there is no /proc, since the process began. */
function peakBytes(): number {
	const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
	const [, kib = process.resourceUsage().maxRSS] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? [];
	return Number(kib) * 1_024;
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
