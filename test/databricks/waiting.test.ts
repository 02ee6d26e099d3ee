import { DatabricksError } from '../../nodes/databricks/errors';
import { collect, itemsOf, type Page } from '../../nodes/databricks/paging';
import { cancelWhenGivenUp, durationText, waitUntil } from '../../nodes/databricks/waiting';
import { TestClock } from './testClock';
import { errorOf } from './workspaceUnderTest';

describe('waiting', () => {
	function wait(values: string[], options: { lengthMs?: number; signal?: AbortSignal } = {}) {
		const clock = new TestClock();
		const startedMs = clock.now();
		const reads: number[] = [];
		const changes: string[] = [];
		const work = async () =>
			await waitUntil({
				read: async () => {
					reads.push(clock.now() - startedMs);
					return values[Math.min(reads.length, values.length) - 1] ?? '';
				},
				isDone: (value) => value === 'DONE',
				deadlineMs: startedMs + (options.lengthMs ?? 60_000),
				clock,
				random: () => 0.5,
				signal: options.signal,
				changeOf: (value) => value,
				onChange: (value) => changes.push(value),
				timeoutError: (last) => new DatabricksError({ kind: 'timeout', message: `still ${last}` }),
			});
		return { work, reads, changes };
	}

	it('reads at once, then ever more rarely, and tells changes', async () => {
		const states = ['A', 'A', 'B', 'A', 'B', 'B', 'B', 'B', 'B', 'DONE'];
		const { work, reads, changes } = wait(states, { lengthMs: 600_000 });
		expect(await work()).toBe('DONE');
		expect(reads.slice(1).map((at, index) => at - (reads[index] ?? 0))).toEqual([
			1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 11_391, 15_000, 15_000,
		]);
		expect(changes).toEqual(['A', 'B', 'A', 'B', 'DONE']);
	});

	it('looks at the result before the time: what is done at the last moment counts', async () => {
		const { work, reads } = wait(['A', 'A', 'DONE'], { lengthMs: 2_000 });
		expect([await work(), reads]).toEqual(['DONE', [0, 1_000, 2_000]]);
	});

	it('ends at the deadline and says where things stood', async () => {
		const { work, reads } = wait(['A', 'NEW_STATE'], { lengthMs: 2_000 });
		const error = await errorOf(work);
		expect([error.kind, error.message, reads]).toEqual([
			'timeout',
			'still NEW_STATE',
			[0, 1_000, 2_000],
		]);
	});

	it('ends when the signal aborts', async () => {
		const controller = new AbortController();
		const { work } = wait(['A'], { signal: controller.signal });
		setImmediate(() => controller.abort());
		expect((await errorOf(work)).kind).toBe('aborted');
	});

	it.each([
		[400, '0 seconds'],
		[119_000, '119 seconds'],
		[120_000, '2 minutes'],
		[7_200_000, '120 minutes'],
	])('%i ms are said as %s', (ms, text) => {
		expect(durationText(ms)).toBe(text);
	});
});

describe('cancelling what was given up', () => {
	const fails = (kind: 'aborted' | 'timeout' | 'failed' | 'network') => async () => {
		throw new DatabricksError({ kind, message: kind });
	};

	it.each([
		['aborted', 1],
		['timeout', 1],
		['failed', 0],
		['network', 0],
	] as const)('%s cancels %i times', async (kind, times) => {
		const cancel = jest.fn(async () => undefined);
		expect((await errorOf(() => cancelWhenGivenUp(fails(kind), cancel))).kind).toBe(kind);
		expect(cancel).toHaveBeenCalledTimes(times);
	});

	it('keeps the reason when cancelling fails, and says so', async () => {
		const error = await errorOf(() => cancelWhenGivenUp(fails('timeout'), fails('network')));
		expect([error.kind, error.hint]).toEqual([
			'timeout',
			'It may still be running in Databricks: cancelling it failed (network).',
		]);
	});
});

describe('paging', () => {
	function list(pages: Record<string, Page<number>>) {
		const asked: string[] = [];
		const items = itemsOf(async (token) => {
			asked.push(token ?? 'first');
			return pages[token ?? 'first'] ?? { items: [] };
		});
		return { items, asked };
	}

	it('goes on behind empty pages and ends at an empty token', async () => {
		const { items, asked } = list({
			first: { items: [1], nextPageToken: 'a' },
			a: { items: [], nextPageToken: 'b' },
			b: { items: [2, 3], nextPageToken: '' },
		});
		expect([await collect(items), asked]).toEqual([
			[1, 2, 3],
			['first', 'a', 'b'],
		]);
	});

	it('asks for no page that is not read', async () => {
		const { items, asked } = list({
			first: { items: [1, 2], nextPageToken: 'a' },
			a: { items: [3], nextPageToken: 'b' },
		});
		expect([await collect(items, 2), asked]).toEqual([[1, 2], ['first']]);
	});

	it.each([
		['the same page', { a: { items: [2], nextPageToken: 'a' } }],
		[
			'an earlier page',
			{ a: { items: [2], nextPageToken: 'b' }, b: { items: [3], nextPageToken: 'a' } },
		],
	])('does not walk in circles: %s', async (_what, pages) => {
		const { items } = list({ first: { items: [1], nextPageToken: 'a' }, ...pages });
		expect((await errorOf(() => collect(items))).kind).toBe('unexpectedAnswer');
	});
});
