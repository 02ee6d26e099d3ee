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
