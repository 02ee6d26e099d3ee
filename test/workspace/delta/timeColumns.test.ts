import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run(
		"CREATE TABLE shifts (id INT, t TIME(3), u TIME DEFAULT TIME'8:15', s STRUCT<at: TIME>) TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'delta.feature.allowColumnDefaults' = 'supported')",
	);
});
afterAll(() => opened.close());

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test('a TIME column keeps what is put in, through writes, versions and the feed', async () => {
	const { run, rows } = opened;
	await run(
		"INSERT INTO shifts VALUES (1, TIME'12:34:56.789123', DEFAULT, named_struct('at', TIME'1:2:3')), (2, NULL, CAST('9:00' AS TIME(0)), NULL), (3, '23:59', '1:02 pm', NULL)",
	);
	await run('INSERT INTO shifts SELECT 4, :at, :at, NULL', [
		{ name: 'at', value: '07:30:00.5', type: 'TIME' },
	]);
	await run("UPDATE shifts SET t = t + INTERVAL '1' HOUR WHERE id = 1");
	await run(`MERGE INTO shifts AS x USING (SELECT 3 AS id, TIME'6:00' AS t) AS s ON x.id = s.id AND x.t > s.t
		WHEN MATCHED THEN UPDATE SET x.u = s.t`);
	await run("DELETE FROM shifts WHERE u = TIME'9:00'");
	const all = 'id, CAST(t AS STRING), CAST(u AS STRING), CAST(s AS STRING)';
	expect(await rows(`SELECT ${all} FROM shifts ORDER BY shifts.t DESC`)).toEqual([
		['3', '23:59:00', '06:00:00', null],
		['1', '13:34:56.789', '08:15:00', '{01:02:03}'],
		['4', '07:30:00.5', '07:30:00.5', null],
	]);
	expect(await rows(`SELECT ${all} FROM shifts VERSION AS OF 1 WHERE id = 1`)).toEqual([
		['1', '12:34:56.789', '08:15:00', '{01:02:03}'],
	]);
	expect(
		await rows(
			"SELECT id, CAST(t AS STRING), _change_type FROM table_changes('shifts', 3) WHERE id < 3 ORDER BY _commit_version, _change_type",
		),
	).toEqual([
		['1', '13:34:56.789', 'update_postimage'],
		['1', '12:34:56.789', 'update_preimage'],
		['2', null, 'delete'],
	]);
	expect(await rows('DESCRIBE TABLE shifts')).toEqual([
		['id', 'int', null],
		['t', 'time(3)', null],
		['u', 'time(6)', null],
		['s', 'struct<at:time(6)>', null],
	]);
	const detail = await rows('DESCRIBE DETAIL shifts');
	expect(detail[0]?.slice(12)).toEqual([
		'3',
		'7',
		'["allowColumnDefaults","appendOnly","changeDataFeed","invariants","timeType"]',
	]);
});

test.each([
	['SELECT t FROM shifts', REFUSED],
	["INSERT INTO shifts (id, t) VALUES (9, TIMESTAMP'2026-10-31 12:00:00')", REFUSED],
	['INSERT INTO shifts (id, t) VALUES (9, 5)', 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["INSERT INTO shifts (id, t) VALUES (9, '25:00')", 'CAST_INVALID_INPUT'],
	['CREATE TABLE x (t TIME(7))', 'UNSUPPORTED_TIME_PRECISION'],
	['CREATE TABLE x (t TIME) CLUSTER BY (t)', REFUSED],
	['CREATE TABLE x (t TIME) PARTITIONED BY (t)', REFUSED],
	['OPTIMIZE shifts ZORDER BY (t)', REFUSED],
])('%s is %s', async (sql, condition) => {
	expect(await opened.conditionOf(sql)).toBe(condition);
});

test('a CHECK of a TIME tells the value that violates it', async () => {
	const { run } = opened;
	await run('CREATE TABLE opening (t TIME)');
	await run("ALTER TABLE opening ADD CONSTRAINT early CHECK (t < TIME'12:00')");
	await run("INSERT INTO opening VALUES (TIME'8:15')");
	await expect(run("INSERT INTO opening VALUES (TIME'12:30')")).rejects.toMatchObject({
		condition: 'DELTA_VIOLATE_CONSTRAINT_WITH_VALUES',
		message: expect.stringContaining(' - t : 12:30:00'),
	});
});

test('a table without the feature gets it before it gets a TIME column', async () => {
	const { run, conditionOf, rows } = opened;
	await run('CREATE TABLE plain (id INT)');
	expect(await conditionOf('ALTER TABLE plain ADD COLUMN t TIME')).toBe(REFUSED);
	await run("ALTER TABLE plain SET TBLPROPERTIES ('delta.feature.timeType' = 'supported')");
	await run('ALTER TABLE plain ADD COLUMN t TIME');
	expect(await rows('DESCRIBE TABLE plain')).toEqual([
		['id', 'int', null],
		['t', 'time(6)', null],
	]);
});
