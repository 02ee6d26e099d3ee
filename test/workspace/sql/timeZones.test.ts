import { z } from 'zod';
import { fixedOffset, instantOf, isZone } from '../../../workspace/sql/timeZones/zone';
import { openLakehouse } from '../delta/openLakehouse';
import { entriesOf } from '../recordings/walk';
import { cell, Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
	await session.create(
		'moments',
		"SELECT id, CAST(t AS TIMESTAMP) t, CAST(t AS STRING) s FROM VALUES (1, '2024-03-30 12:00:00Z'), (2, '2024-10-27 00:30:00Z'), (3, '2024-10-27 01:30:00Z') AS v(id, t)",
	);
});
afterAll(() => session.close());
afterEach(() => {
	session.timeZone = 'UTC';
});

const inZone = z.object({
	id: z.string(),
	expr: z.string(),
	sessionTimeZone: z.string(),
	to_json: z.string(),
});
const recorded = entriesOf('types.json', z.object({ id: z.string() }).passthrough()).flatMap(
	(entry) => inZone.safeParse(entry).data ?? [],
);

test.each(recorded)('$id as JSON is $to_json', async ({ expr, sessionTimeZone, to_json }) => {
	session.timeZone = sessionTimeZone;
	expect(await cell(session, `SELECT to_json(named_struct('v', ${expr}))`)).toBe(to_json);
});

/** What the clocks of Belgrade make of values of columns: no constants, so the engine computes them. */
test.each<[expression: string, want: string | null]>([
	['CAST(t AS STRING) FROM moments WHERE id = 2', '2024-10-27 02:30:00'],
	['CAST(t AS STRING) FROM moments WHERE id = 3', '2024-10-27 02:30:00'],
	[
		"CAST(substr('2024-10-27 02:30:00', id) AS TIMESTAMP) = TIMESTAMP'2024-10-27 00:30:00Z' FROM moments WHERE id = 1",
		'true',
	],
	[
		"CAST(substr('2024-03-31 02:30:00', id) AS TIMESTAMP) = TIMESTAMP'2024-03-31 01:30:00Z' FROM moments WHERE id = 1",
		'true',
	],
	[
		"CAST(substr('2024-07-01 02:30:00+05:00', id) AS TIMESTAMP) = TIMESTAMP'2024-06-30 21:30:00Z' FROM moments WHERE id = 1",
		'true',
	],
	['hour(t) FROM moments WHERE id = 1', '13'],
	["date_trunc('DAY', t) FROM moments WHERE id = 3", '2024-10-27 00:00:00'],
	["unix_timestamp(date_trunc('HOUR', t)) FROM moments WHERE id = 3", '1729990800'],
	["date_format(t, 'yyyy-MM-dd HH:mm') FROM moments WHERE id = 1", '2024-03-30 13:00'],
	['t + INTERVAL 1 DAY FROM moments WHERE id = 1', '2024-03-31 13:00:00'],
	['unix_timestamp(t + INTERVAL 25 HOUR) - unix_timestamp(t) FROM moments WHERE id = 1', '86400'],
	['unix_timestamp(t + INTERVAL 23 HOUR) - unix_timestamp(t) FROM moments WHERE id = 1', '82800'],
	['t + INTERVAL 1 MONTH FROM moments WHERE id = 1', '2024-04-30 13:00:00'],
	[
		"t - TIMESTAMP'2024-03-31 13:00:00' FROM moments WHERE id = 1",
		"INTERVAL '-1 00:00:00' DAY TO SECOND",
	],
	['dateadd(HOUR, 24, t) FROM moments WHERE id = 1', '2024-03-31 13:00:00'],
	["to_timestamp('31.03.2024 02:30', 'dd.MM.yyyy HH:mm')", '2024-03-31 03:30:00'],
	['from_unixtime(1711846800)', '2024-03-31 03:00:00'],
	['current_date()', '2026-11-22'],
	['current_timezone()', 'Europe/Belgrade'],
	["CAST(DATE'2024-07-01' AS TIMESTAMP) = TIMESTAMP'2024-06-30 22:00:00Z'", 'true'],
	["CAST(CAST(TIMESTAMP'2024-07-01 00:30:00' AS VARIANT) AS TIMESTAMP)", '2024-07-01 00:30:00'],
	[
		"CAST(CAST(TIMESTAMP'2024-07-01 00:30:00' AS VARIANT) AS STRING)",
		'[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]',
	],
])('SELECT %s is %s in Belgrade', async (expression, want) => {
	session.timeZone = 'Europe/Belgrade';
	session.now = new Date('2026-11-21T23:30:00Z');
	expect(await cell(session, `SELECT ${expression}`)).toBe(want);
});

test.each([
	['UTC', true],
	['Europe/Belgrade', true],
	['Asia/Kolkata', true],
	['+02:00', true],
	['-8', true],
	['+05:30:15', true],
	['+19:00', false],
	['CET', false],
	['Europe/Nowhere', false],
	['local', false],
])('%s is a time zone: %s', (zone, want) => {
	expect(isZone(zone)).toBe(want);
});

test('offsets are seconds east of Greenwich, and times of a clock are found as Spark finds them', () => {
	expect(['+05:30:15', '-8', '+0530', 'Z'].map(fixedOffset)).toEqual([19_815, -28_800, 19_800, 0]);
	const at = (local: string): string =>
		new Date(instantOf('Europe/Belgrade', Date.parse(`${local}Z`))).toISOString();
	expect(['2024-03-31T02:30:00', '2024-10-27T02:30:00', '2024-10-27T03:00:00'].map(at)).toEqual([
		'2024-03-31T01:30:00.000Z',
		'2024-10-27T00:30:00.000Z',
		'2024-10-27T02:00:00.000Z',
	]);
});

test('SET TIME ZONE holds for the statements after it in a script, and for no other statement', async () => {
	const opened = await openLakehouse();
	const script = [
		"SET TIME ZONE 'America/New_York'",
		"SELECT CAST(TIMESTAMP'2024-06-15 12:00:00Z' AS STRING)",
		"CREATE TABLE z AS SELECT TIMESTAMP'2024-06-15 12:00:00' t",
		'SET timezone = +02:00',
		'SELECT CAST(t AS STRING), current_timezone() FROM z',
	];
	const results = await opened.lakehouse.runScript(script.join(';'), opened.session);
	expect(results.map(({ rows }) => rows)).toEqual([
		[['spark.sql.session.timeZone', 'America/New_York']],
		[['2024-06-15 08:00:00']],
		[],
		[['spark.sql.session.timeZone', '+02:00']],
		[['2024-06-15 18:00:00', '+02:00']],
	]);
	expect(await opened.rows('SELECT t, current_timezone() FROM z')).toEqual([
		['2024-06-15T16:00:00.000Z', 'UTC'],
	]);
	const session = { ...opened.session, timeZone: 'Europe/Belgrade' };
	const refused = [
		"SELECT * FROM z TIMESTAMP AS OF '2026-11-01'",
		"SELECT * FROM table_changes('z', '2026-11-01')",
	];
	for (const sql of refused) {
		await expect(opened.lakehouse.run(sql, session)).rejects.toMatchObject({ sqlState: '0A000' });
	}
	const shown = [
		'SELECT t FROM z',
		"SELECT array(t), map(t, 1), named_struct('t', t) FROM z",
		"SELECT TIMESTAMP'2024-01-15 12:00:00.000001Z', TIMESTAMP'1850-01-01 00:00:00'",
	];
	const told = await opened.lakehouse.run('DESCRIBE HISTORY z', session);
	expect(told.rows[0]?.[1]).toBe('2026-11-01T01:00:00.000+01:00');
	const inBelgrade = shown.map(async (sql) => (await opened.lakehouse.run(sql, session)).rows);
	expect(await Promise.all(inBelgrade)).toEqual([
		[['2024-06-15T18:00:00.000+02:00']],
		[
			[
				'["2024-06-15T18:00:00.000+02:00"]',
				'{"2024-06-15T18:00:00.000+02:00":"1"}',
				'{"t":"2024-06-15T18:00:00.000+02:00"}',
			],
		],
		[['2024-01-15T13:00:00.000001+01:00', '1850-01-01T00:00:00.000+01:22']],
	]);
	await opened.run(
		"CREATE VIEW zv AS SELECT CAST(t AS STRING) s FROM z WHERE t < '2024-06-15 17:00:00'",
	);
	expect((await opened.lakehouse.run('SELECT * FROM zv', session)).rows).toEqual([]);
	expect(await opened.rows('SELECT * FROM zv')).toEqual([['2024-06-15 16:00:00']]);
	expect(await opened.conditionOf("SET TIME ZONE 'Europe/Nowhere'")).toBe(
		'INVALID_CONF_VALUE.TIME_ZONE',
	);
	expect(await opened.conditionOf('SET spark.sql.ansi.enabled = false')).toBe(
		'CONFIG_NOT_AVAILABLE',
	);
	await opened.close();
});

test('RESET gives a session the time zone back that it began with', async () => {
	const opened = await openLakehouse();
	const script = [
		"SET TIME ZONE 'America/New_York'",
		'SET timezone = +02:00',
		'RESET TIMEZONE',
		'SELECT current_timezone()',
		"SET TIME ZONE 'Asia/Manila'",
		'RESET statement_timeout',
		'SELECT current_timezone()',
		'RESET',
		'SELECT current_timezone()',
	];
	const session = { ...opened.session, timeZone: 'Europe/Belgrade' };
	const results = await opened.lakehouse.runScript(script.join(';'), session);
	expect(results.flatMap(({ columns, rows }) => (columns.length === 1 ? rows : []))).toEqual([
		['Europe/Belgrade'],
		['Asia/Manila'],
		['Europe/Belgrade'],
	]);
	expect(results[2]).toEqual({ columns: [], rows: [], statementType: 'RESET' });
	expect(await opened.conditionOf('RESET spark.sql.ansi.enabled')).toBe('CONFIG_NOT_AVAILABLE');
	expect(await opened.conditionOf('RESET something_else')).toBe(
		'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE',
	);
	await opened.close();
});

test.each<[expression: string, want: string]>([
	["CAST('-0044-03-15' AS DATE)", '-0044-03-15'],
	["CAST('+10000-01-01' AS DATE)", '+10000-01-01'],
	["CAST('0000-02-29' AS DATE)", '0000-02-29'],
	["CAST('-0044-03-15 10:20:30.5' AS TIMESTAMP)", '-0044-03-15 10:20:30.5'],
	["DATE'0001-01-01' - 1", '0000-12-31'],
	["TIMESTAMP'-0044-03-15 10:20:30.25'", '-0044-03-15 10:20:30.25'],
	["year(DATE'-0044-03-15')", '-44'],
	["DATE'-0001-02-29'", '[INVALID_TYPED_LITERAL]'],
])('%s is %s', async (expression, want) => {
	expect(await cell(session, `SELECT ${expression}`)).toBe(want);
});
