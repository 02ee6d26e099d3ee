import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE t (id INT, v STRING)');
});
afterAll(async () => await opened.close());

/** The rows of a script's answer, or the condition of its error. */
async function outcome(script: string): Promise<unknown> {
	const condition = await opened.conditionOf(script);
	return condition === 'none' ? await opened.rows(script) : condition;
}

test.each<[script: string, want: unknown]>([
	['BEGIN SELECT 1; SELECT 2; END', [['2']]],
	[
		'BEGIN DECLARE i INT DEFAULT 0; WHILE i < 3 DO SET i = i + 1; END WHILE; SELECT i; END',
		[['3']],
	],
	['BEGIN VALUES (1); END;', [['1']]],
	['BEGIN END', []],
	['BEGIN DECLARE a, b INT DEFAULT 2; SET VAR a = a + b, b = a; SELECT a, b; END', [['4', '2']]],
	[
		"BEGIN DECLARE a INT; DECLARE b STRING; SET (a, b) = (SELECT 1, 'x'); SELECT a, b; END",
		[['1', 'x']],
	],
	[
		'BEGIN DECLARE a INT = 7; SET a = (SELECT id FROM t WHERE id < 0); SELECT a; SET a = DEFAULT; SELECT a; END',
		[['7']],
	],
	[
		"BEGIN DECLARE x = '5'; IF x = 4 THEN SELECT 'four'; ELSEIF x = 5 THEN SELECT 'five'; ELSE SELECT 'none'; END IF; END",
		[['five']],
	],
	['BEGIN IF NULL THEN SELECT 1; ELSE SELECT 2; END IF; END', [['2']]],
	[
		"BEGIN DECLARE x INT = 3; CASE x WHEN 1 THEN SELECT 'a'; WHEN 3 THEN SELECT 'c'; END CASE; END",
		[['c']],
	],
	[
		"BEGIN DECLARE x INT = 3; CASE WHEN x > 5 THEN SELECT 'big'; ELSE SELECT CASE x WHEN 3 THEN 'small' END; END CASE; END",
		[['small']],
	],
	[
		'BEGIN DECLARE i INT = 0; REPEAT SET i = i + 1; UNTIL i >= 4 END REPEAT; SELECT i; END',
		[['4']],
	],
	[
		'BEGIN DECLARE i INT = 0; l: LOOP SET i = i + 1; IF i < 3 THEN ITERATE l; END IF; LEAVE l; END LOOP l; SELECT i; END',
		[['3']],
	],
	[
		'BEGIN DECLARE s BIGINT = 0; FOR r AS SELECT id FROM range(5) DO SET s = s + r.id; END FOR; SELECT s; END',
		[['10']],
	],
	[
		'BEGIN DECLARE s BIGINT = 0; outer_loop: FOR SELECT id FROM range(9) DO IF id = 4 THEN LEAVE outer_loop; END IF; SET s = id; END FOR; SELECT s; END',
		[['3']],
	],
	[
		'BEGIN DECLARE x INT = 1; inner_block: BEGIN DECLARE x INT = 2; SET x = x + inner_block.x; END inner_block; SELECT x; END',
		[['1']],
	],
	['BEGIN DECLARE x INT = 1; BEGIN SET x = 5; END; SELECT x; END', [['5']]],
	['BEGIN DECLARE id INT = 5; SELECT id FROM range(1); END', [['0']]],
	[
		"BEGIN DECLARE t TIMESTAMP = '2024-01-31 12:00:00.5'; SELECT t, t + INTERVAL 1 DAY; END",
		[['2024-01-31T12:00:00.500Z', '2024-02-01T12:00:00.500Z']],
	],
	[
		"BEGIN DECLARE n INT; EXECUTE IMMEDIATE 'SELECT ? * :_1' INTO n USING 4; SELECT n; END",
		[['16']],
	],
	["EXECUTE IMMEDIATE 'SELECT ? + 1 AS x' USING 4", [['5']]],
	["EXECUTE IMMEDIATE 'SELECT :x || \"?\" AS v' USING (concat('a', 'b') AS x)", [['ab?']]],
	["EXECUTE IMMEDIATE 'SELECT :x' USING 1", 'ALL_PARAMETERS_MUST_BE_NAMED'],
	["EXECUTE IMMEDIATE 'SELECT ?, ?' USING 1", 'UNBOUND_SQL_PARAMETER'],
	["EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'", 'PARSE_SYNTAX_ERROR'],
	['BEGIN SET x = 1; END', 'UNRESOLVED_VARIABLE'],
	['BEGIN SELECT 1; DECLARE x INT; END', 'INVALID_VARIABLE_DECLARATION.NOT_ALLOWED_IN_SCOPE'],
	["BEGIN DECLARE x INT = 'x'; END", 'CAST_INVALID_INPUT'],
	['BEGIN IF 1 THEN SELECT 1; END IF; END', 'INVALID_BOOLEAN_STATEMENT'],
	['BEGIN DECLARE x INT; SET x = (SELECT id FROM range(2)); END', 'SCALAR_SUBQUERY_TOO_MANY_ROWS'],
	['BEGIN DECLARE x INT; SET (x) = (SELECT id FROM range(2)); END', 'ROW_SUBQUERY_TOO_MANY_ROWS'],
	['BEGIN DECLARE x INT; SET (x) = (SELECT 1, 2); END', 'ASSIGNMENT_ARITY_MISMATCH'],
	['BEGIN a: BEGIN SELECT 1; END b; END', 'LABELS_MISMATCH'],
	['BEGIN SELECT 1 END', 'PARSE_SYNTAX_ERROR'],
	['BEGIN SELECT 1;', 'PARSE_SYNTAX_ERROR'],
	[
		'BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN END; SELECT 1; END',
		'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE',
	],
	['BEGIN DECLARE a ARRAY<INT> = array(1); SELECT a; END', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
	['SET VARIABLE vv = 7', 'UNRESOLVED_VARIABLE'],
])('%s', async (script, want) => {
	expect(await outcome(script)).toEqual(want);
});

test('each statement of a script is there for the next, and stays when a later one fails', async () => {
	const script = `BEGIN
		DECLARE last INT DEFAULT :first;
		INSERT INTO t VALUES (last, 'a');
		SET last = last + 1;
		INSERT INTO t SELECT last, v FROM t;
		UPDATE t SET v = 'b' WHERE id = last;
		SELECT raise_error('no more') FROM t;
	END`;
	const parameters = [{ name: 'first', value: '10', type: 'INT' }];
	await expect(opened.run(script, parameters)).rejects.toMatchObject({
		condition: 'USER_RAISED_EXCEPTION',
	});
	expect(await opened.rows('SELECT * FROM t ORDER BY id')).toEqual([
		['10', 'a'],
		['11', 'b'],
	]);
	const merged = await opened.run('BEGIN SELECT 1; DELETE FROM t; END');
	expect([merged.columns.map(({ name }) => name), merged.rows]).toEqual([
		['num_affected_rows'],
		[['2']],
	]);
});

test('a script that never ends stops when it is cancelled', async () => {
	const stop = new AbortController();
	const running = opened.run('BEGIN LOOP BEGIN END; END LOOP; END', [], stop.signal);
	setImmediate(() => stop.abort());
	await expect(running).rejects.toThrow();
});

test('variables and temporary views are there for the rest of a session, and for no other', async () => {
	const file = `DECLARE OR REPLACE VARIABLE vv INT DEFAULT 5;
		SET VARIABLE vv = vv + 2;
		SELECT vv, session.vv, vv + 1;
		CREATE TEMPORARY VIEW tv (n) AS SELECT id + vv FROM range(2);
		BEGIN DECLARE x BIGINT; SET x = (SELECT sum(n) FROM tv); SELECT x; END;
		CREATE OR REPLACE TEMP VIEW tv AS SELECT 'later' AS s;
		SELECT * FROM tv;
		DROP TEMPORARY VARIABLE vv;
		DROP VIEW tv`;
	const results = await opened.lakehouse.runScript(file, opened.session);
	expect(results.map(({ columns, rows }) => [columns.map(({ name }) => name), rows])).toEqual([
		[[], []],
		[[], []],
		[['vv', 'vv', '(variablereference(system.session.vv=7) + 1)'], [['7', '7', '8']]],
		[[], []],
		[['x'], [['15']]],
		[[], []],
		[['s'], [['later']]],
		[[], []],
		[[], []],
	]);
	for (const sql of ['DECLARE vv INT DEFAULT 5', 'CREATE TEMPORARY VIEW tv AS SELECT 1 x']) {
		expect((await opened.run(sql)).columns).toEqual([]);
	}
	expect(await opened.conditionOf('SELECT vv')).toBe('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION');
	expect(await opened.conditionOf('SELECT * FROM tv')).toBe('TABLE_OR_VIEW_NOT_FOUND');
});

test.each([
	['DECLARE vv INT DEFAULT 5; DECLARE vv INT DEFAULT 6', 'VARIABLE_ALREADY_EXISTS'],
	['DECLARE vv INT DEFAULT 5; CREATE VIEW pv AS SELECT vv AS x', 'INVALID_TEMP_OBJ_REFERENCE'],
	[
		'CREATE TEMP VIEW tv AS SELECT 1 x; CREATE VIEW pv AS SELECT * FROM tv',
		'INVALID_TEMP_OBJ_REFERENCE',
	],
	[
		'CREATE TEMP VIEW tv AS SELECT 1 x; CREATE TEMP VIEW tv AS SELECT 2 x',
		'TABLE_OR_VIEW_ALREADY_EXISTS',
	],
	[
		'CREATE TEMP VIEW tv AS SELECT 1 x; CREATE OR REPLACE TEMP VIEW tv AS SELECT * FROM tv; SELECT * FROM tv',
		'RECURSIVE_VIEW',
	],
	[
		'CREATE TEMP VIEW tv AS SELECT 1 x; INSERT INTO tv VALUES (1)',
		'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE',
	],
	['CREATE TEMP VIEW tv AS SELECT * FROM nope', 'TABLE_OR_VIEW_NOT_FOUND'],
	['DROP VIEW tv', 'TABLE_OR_VIEW_NOT_FOUND'],
])('%s is %s', async (file, condition) => {
	await expect(opened.lakehouse.runScript(file, opened.session)).rejects.toMatchObject({
		condition,
	});
});
