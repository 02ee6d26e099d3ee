import { cell, Session, typed } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
});
afterAll(() => session.close());

const REFUSED = '[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]';

test.each<[expression: string, want: string]>([
	["CAST('1-2' AS INTERVAL YEAR TO MONTH)", "INTERVAL '1-2' YEAR TO MONTH"],
	["CAST('-1-2' AS INTERVAL YEAR TO MONTH)", "INTERVAL '-1-2' YEAR TO MONTH"],
	["CAST('1-12' AS INTERVAL YEAR TO MONTH)", REFUSED],
	["CAST('3' AS INTERVAL DAY)", "INTERVAL '3' DAY"],
	['CAST("INTERVAL \'-3\' DAY" AS INTERVAL DAY)', "INTERVAL '-3' DAY"],
	["CAST(' 1 02:03:04.5 ' AS INTERVAL DAY TO SECOND)", "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
	["CAST('1 24:03:04' AS INTERVAL DAY TO SECOND)", REFUSED],
	["CAST('75:10' AS INTERVAL HOUR TO MINUTE)", "INTERVAL '75:10' HOUR TO MINUTE"],
	["CAST('x' AS INTERVAL DAY)", REFUSED],
	["INTERVAL '1' HOUR", "INTERVAL '01' HOUR"],
	["INTERVAL '-5:06' MINUTE TO SECOND", "INTERVAL '-05:06' MINUTE TO SECOND"],
	["INTERVAL '100' HOUR", "INTERVAL '100' HOUR"],
	['CAST(5 AS INTERVAL DAY)', "INTERVAL '5' DAY"],
	['CAST(5L AS INTERVAL MONTH)', "INTERVAL '5' MONTH"],
	["CAST(INTERVAL '-1 23:59:59' DAY TO SECOND AS INTERVAL DAY)", "INTERVAL '-1' DAY"],
	["CAST(INTERVAL '14' MONTH AS INTERVAL YEAR)", "INTERVAL '1' YEAR"],
	["CAST(INTERVAL '14' MONTH AS INT)", '14'],
	["CAST(INTERVAL '-5' HOUR AS BIGINT)", '-5'],
	['make_ym_interval(1, 2)', "INTERVAL '1-2' YEAR TO MONTH"],
	['make_ym_interval(1, -14)', "INTERVAL '-0-2' YEAR TO MONTH"],
	['make_dt_interval(1, 2, 3, 4.5)', "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
	['make_dt_interval(1)', "INTERVAL '1 00:00:00' DAY TO SECOND"],
	["'3' * INTERVAL 1 DAY", "INTERVAL '3 00:00:00' DAY TO SECOND"],
	['INTERVAL 1 MONTH * 1.5', "INTERVAL '0-2' YEAR TO MONTH"],
	['INTERVAL 1 MONTH * 1.5D', "INTERVAL '0-2' YEAR TO MONTH"],
	['INTERVAL 1 DAY / 2', "INTERVAL '0 12:00:00' DAY TO SECOND"],
	['INTERVAL 5 MONTH / 2', "INTERVAL '0-3' YEAR TO MONTH"],
	['INTERVAL -5 MONTH / 2', "INTERVAL '-0-3' YEAR TO MONTH"],
	['INTERVAL 1 DAY / 0.25', "INTERVAL '4 00:00:00' DAY TO SECOND"],
	['INTERVAL 1 DAY / 0', '[INTERVAL_DIVIDED_BY_ZERO]'],
	['CAST(CAST(NULL AS STRING) AS INTERVAL DAY) IS NULL', 'true'],
	['make_interval(1,2,3,4,5,6,7.5)', '1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds'],
	['-make_interval(1,2,0,0,0,0,7.25)', '-1 years -2 months -7.25 seconds'],
	['make_interval(0,0,0,0,0,0,-0.5)', '-0.5 seconds'],
	['make_interval()', '0 seconds'],
	['typeof(make_interval(1))', 'interval'],
	["DATE'2024-01-31' + make_interval(0, 1, 0, 1)", '2024-03-01'],
	["DATE'2024-01-31' - make_interval(0, 1)", '2023-12-31'],
	["DATE'2024-01-31' + make_interval(0, 0, 0, 0, 1)", REFUSED],
	[
		"TIMESTAMP'2024-01-31 10:00:00' + make_interval(0, 1, 0, 0, 1, 2, 3.5)",
		'2024-02-29 11:02:03.5',
	],
	['make_interval(1) = make_interval(0, 12)', REFUSED],
	['count(DISTINCT make_interval(1))', REFUSED],
])('%s is %s', async (expression, want) => {
	expect(await cell(session, `SELECT ${expression}`)).toBe(want);
});

test('months and days together are moved by the clocks of the session', async () => {
	session.timeZone = 'Europe/Belgrade';
	const moved = "TIMESTAMP'2024-03-30 12:00:00' + make_interval(0, 0, 0, 1, 1)";
	expect(await cell(session, `SELECT ${moved}`)).toBe('2024-03-31 13:00:00');
	session.timeZone = 'UTC';
});

test('a parameter may be an interval', async () => {
	session.parameters = new Map([['n', typed('3', 'INTERVAL DAY')]]);
	expect(await cell(session, "SELECT DATE'2024-01-31' + :n")).toBe('2024-02-03');
});

test('left out numbers are shown as none', async () => {
	expect(await session.run('SELECT make_dt_interval(1), make_ym_interval()')).toMatchObject({
		answer: {
			columns: [
				{ name: 'make_dt_interval(1, 0, 0, 0.000000)' },
				{ name: 'make_ym_interval(0, 0)' },
			],
		},
	});
});
