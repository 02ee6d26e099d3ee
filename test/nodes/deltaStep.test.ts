import { mayUse, type WarehouseUse } from '../../nodes/DeltaTrigger/warehouseUse';
import { readCursor, type Start, startText, stepOf } from '../../nodes/DeltaTrigger/step';

const table = 'gold.bir.monthly_totals';
const now = { table, tableId: 'a', latestVersion: 7 };
const fromNow: Start = { kind: 'now' };
const present = { table, tableId: 'a', start: 'now', position: { version: 7 } };
const inside = (version: number) => ({
	...present,
	position: { version, within: { rows: 'changes' as const, rank: 4, key: 'k', taken: 1 } },
});

test.each([
	['nothing remembered', undefined, fromNow, { kind: 'begin' }],
	[
		'another table was chosen',
		{ ...present, table: 'gold.bir.features', tableId: 'b' },
		fromNow,
		{ kind: 'begin' },
	],
	[
		'the table was renamed',
		{ ...present, table: 'gold.bir.features', position: { version: 4 } },
		fromNow,
		{ kind: 'read', from: { version: 4 }, last: 7 },
	],
	['the same version', present, fromNow, { kind: 'nothingNew' }],
	[
		'newer versions',
		{ ...present, position: { version: 4 } },
		fromNow,
		{ kind: 'read', from: { version: 4 }, last: 7 },
	],
	[
		'a rest inside the newest version',
		inside(6),
		fromNow,
		{ kind: 'read', from: inside(6).position, last: 7 },
	],
	['a table that was made anew', { ...present, tableId: 'old' }, fromNow, { kind: 'recreated' }],
	[
		'a version ahead of the table',
		{ ...present, position: { version: 8 } },
		fromNow,
		{ kind: 'recreated' },
	],
	['a rest of a version ahead of the table', inside(7), fromNow, { kind: 'recreated' }],
	['a start that was chosen later', present, { kind: 'version', version: 2 }, { kind: 'begin' }],
	[
		'the start that was used',
		{ ...present, start: 'version 2' },
		{ kind: 'version', version: 2 },
		{ kind: 'nothingNew' },
	],
	[
		'back to from now on, which keeps the place',
		{ ...present, start: 'version 2', position: { version: 4 } },
		fromNow,
		{ kind: 'read', from: { version: 4 }, last: 7 },
	],
] as const)('%s', (_case, cursor, start, step) => {
	expect(stepOf(cursor, now, start)).toEqual(step);
});

test.each([
	['a cursor', present, present],
	['a place inside a version', inside(3), inside(3)],
	['nothing', undefined, undefined],
	['a version that is no number', { ...present, position: { version: '7' } }, undefined],
	['another form', { lastVersion: 7 }, undefined],
])('what was remembered: %s', (_case, stored, cursor) => {
	expect(readCursor(stored)).toEqual(cursor);
});

test.each([
	[{ kind: 'now' }, 'now'],
	[{ kind: 'version', version: 3 }, 'version 3'],
	[{ kind: 'moment', ms: 5 }, 'moment 5'],
	[{ kind: 'everything' }, 'everything'],
] as const)('the start %j is remembered as %s', (start, text) => {
	expect(startText(start)).toBe(text);
});

describe('the warehouse may be used', () => {
	const minute = 60_000;
	const at = (minutes: number) => minutes * minute;
	const usual = { state: 'RUNNING', autoStopMinutes: 10, minuteOfDay: 0, isBusy: false };
	const justUsed = { usedMs: at(100), hasSlept: false };
	const gently: WarehouseUse = { kind: 'asleepStays' };

	test.each([
		['asleep', gently, justUsed, { state: 'STOPPED' }, 900, false],
		['on its way up', gently, justUsed, { state: 'STARTING' }, 900, false],
		['running since our own statement', gently, justUsed, {}, 101, false],
		['running when it would just stop', gently, justUsed, {}, 110, false],
		['running longer than we kept it awake', gently, justUsed, {}, 112, true],
		['running after it slept', gently, { ...justUsed, hasSlept: true }, {}, 101, true],
		['running, and never used', gently, { hasSlept: false }, {}, 101, true],
		['running without end', gently, justUsed, { autoStopMinutes: 0 }, 101, true],
		['with work to do', gently, justUsed, { isBusy: true }, 101, true],
		['asleep with work to do', gently, justUsed, { state: 'STOPPED', isBusy: true }, 101, false],
		['awake, and kept so', { kind: 'whileAwake' }, justUsed, {}, 101, true],
		['asleep, and left so', { kind: 'whileAwake' }, justUsed, { state: 'STOPPED' }, 900, false],
		[
			'every hour, too early',
			{ kind: 'wakeEvery', minutes: 60 },
			justUsed,
			{ state: 'STOPPED' },
			159,
			false,
		],
		[
			'every hour, in time',
			{ kind: 'wakeEvery', minutes: 60 },
			justUsed,
			{ state: 'STOPPED' },
			160,
			true,
		],
		[
			'inside its window',
			{ kind: 'window', from: 480, to: 1080 },
			justUsed,
			{ state: 'STOPPED', minuteOfDay: 480 },
			101,
			true,
		],
		[
			'after its window',
			{ kind: 'window', from: 480, to: 1080 },
			justUsed,
			{ state: 'STOPPED', minuteOfDay: 1080 },
			101,
			false,
		],
		[
			'in a window over midnight',
			{ kind: 'window', from: 1320, to: 120 },
			justUsed,
			{ state: 'STOPPED', minuteOfDay: 60 },
			101,
			true,
		],
		['always', { kind: 'always' }, justUsed, { state: 'STOPPED' }, 101, true],
	] as const)('%s', (_case, use, memory, more, minutes, expected) => {
		const warehouse = { ...usual, ...more, nowMs: at(minutes) };
		expect(mayUse(use, memory, warehouse)).toBe(expected);
	});
});
