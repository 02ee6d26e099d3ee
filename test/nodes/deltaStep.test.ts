import { readCursor, stepOf } from '../../nodes/DeltaTrigger/step';

const table = 'gold.bir.monthly_totals';
const now = { table, tableId: 'a', latestVersion: 7 };
const present = { table, tableId: 'a', version: 7 };
const poll = { startOver: false };
const startOver = { startOver: true };

test.each([
	['nothing remembered', undefined, poll, { kind: 'baseline', cursor: present }],
	[
		'another table was chosen',
		{ table: 'gold.bir.features', tableId: 'b', version: 90 },
		poll,
		{ kind: 'baseline', cursor: present },
	],
	['the same version', present, poll, { kind: 'nothingNew' }],
	[
		'newer versions',
		{ ...present, version: 4 },
		poll,
		{ kind: 'read', first: 5, last: 7, tableId: 'a' },
	],
	[
		'a table that was made anew',
		{ ...present, tableId: 'old' },
		poll,
		{ kind: 'recreated', cursor: { ...present, tableId: 'old' } },
	],
	[
		'a version that is ahead of the table',
		{ ...present, version: 8 },
		poll,
		{ kind: 'recreated', cursor: { ...present, version: 8 } },
	],
	[
		'a table that was made anew and is to be read from its start',
		{ ...present, tableId: 'old' },
		startOver,
		{ kind: 'read', first: 0, last: 7, tableId: 'a' },
	],
])('%s', (_case, cursor, options, step) => {
	expect(stepOf(cursor, now, options)).toEqual(step);
});

test.each([
	['a cursor', { table, tableId: 'a', version: 0 }, { table, tableId: 'a', version: 0 }],
	['nothing', undefined, undefined],
	['a version that is no number', { table, tableId: 'a', version: '7' }, undefined],
	['an older form', { lastVersion: 7 }, undefined],
])('what was remembered: %s', (_case, stored, cursor) => {
	expect(readCursor(stored)).toEqual(cursor);
});
