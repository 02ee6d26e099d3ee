import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeEach(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE t (n BIGINT)');
});
afterEach(() => opened.close());

/** Takes far longer than any test, unless it is interrupted. */
const endless = 'SELECT sum(a.id * b.id % 7) FROM range(10000000) a CROSS JOIN range(10000000) b';

test('writes that come at once are made one after the other, each a version', async () => {
	const writes = Array.from({ length: 20 }, (_unused, n) =>
		opened.run(`INSERT INTO t VALUES (${n})`),
	);
	await Promise.all(writes);
	expect(await opened.rows('SELECT count(*), count(DISTINCT n) FROM t')).toEqual([['20', '20']]);
	expect((await opened.rows('DESCRIBE HISTORY t LIMIT 1'))[0]?.[0]).toBe('20');
});

test('an aborted query stops at once with the reason of its signal', async () => {
	const abort = new AbortController();
	const running = opened.run(endless, [], abort.signal);
	setImmediate(() => abort.abort(new Error('stopped by the user')));
	await expect(running).rejects.toThrow('stopped by the user');
	expect(await opened.rows('SELECT count(*) FROM t')).toEqual([['0']]);
});

test('an aborted write leaves nothing, and lets the one behind it pass', async () => {
	const abort = new AbortController();
	const long = opened.run(`INSERT INTO t ${endless}`, [], abort.signal);
	const next = opened.run('INSERT INTO t VALUES (7)');
	const waiting = new AbortController();
	const given = opened.run('INSERT INTO t VALUES (8)', [], waiting.signal);
	waiting.abort(new Error('gave up waiting'));
	await expect(given).rejects.toThrow('gave up waiting');
	abort.abort(new Error('stopped by the user'));
	await expect(long).rejects.toThrow('stopped by the user');
	await next;
	expect(await opened.rows('SELECT * FROM t')).toEqual([['7']]);
	expect((await opened.rows('DESCRIBE HISTORY t LIMIT 1'))[0]?.[0]).toBe('1');
});

test('reads and documents do not wait for a write', async () => {
	const abort = new AbortController();
	const long = opened.run(`INSERT INTO t ${endless}`, [], abort.signal);
	await opened.lakehouse.documents.put('run', '1', '{"state":"RUNNING"}');
	expect(await opened.lakehouse.documents.get('run', '1')).toBe('{"state":"RUNNING"}');
	expect(await opened.rows('SELECT count(*) FROM t')).toEqual([['0']]);
	abort.abort(new Error('enough'));
	await expect(long).rejects.toThrow('enough');
});

test('a statement that fails half way leaves no trace', async () => {
	await opened.run('ALTER TABLE t ADD CONSTRAINT small CHECK (n < 10)');
	expect(await opened.conditionOf('INSERT INTO t VALUES (1), (99)')).toBe(
		'DELTA_VIOLATE_CONSTRAINT_WITH_VALUES',
	);
	expect(
		await opened.conditionOf('CREATE TABLE u AS SELECT 1 / (n - n) AS x FROM range(1) AS r(n)'),
	).toBe('DIVIDE_BY_ZERO');
	expect(await opened.conditionOf('DESCRIBE TABLE u')).toBe('TABLE_OR_VIEW_NOT_FOUND');
	expect(await opened.rows('SELECT count(*) FROM t')).toEqual([['0']]);
});
