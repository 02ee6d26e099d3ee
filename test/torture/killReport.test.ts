import { outcomesOf } from '../../tooling/torture/killReport';

test('losses and repeats stand where events were handed over first, by the delay of the kill', () => {
	const processed = new Map([
		['a', 1],
		['b', 3],
		['d', 2],
	]);
	const kills = [
		{ delayMs: 9.9, events: ['a', 'b'] },
		{ delayMs: 10, events: ['b', 'c'] },
		{ delayMs: 79, events: ['c', 'd', 'e'] },
		{ delayMs: 199.9, events: [] },
	];
	expect(outcomesOf(kills, processed)).toMatchObject([
		{ from: 0, kills: 1, handedOver: 2, lost: 0, repeated: 2 },
		{ from: 10, kills: 1, handedOver: 1, lost: 1, repeated: 0 },
		{ from: 40, kills: 1, handedOver: 2, lost: 1, repeated: 1 },
		{ from: 80, kills: 1, handedOver: 0, lost: 0, repeated: 0 },
	]);
});

test('what a gap stands for is not lost', () => {
	const processed = new Map(
		['t1:3:a:0', 't2:1:gap', 't2:1:b:0', 't2:4:gap', 't2:6:c:0', 't3:1:gap'].map((event) => [
			event,
			1,
		]),
	);
	const fates = (event: string) => {
		const [, outcome] = outcomesOf([{ delayMs: 20, events: [event] }], processed);
		return outcome === undefined ? undefined : [outcome.lost, outcome.replaced];
	};
	expect(
		Object.fromEntries(
			['t1:2:x:0', 't1:3:x:0', 't1:4:x:0', 't2:3:x:0', 't2:5:x:0', 't2:7:x:0', 't3:2:x:0'].map(
				(event) => [event, fates(event)],
			),
		),
	).toEqual({
		't1:2:x:0': [1, 0],
		't1:3:x:0': [0, 1],
		't1:4:x:0': [0, 1],
		't2:3:x:0': [0, 1],
		't2:5:x:0': [1, 0],
		't2:7:x:0': [0, 1],
		't3:2:x:0': [1, 0],
	});
});
