import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE d (id INT NOT NULL, v STRING, w INT DEFAULT 2 + 3)');
});
beforeEach(async () => {
	await opened.run('TRUNCATE TABLE d');
});
afterAll(() => opened.close());

const stored = () => opened.rows('SELECT * FROM d ORDER BY id');

/** What Spark 4.1 and Delta 4.3 store. */
test.each<[statement: string, rows: (string | null)[][]]>([
	[
		"INSERT INTO d VALUES (1, DEFAULT, default), (2, 'b', 1)",
		[
			['1', null, '5'],
			['2', 'b', '1'],
		],
	],
	["INSERT INTO d VALUES (1, 'x', (DEFAULT))", [['1', 'x', '5']]],
	['INSERT INTO d SELECT 3, DEFAULT, DEFAULT', [['3', null, '5']]],
	['INSERT INTO d (w, id) SELECT default, 7', [['7', null, '5']]],
	['INSERT OVERWRITE d (w, id) VALUES (DEFAULT, 8)', [['8', null, '5']]],
	['INSERT INTO d REPLACE WHERE w = 5 VALUES (9, DEFAULT, DEFAULT)', [['9', null, '5']]],
])('%s', async (statement, rows) => {
	await opened.run(statement);
	expect(await stored()).toEqual(rows);
});

test('UPDATE and MERGE set a column to its default', async () => {
	await opened.run("INSERT INTO d VALUES (1, 'a', 1), (2, 'b', 2)");
	await opened.run('UPDATE d SET w = DEFAULT WHERE id = 1');
	await opened.run(
		'MERGE INTO d USING (SELECT 2 AS id) AS s ON d.id = s.id WHEN MATCHED THEN UPDATE SET w = DEFAULT',
	);
	expect(await stored()).toEqual([
		['1', 'a', '5'],
		['2', 'b', '5'],
	]);
});

test.each<[statement: string, condition: string]>([
	["INSERT INTO d (id, v) VALUES (DEFAULT, 'a')", 'NO_DEFAULT_COLUMN_VALUE_AVAILABLE'],
	["INSERT INTO d SELECT DEFAULT, 'z', 1", 'NO_DEFAULT_COLUMN_VALUE_AVAILABLE'],
	['UPDATE d SET id = DEFAULT', 'NO_DEFAULT_COLUMN_VALUE_AVAILABLE'],
	["INSERT INTO d VALUES (1, 'a', DEFAULT + 1)", 'DEFAULT_PLACEMENT_INVALID'],
	['INSERT INTO d BY NAME SELECT DEFAULT AS w, 9 AS id', 'DEFAULT_PLACEMENT_INVALID'],
	["INSERT INTO d (v) VALUES ('x')", 'DELTA_INSERT_COLUMN_MISMATCH'],
	["INSERT INTO d BY NAME SELECT 'x' AS v", 'DELTA_INSERT_COLUMN_MISMATCH'],
])('%s fails', async (statement, condition) => {
	await expect(opened.run(statement)).rejects.toMatchObject({ condition });
	expect(await stored()).toEqual([]);
});

test('MERGE WITH SCHEMA EVOLUTION is an ordinary one while the columns are the same', async () => {
	const merge = (source: string) =>
		`MERGE WITH SCHEMA EVOLUTION INTO d USING (${source}) AS s ON d.id = s.id
			WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *`;
	await opened.run(merge("SELECT 1 AS id, 'a' AS v, 2 AS w"));
	expect(await stored()).toEqual([['1', 'a', '2']]);
	await expect(opened.run(merge("SELECT 1 AS id, 'a' AS v, 2 AS w, 3 AS x"))).rejects.toMatchObject(
		{
			condition: 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE',
		},
	);
});

test('REFRESH and ANALYZE look whether the table is there; SET TIME ZONE takes a zone', async () => {
	expect((await opened.run('REFRESH TABLE d')).columns).toEqual([]);
	expect((await opened.run('ANALYZE TABLE d COMPUTE STATISTICS FOR COLUMNS id, v')).rows).toEqual(
		[],
	);
	expect(await opened.rows("SET TIME ZONE 'UTC'")).toEqual([['spark.sql.session.timeZone', 'UTC']]);
	for (const statement of ['REFRESH TABLE nope', 'ANALYZE TABLE nope COMPUTE STATISTICS']) {
		await expect(opened.run(statement)).rejects.toMatchObject({ sqlState: '42P01' });
	}
	expect(await opened.conditionOf("SET TIME ZONE 'Asia/Manila'")).toBe('none');
});
