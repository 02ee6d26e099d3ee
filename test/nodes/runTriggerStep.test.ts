import * as fc from 'fast-check';
import {
	eventKinds,
	type Found,
	lookFromMs,
	type Memory,
	openIds,
	readMemory,
	type Sighting,
	stepOf,
} from '../../nodes/RunTrigger/step';

const minute = 60_000;
const startOfTime = Date.UTC(2026, 9, 31, 16);
const lookBackMs = 90 * minute;
const everyMs = 5 * minute;
const polls = 200;
const mostFailuresInARow = 5;
const ends = ['succeeded', 'failed', 'cancelled', 'skipped'] as const;

interface Episode {
	episode: string;
	startMs: number;
	endMs: number;
	end: (typeof ends)[number];
}
interface SimulatedRun {
	id: string;
	episodes: Episode[];
}

/** Numbers that follow from a seed. */
function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/**
 * Runs that begin before and while the trigger polls; times are whole minutes, so that many are equal.
 * A repair of a run from before the look-back takes longer than the trigger can be away: a shorter one
 * cannot be seen, and the option says so.
 */
function simulate(count: number, random: () => number): SimulatedRun[] {
	const between = (low: number, high: number) => Math.floor(low + random() * (high - low));
	const endOf = () => ends[between(0, ends.length)] ?? 'failed';
	return Array.from({ length: count }, (_, index) => {
		const startMs = startOfTime + between(-300, 900) * minute;
		const length = random() < 0.1 ? between(60, 600) : between(0, 10);
		const episodes = [
			{ episode: 'original', startMs, endMs: startMs + length * minute, end: endOf() },
		];
		while (random() < 0.2) {
			const before = episodes.at(-1)?.endMs ?? startMs;
			const again = before + between(0, 200) * minute;
			const isRecent = again + 60 * minute < startMs + lookBackMs;
			const lastsMinutes = isRecent ? between(0, 20) : between(60, 90);
			const endMs = again + lastsMinutes * minute;
			const episode = `repair ${episodes.length}`;
			episodes.push({ episode, startMs: again, endMs, end: endOf() });
		}
		return { id: String(index), episodes };
	});
}

/** What the workspace shows of a run at a time; the history has every try. */
function sightings({ id, episodes }: SimulatedRun, nowMs: number): Sighting[] {
	return episodes
		.filter(({ startMs }) => startMs <= nowMs)
		.map(({ episode, startMs, endMs, end }) =>
			endMs <= nowMs
				? { id, episode, startMs, endMs, state: end }
				: { id, episode, startMs, state: 'running' },
		);
}

const keyOf = ({ kind, sighting }: Found) => `${sighting.id}/${sighting.episode} ${kind}`;

test('every end of 5 000 runs is told exactly once, over restarts and failing polls', () => {
	const property = fc.property(fc.integer(), fc.integer({ min: -10, max: 10 }), (seed, skew) => {
		const random = randomOf(seed);
		const runs = simulate(5_000, random);
		const options = {
			selection: 'all',
			kinds: new Set(eventKinds),
			lookBackMs,
			longMs: 120 * minute,
			mostEvents: 400,
		};
		let memory: Memory | undefined;
		let saved: unknown;
		let failures = 0;
		const told: string[] = [];

		const poll = (nowMs: number, isActivation: boolean) => {
			const now = { ...options, nowMs: nowMs + skew * minute };
			const fromMs = lookFromMs(memory, now);
			const open = new Set(openIds(memory, 'all'));
			const seen = runs
				.filter(({ id, episodes }) => {
					const { startMs = 0 } = episodes[0] ?? {};
					const isActive = episodes.some((each) => each.startMs <= nowMs && each.endMs > nowMs);
					return startMs <= nowMs && (startMs >= fromMs || isActive || open.has(id));
				})
				.flatMap((run) => sightings(run, nowMs))
				.sort(() => random() - 0.5);
			const step = stepOf(memory, seen, now);
			memory = step.memory;
			told.push(...step.found.map(keyOf));
			// n8n saves with items, and after the activation.
			if (isActivation || step.found.length > 0) saved = JSON.parse(JSON.stringify(memory));
			return step.found.length;
		};

		poll(startOfTime, true);
		let nowMs = startOfTime;
		for (let count = 1; count < polls; count++) {
			nowMs += everyMs;
			if (random() < 0.1) memory = readMemory(saved);
			const fails = failures < mostFailuresInARow && random() < 0.2;
			failures = fails ? failures + 1 : 0;
			if (!fails) poll(nowMs, false);
		}
		while (poll(nowMs, false) > 0);

		const expected = runs.flatMap(({ id, episodes }) =>
			episodes
				.filter(({ endMs }) => endMs > startOfTime && endMs <= nowMs)
				.map(({ episode, end }) => `${id}/${episode} ${end}`),
		);
		const isEnd = (key: string) => !/ (started|long)$/.test(key);
		expect(told.filter(isEnd).sort()).toEqual(expected.sort());
		expect(new Set(told).size).toBe(told.length);
	});
	fc.assert(property, { numRuns: 4 });
});

describe('a poll', () => {
	const options = {
		selection: 'all',
		kinds: new Set(eventKinds),
		lookBackMs,
		nowMs: startOfTime,
		mostEvents: 10,
	};
	const sighting = (more: Partial<Sighting>): Sighting => ({
		id: '1',
		episode: 'original',
		startMs: startOfTime - 10 * minute,
		state: 'running',
		...more,
	});
	const told = (steps: { found: Found[] }) => steps.found.map(keyOf);
	const ended = sighting({ state: 'failed', endMs: startOfTime - minute });

	test.each([
		['tells nothing of what is there at first', undefined, [ended], []],
		[
			'tells what ended since the chosen moment',
			startOfTime - 5 * minute,
			[ended],
			['1/original failed'],
		],
		['tells nothing from before the chosen moment', startOfTime - 30_000, [ended], []],
	])('%s', (_what, sinceMs, seen, expected) => {
		expect(told(stepOf(undefined, seen, { ...options, sinceMs }))).toEqual(expected);
	});

	test('leaves what is too much to the next one', () => {
		const first = stepOf(undefined, [], options);
		const seen = ['1', '2', '3'].map((id) => ({ ...ended, id }));
		const few = { ...options, nowMs: startOfTime + minute, mostEvents: 4 };
		const second = stepOf(first.memory, seen, few);
		const third = stepOf(second.memory, seen, few);
		expect([told(second), told(third)]).toEqual([
			['1/original started', '1/original failed', '2/original started', '2/original failed'],
			['3/original started', '3/original failed'],
		]);
	});

	test('tells a run that takes long once, while it runs', () => {
		const first = stepOf(undefined, [], options);
		const long = { ...options, longMs: 5 * minute, kinds: new Set(['long'] as const) };
		const second = stepOf(first.memory, [sighting({})], { ...long });
		const third = stepOf(second.memory, [sighting({})], { ...long });
		expect([told(second), told(third)]).toEqual([['1/original long'], []]);
	});

	test('tells an end of a try that was not chosen to nobody, also later', () => {
		const first = stepOf(undefined, [], options);
		const second = stepOf(first.memory, [ended], { ...options, kinds: new Set() });
		expect(told(stepOf(second.memory, [ended], options))).toEqual([]);
	});

	test('begins anew when something else is watched', () => {
		const first = stepOf(undefined, [], options);
		const other = stepOf(first.memory, [ended], { ...options, selection: 'one' });
		expect([told(other), other.memory.selection]).toEqual([[], 'one']);
	});

	test.each([[undefined], [{}], [{ selection: 1 }], ['x']])('reads %j as nothing', (stored) => {
		expect(readMemory(stored)).toBeUndefined();
	});
});
