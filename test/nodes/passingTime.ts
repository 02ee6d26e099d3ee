import type { Execution } from '../../tooling/engine/execution';

/**
 * Runs a node with a clock of this process that moves on by `stepMs` whenever `passes` says so, and
 * with real time otherwise.
 */
export async function whileTimePasses(
	start: () => Promise<Execution>,
	passes: () => Promise<boolean> | boolean,
	stepMs: number,
): Promise<Execution> {
	jest.useFakeTimers({
		advanceTimers: true,
		doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'hrtime'],
	});
	try {
		let isOver = false;
		const execution = start().finally(() => (isOver = true));
		while (!isOver) {
			await new Promise((resolve) => setImmediate(resolve));
			if (await passes()) await jest.advanceTimersByTimeAsync(stepMs);
		}
		return await execution;
	} finally {
		jest.useRealTimers();
	}
}
