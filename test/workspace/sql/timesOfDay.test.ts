import { Session, told } from './session';
import timeTexts from './timeTexts.json';

/** TIME: measured with Spark 4.1, and where Databricks documents it otherwise, as documented. */

let session: Session;
beforeAll(async () => {
	session = await Session.open();
});
afterAll(() => session.close());

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each([
	["SELECT TIME'8:15', typeof(TIME '08:15:30.5')", 'time(6), string: 08:15:00 | time(6)'],
	[
		"SELECT TIME'12:34 AM', time'12:34pm', TIME'1:2:3.5 pm ', TIME'T8:15'",
		'time(6), time(6), time(6), time(6): 00:34:00 | 12:34:00 | 13:02:03.5 | 08:15:00',
	],
	["SELECT TIME'23:59:59.1234567'", 'time(6): 23:59:59.123456'],
	["SELECT TIME'24:00'", 'INVALID_TYPED_LITERAL'],
	["SELECT TIME'13:00 PM'", 'INVALID_TYPED_LITERAL'],
	["SELECT TIME'0:30 AM'", 'INVALID_TYPED_LITERAL'],
	["SELECT TIME'8'", 'INVALID_TYPED_LITERAL'],
	['SELECT CAST(NULL AS TIME(2))', 'time(2): NULL'],
	[
		"SELECT CAST('8:15' AS TIME), CAST('8:15:30.5' AS TIME(1)), CAST('8:15' AS TIME(3) WITHOUT TIME ZONE)",
		'time(6), time(1), time(3): 08:15:00 | 08:15:30.5 | 08:15:00',
	],
	["SELECT CAST('8:15' AS TIME(7))", 'UNSUPPORTED_TIME_PRECISION'],
	["SELECT CAST('x' AS TIME)", 'CAST_INVALID_INPUT'],
	[
		"SELECT TRY_CAST('x' AS TIME), TRY_CAST('25:00' AS TIME(3)), TRY_CAST('8:15' AS TIME(0))",
		'time(6), time(3), time(0): NULL | NULL | 08:15:00',
	],
	["SELECT CAST(c AS TIME) FROM VALUES ('x') t(c)", 'CAST_INVALID_INPUT'],
	[
		"SELECT CAST(TIME'12:30:45.987654' AS TIME(3)), CAST(TIME'12:30:45.987654' AS TIME(0)), CAST(CAST('1:2:3' AS TIME(0)) AS TIME(6))",
		'time(3), time(0), time(6): 12:30:45.987 | 12:30:45 | 01:02:03',
	],
	[
		"SELECT CAST(TIME'12:30:45.5' AS STRING), TIME'12:30' || 'x', concat(TIME'12:30:45.000001', '')",
		'string, string, string: 12:30:45.5 | 12:30:00x | 12:30:45.000001',
	],
	["SELECT CAST(TIME'12:00' AS DOUBLE)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["SELECT CAST(TIME'12:00' AS TIMESTAMP)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["SELECT CAST(TIME'12:00' AS DATE)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["SELECT CAST(TIME'12:00' AS BOOLEAN)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	['SELECT CAST(1 AS TIME)', 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["SELECT CAST(DATE'2020-01-01' AS TIME)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	["SELECT CAST(INTERVAL '5' HOUR AS TIME)", 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION'],
	[
		"SELECT TIME'12:00' < TIME'13:00', TIME'12:00' = TIME'12:00:00', TIME'12:00' <=> NULL, TIME'1:2' IS NULL",
		'boolean, boolean, boolean, boolean: true | true | false | false',
	],
	[
		"SELECT TIME'12:00' = '12:00', TIME'12:00' IN ('11:00', '12:00'), TIME'12:00' BETWEEN '11:00' AND TIME'13:00'",
		'boolean, boolean, boolean: true | true | true',
	],
	["SELECT TIME'12:00' > TIMESTAMP'2020-01-01 00:00:00'", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	["SELECT TIME'12:00' = DATE'2020-01-01'", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	["SELECT TIME'12:00' = 1", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	[
		"SELECT t FROM VALUES (TIME'12:00'), (NULL), (TIME'09:00') x(t) ORDER BY t DESC",
		'time(6): 12:00:00, 09:00:00, NULL',
	],
	[
		"SELECT t, count(*) FROM VALUES (TIME'12:00'), (TIME'12:00'), (TIME'09:00') x(t) GROUP BY t ORDER BY t",
		'time(6), bigint: 09:00:00 | 1, 12:00:00 | 2',
	],
	["SELECT DISTINCT t FROM VALUES (TIME'12:00'), (TIME'12:00:00') x(t)", 'time(6): 12:00:00'],
	[
		"SELECT max(t), min(t), count(DISTINCT t), first(t), max_by(1, t) FROM VALUES (TIME'12:00'), (TIME'13:00'), (NULL) x(t)",
		'time(6), time(6), bigint, time(6), int: 13:00:00 | 12:00:00 | 2 | 12:00:00 | 1',
	],
	[
		"SELECT lag(t) OVER (ORDER BY t) FROM VALUES (TIME'12:00'), (TIME'13:00') x(t)",
		'time(6): NULL, 12:00:00',
	],
	["SELECT t FROM (SELECT TIME'1:2' t UNION ALL SELECT '3:4')", 'time(6): 01:02:00, 03:04:00'],
	["SELECT t FROM (SELECT TIME'1:2' t UNION ALL SELECT 1)", 'INCOMPATIBLE_COLUMN_TYPE'],
	[
		"SELECT coalesce(NULL, TIME'1:2'), if(true, TIME'1:2', NULL), nullif(TIME'1:2', TIME'1:2'), greatest(TIME'1:2', TIME'3:4')",
		'time(6), time(6), time(6), time(6): 01:02:00 | 01:02:00 | NULL | 03:04:00',
	],
	[
		"SELECT TIME'12:00' + INTERVAL '1' HOUR, TIME'12:00' - INTERVAL '12' HOUR, INTERVAL '1' HOUR + TIME'12:00'",
		'time(6), time(6), time(6): 13:00:00 | 00:00:00 | 13:00:00',
	],
	[
		"SELECT typeof(CAST('12:00' AS TIME(0)) + INTERVAL '1' HOUR), typeof(CAST('12:00' AS TIME(0)) + INTERVAL '1.5' SECOND), typeof(CAST('12:00' AS TIME(3)) + INTERVAL '0' DAY)",
		'string, string, string: time(0) | time(6) | time(3)',
	],
	[
		"SELECT TIME'12:00' + INTERVAL '11:59:59.999999' HOUR TO SECOND, CAST('12:00' AS TIME(0)) + INTERVAL '1.5' SECOND",
		'time(6), time(6): 23:59:59.999999 | 12:00:01.5',
	],
	["SELECT TIME'12:00' + INTERVAL '12' HOUR", 'DATETIME_OVERFLOW'],
	["SELECT TIME'12:00' - INTERVAL '13' HOUR", 'DATETIME_OVERFLOW'],
	["SELECT TIME'12:00' + INTERVAL '1' DAY", 'DATETIME_OVERFLOW'],
	["SELECT TIME'12:00' + INTERVAL '1' MONTH", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	["SELECT INTERVAL '1' HOUR - TIME'12:00'", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	["SELECT TIME'12:00' * 2", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	["SELECT TIME'12:00' + 1", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
	[
		"SELECT TIME'12:00' - TIME'11:00', TIME'1:02:03.5' - TIME'3:04', TIME'12:00' - '11:00'",
		"interval hour to second, interval hour to second, interval hour to second: INTERVAL '01:00:00' HOUR TO SECOND | INTERVAL '-02:01:56.5' HOUR TO SECOND | INTERVAL '01:00:00' HOUR TO SECOND",
	],
	[
		"SELECT hour(TIME'12:34:56.789'), minute(TIME'12:34:56.789'), second(TIME'12:34:56.789'), second(CAST('1:2:3.5' AS TIME(1)))",
		'int, int, int, int: 12 | 34 | 56 | 3',
	],
	[
		"SELECT extract(HOUR FROM TIME'12:34:56.789'), extract(mins FROM TIME'12:34:56'), extract(SECOND FROM TIME'12:34:56.789'), date_part('s', TIME'1:2:3')",
		'int, int, decimal(8,6), decimal(8,6): 12 | 34 | 56.789000 | 3.000000',
	],
	["SELECT extract(DAY FROM TIME'12:34')", 'INVALID_EXTRACT_FIELD'],
	[
		"SELECT make_time(12, 34, 56.789), make_time('1', '2', '3.5'), make_time(NULL, 2, 3), make_time(1, 2, 3.1234567D)",
		'time(6), time(6), time(6), time(6): 12:34:56.789 | 01:02:03.5 | NULL | 01:02:03.123457',
	],
	['SELECT make_time(25, 2, 3)', 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION'],
	['SELECT make_time(1, 60, 3)', 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION'],
	['SELECT make_time(1, 2, 59.9999999)', 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION'],
	['SELECT make_time(1, 2)', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION'],
	["SELECT time('12:34:56')", 'time(6): 12:34:56'],
	[
		"SELECT to_time('12:34:56.789'), to_time(NULL), try_to_time('x'), try_to_time('1:2 pm')",
		'time(6), time(6), time(6), time(6): 12:34:56.789 | NULL | NULL | 13:02:00',
	],
	["SELECT to_time('x')", 'CANNOT_PARSE_TIME'],
	["SELECT to_time(TIME'1:2')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	[
		"SELECT time_trunc('HOUR', TIME'12:34:56.789123'), time_trunc('minute', TIME'12:34:56.789123'), time_trunc('Second', TIME'12:34:56.789123'), time_trunc('MILLISECOND', TIME'12:34:56.789123'), time_trunc('MICROSECOND', TIME'12:34:56.789123')",
		'time(6), time(6), time(6), time(6), time(6): 12:00:00 | 12:34:00 | 12:34:56 | 12:34:56.789 | 12:34:56.789123',
	],
	["SELECT typeof(time_trunc('HOUR', CAST('12:34' AS TIME(3))))", 'string: time(3)'],
	["SELECT time_trunc('DAY', TIME'12:34')", 'INVALID_PARAMETER_VALUE.TIME_UNIT'],
	["SELECT time_trunc('HOUR', '12:34')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	[
		"SELECT time_diff('HOUR', TIME'12:34', TIME'14:30'), time_diff('minute', TIME'12:34', TIME'14:30'), time_diff('HOUR', TIME'14:34', TIME'12:33:59.999'), time_diff('MILLISECOND', TIME'14:30:00.9999', TIME'14:30')",
		'bigint, bigint, bigint, bigint: 1 | 116 | -2 | -999',
	],
	["SELECT time_diff('DAY', TIME'14:30', TIME'12:34')", 'INVALID_PARAMETER_VALUE.TIME_UNIT'],
	["SELECT time_diff('HOUR', '14:30', TIME'12:34')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
	[
		'SELECT typeof(current_time()), typeof(current_time), typeof(current_time(3))',
		'string, string, string: time(6) | time(6) | time(3)',
	],
	['SELECT current_time(7)', 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
	[
		"SELECT CAST(array(TIME'1:2') AS STRING), CAST(map(TIME'1:2', TIME'3:4:0.5') AS STRING), CAST(struct(TIME'1:2' AS t) AS STRING)",
		'string, string, string: [01:02:00] | {01:02:00 -> 03:04:00.5} | {01:02:00}',
	],
	[
		"SELECT typeof(CAST(array('1:2:3.4') AS ARRAY<TIME(1)>)), array_max(array(TIME'3:4', TIME'1:2')), element_at(map(TIME'1:2', 'x'), TIME'01:02'), array_contains(array(TIME'3:4'), TIME'3:4')",
		'string, time(6), string, boolean: array<time(1)> | 03:04:00 | x | true',
	],
	[
		"SELECT CAST(sort_array(array(TIME'3:4', TIME'1:2')) AS STRING), array_join(array(TIME'1:2'), '-'), size(array(TIME'1:2'))",
		'string, string, int: [01:02:00, 03:04:00] | 01:02:00 | 1',
	],
	['SELECT time FROM (SELECT 1 AS time) WHERE time = 1', 'int: 1'],
])('%s as Spark 4.1 tells it', async (sql, expected) => {
	expect(told(await session.run(sql))).toBe(expected);
});

test.each([
	["SELECT time(TIMESTAMP'2026-10-29 16:45:30')", 'time(6): 16:45:30'],
	["SELECT CAST(TIMESTAMP_NTZ'2020-01-01 12:34:56.789' AS TIME(1))", 'time(1): 12:34:56.7'],
	["SELECT typeof(coalesce(CAST('1:2' AS TIME(3)), TIME'1:2'))", 'string: time(6)'],
	["SELECT CAST(TIME'1:2:3.5' AS TIME(0)) = TIME'1:2:3'", 'boolean: true'],
	["SELECT time_diff(HOUR, TIME'08:00:00', TIME'21:30:00')", 'bigint: 13'],
	["SELECT time_diff(HOUR, TIME'21:00:00', TIME'08:00:00')", 'bigint: -13'],
])('%s as Databricks documents it', async (sql, expected) => {
	expect(told(await session.run(sql))).toBe(expected);
});

test.each([
	// Databricks' list of casts has no numbers for TIME, Spark 4.1 has
	["SELECT CAST(TIME'1:2' AS INT)", 'CAST of TIME(6) to INT'],
	['SELECT CAST(parse_json(\'"1:2"\') AS TIME)', 'CAST of VARIANT to TIME'],
	// Spark 4.1 keeps the digits that the type has no place for
	["SELECT CAST('1:2:3.456' AS TIME(2))", 'a text with more digits of a second than TIME(2) has'],
	["SELECT to_time('12.34', 'HH.mm')", 'to_time with 2 arguments'],
	["SELECT hash(TIME'1:2')", 'the function hash'],
	["SELECT to_json(struct(TIME'1:2' AS t))", 'to_json of a TIME; cast it to STRING'],
	["SELECT sum(t) FROM VALUES (TIME'12:00') x(t)", 'sum of a TIME; cast it to STRING'],
	["SELECT date_trunc('HOUR', TIME'1:02')", 'date_trunc of a TIME; cast it to STRING'],
	["SELECT lpad(TIME'1:2', 3, 'x')", 'lpad of a TIME; cast it to STRING'],
	["SELECT TIME'1:2' + NULL", 'TIME(6) + VOID'],
	["SELECT TIME'1:2' - TIMESTAMP'2020-01-01 00:00:00'", 'TIME(6) - TIMESTAMP'],
])('%s is refused by name', async (sql, what) => {
	const outcome = await session.run(sql);
	expect('error' in outcome && [outcome.error.condition, outcome.error.message]).toEqual([
		REFUSED,
		expect.stringContaining(what),
	]);
});

test('a TIME as a result is refused, with what to do', async () => {
	const outcome = await session.run("SELECT array(TIME'1:2') AS t", true);
	expect('error' in outcome && outcome.error.message).toContain(
		'TIME as a result; cast it to STRING',
	);
});

test('texts are times of day as they are to Spark', async () => {
	for (const [text, expected] of Object.entries(timeTexts)) {
		session.parameters = new Map([['t', { value: text, type: { kind: 'string' } }]]);
		const sql = 'SELECT CAST(TRY_CAST(:t AS TIME) AS STRING)';
		expect([text, told(await session.run(sql))]).toEqual([text, `string: ${expected ?? 'NULL'}`]);
	}
});

test('the clock of the session tells the time', async () => {
	session.now = new Date('2026-11-21T10:00:00.250Z');
	session.timeZone = 'Asia/Manila';
	const sql = "SELECT current_time(), current_time(1), CAST(TIMESTAMP'2026-11-21 08:15' AS TIME)";
	const outcome = await session.run(sql);
	session.timeZone = 'UTC';
	expect(told(outcome)).toBe('time(6), time(1), time(6): 18:00:00.25 | 18:00:00.2 | 08:15:00');
});

test.each([
	[
		"SELECT TIME'12:00' + INTERVAL '12' HOUR",
		"Datetime operation overflow: add INTERVAL '12' HOUR to the time value TIME '12:00:00'. SQLSTATE: 22008",
	],
	[
		'SELECT make_time(25, 2, 3)',
		'Invalid value for HourOfDay (valid values 0 - 23): 25.  SQLSTATE: 22023',
	],
	[
		"SELECT CAST('1:2' AS TIME(7))",
		'The seconds precision 7 of the TIME data type is out of the supported range [0, 6]. SQLSTATE: 0A001',
	],
	[
		"SELECT to_time('x')",
		"The input string 'x' cannot be parsed to a TIME value because it does not match to the datetime format 'HH:mm:ss.SSSSSS'. SQLSTATE: 22010",
	],
	[
		"SELECT TIME'25:00'",
		`The value of the typed literal "TIME" is invalid: '25:00'. SQLSTATE: 42604`,
	],
])('%s says why', async (sql, text) => {
	const outcome = await session.run(sql);
	expect('error' in outcome && outcome.error.message).toContain(text);
});
