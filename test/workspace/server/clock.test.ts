import { ManualClock, systemClock } from '../../../workspace/clock';

test('a manual clock wakes sleepers in order, each at its own moment', async () => {
	const clock = new ManualClock(1000);
	const woken: [string, number][] = [];
	const sleep = async (name: string, ms: number) => {
		await clock.sleep(ms);
		woken.push([name, clock.now()]);
	};
	void sleep('late', 300);
	void sleep('early', 100).then(() => sleep('after early', 100));
	await clock.advance(250);
	expect(woken).toEqual([
		['early', 1100],
		['after early', 1200],
	]);
	expect(clock.now()).toBe(1250);
	expect(clock.sleeping).toBe(1);
	await clock.advance(50);
	expect(woken.at(-1)).toEqual(['late', 1300]);
});

test.each([
	['system', systemClock],
	['manual', new ManualClock()],
])('a sleep of the %s clock ends with the reason of its signal', async (_name, clock) => {
	const controller = new AbortController();
	const sleeping = clock.sleep(60_000, controller.signal);
	controller.abort(new Error('enough'));
	await expect(sleeping).rejects.toThrow('enough');
	await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
});
