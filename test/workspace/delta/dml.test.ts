import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
let rows: OpenLakehouse['rows'];
let run: OpenLakehouse['run'];
beforeEach(async () => {
	opened = await openLakehouse();
	({ rows, run } = opened);
	await run(`CREATE TABLE t (id BIGINT, agency STRING DEFAULT 'RIM', amount DECIMAL(15,2))
		TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')`);
});
afterEach(() => opened.close());

const feed = (from: number) =>
	rows(`SELECT _commit_version, _change_type, id, agency, amount FROM table_changes('t', ${from})
		ORDER BY _commit_version, id, _change_type DESC`);

test('MERGE takes the first clause whose condition is met, and the feed tells the same', async () => {
	await run("INSERT INTO t VALUES (1,'A',1),(2,'B',2),(3,'C',3),(4,'D',4),(5,'E',5)");
	const { columns, rows: counts } = await run(`MERGE INTO t AS target
		USING (SELECT * FROM VALUES (1, 'A2', 10.5), (2, 'del', 0), (6, 'F', 6), (7, 'skip', 7) AS v(id, agency, amount)) AS s
		ON target.id = s.id
		WHEN MATCHED AND s.agency = 'del' THEN DELETE
		WHEN MATCHED THEN UPDATE SET target.agency = s.agency, amount = s.amount + target.amount
		WHEN NOT MATCHED AND s.agency <> 'skip' THEN INSERT (id, amount) VALUES (s.id, s.amount * 2)
		WHEN NOT MATCHED BY SOURCE AND target.id = 3 THEN UPDATE SET amount = 0
		WHEN NOT MATCHED BY SOURCE AND target.id = 4 THEN DELETE`);
	expect(columns.map(({ name }) => name)).toEqual([
		'num_affected_rows',
		'num_updated_rows',
		'num_deleted_rows',
		'num_inserted_rows',
	]);
	expect(counts).toEqual([['5', '2', '2', '1']]);
	expect(await rows('SELECT * FROM t ORDER BY id')).toEqual([
		['1', 'A2', '11.50'],
		['3', 'C', '0.00'],
		['5', 'E', '5.00'],
		['6', 'RIM', '12.00'],
	]);
	expect(await feed(2)).toEqual([
		['2', 'update_preimage', '1', 'A', '1.00'],
		['2', 'update_postimage', '1', 'A2', '11.50'],
		['2', 'delete', '2', 'B', '2.00'],
		['2', 'update_preimage', '3', 'C', '3.00'],
		['2', 'update_postimage', '3', 'C', '0.00'],
		['2', 'delete', '4', 'D', '4.00'],
		['2', 'insert', '6', 'RIM', '12.00'],
	]);
});

test('MERGE reads its source once, whatever it computes, and takes a table or a named source', async () => {
	await run('CREATE TABLE s (id BIGINT, agency STRING, amount DECIMAL(15,2))');
	await run("INSERT INTO s VALUES (1,'X',1),(1,'Y',2)");
	await run("INSERT INTO t VALUES (1,'A',1)");
	const merged = await run('MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE');
	expect(merged.rows).toEqual([['1', '0', '1', '0']]);
	await run(
		'MERGE INTO t USING spark_catalog.s.s AS s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *',
	);
	expect(await rows('SELECT count(*) FROM t')).toEqual([['2']]);
});

test.each([
	['by place', "INSERT INTO t VALUES (1, 'A', 2.5)", ['1', 'A', '2.50']],
	['a column list', 'INSERT INTO t (amount, id) VALUES (2.5, 1)', ['1', 'RIM', '2.50']],
	['a query in parentheses', "INSERT INTO t (SELECT 1, 'A', 2.5)", ['1', 'A', '2.50']],
	['by name', 'INSERT INTO t BY NAME SELECT 2.5 AS amount, 1 AS id', ['1', 'RIM', '2.50']],
	[
		'WITH',
		"INSERT INTO t WITH x AS (SELECT 1 AS id) SELECT id, 'A', 0.005 FROM x",
		['1', 'A', '0.01'],
	],
	[
		'TABLE and a full name',
		"INSERT INTO TABLE spark_catalog.s.t SELECT 1, 'A', 2",
		['1', 'A', '2.00'],
	],
])('INSERT with %s', async (_form, sql, row) => {
	expect((await run(sql)).rows).toEqual([['1', '1']]);
	expect(await rows('SELECT * FROM t')).toEqual([row]);
});

test('parameters and IDENTIFIER reach every statement that changes rows', async () => {
	const bound = [
		{ name: 'table', value: 'spark_catalog.s.t' },
		{ name: 'id', value: '9007199254740993', type: 'BIGINT' },
		{ name: 'amount', value: '12345.67', type: 'DECIMAL(18,2)' },
		{ name: 'none', value: null },
	];
	await run('INSERT INTO IDENTIFIER(:table) VALUES (:id, :none, :amount)', bound);
	await run('UPDATE t SET amount = amount + :amount WHERE id = :id', bound);
	expect(await rows('SELECT * FROM t')).toEqual([['9007199254740993', null, '24691.34']]);
	await run('DELETE FROM t WHERE id = :id', bound);
	expect(await rows('SELECT * FROM t')).toEqual([]);
});

test('REPLACE WHERE changes only what meets the condition, and wants the same of the new rows', async () => {
	await run("INSERT INTO t VALUES (1,'A',1),(2,'B',2),(3,'A',3)");
	await run("INSERT INTO t REPLACE WHERE agency = 'A' SELECT 4, 'A', 4");
	expect(await rows('SELECT id FROM t ORDER BY id')).toEqual([['2'], ['4']]);
	const wrong = "INSERT INTO t REPLACE WHERE agency = 'A' SELECT 5, 'B', 5";
	expect(await opened.conditionOf(wrong)).toBe('DELTA_REPLACE_WHERE_MISMATCH');
	expect(await rows('SELECT id FROM t ORDER BY id')).toEqual([['2'], ['4']]);
});

test('time travel, restore and the columns of the time', async () => {
	await run("INSERT INTO t VALUES (1,'A',1)");
	await opened.clock.advance(60_000);
	const afterFirst = new Date(opened.clock.now()).toISOString();
	await opened.clock.advance(60_000);
	await run('ALTER TABLE t ADD COLUMN note STRING');
	await run("UPDATE t SET note = 'later'");
	expect(await rows('SELECT * FROM t')).toEqual([['1', 'A', '1.00', 'later']]);
	expect(await rows('SELECT * FROM t VERSION AS OF 1')).toEqual([['1', 'A', '1.00']]);
	expect(await rows(`SELECT * FROM t TIMESTAMP AS OF '${afterFirst}'`)).toEqual([
		['1', 'A', '1.00'],
	]);
	await run('RESTORE TABLE t TO VERSION AS OF 1');
	expect(await rows('SELECT * FROM t')).toEqual([['1', 'A', '1.00']]);
	const restored = await rows("SELECT _change_type, id FROM table_changes('t', 4, 4) ORDER BY 1");
	expect(restored).toEqual([
		['delete', '1'],
		['insert', '1'],
	]);
});

test('a table made again is another one; a replaced one goes on with another detail id', async () => {
	const idOf = async () => (await opened.lakehouse.tables.get('spark_catalog', 's', 't'))?.id;
	const detailOf = async () => (await rows('DESCRIBE DETAIL t'))[0]?.[1];
	const [id, detail] = [await idOf(), await detailOf()];
	await run("INSERT INTO t VALUES (1,'A',1)");
	await run('CREATE OR REPLACE TABLE t (id INT)');
	expect([await idOf(), (await detailOf()) === detail]).toEqual([id, false]);
	expect((await rows('DESCRIBE HISTORY t LIMIT 1'))[0]?.[0]).toBe('2');
	await run('DROP TABLE t');
	await run('CREATE TABLE t (id INT)');
	expect((await idOf()) === id).toBe(false);
	expect((await rows('DESCRIBE HISTORY t'))[0]?.[0]).toBe('0');
});

test('a view is looked up where it was made, keeps its names, and shows what is new', async () => {
	await run("INSERT INTO t VALUES (1,'A',1)");
	await run('CREATE SCHEMA other');
	await run('CREATE VIEW v (number, agency) AS SELECT id, agency FROM t');
	const elsewhere = { ...opened.session, schema: 'other' };
	await run("INSERT INTO t VALUES (2,'B',2)");
	const query = 'SELECT number FROM spark_catalog.s.v ORDER BY number';
	expect((await opened.lakehouse.run(query, elsewhere)).rows).toEqual([['1'], ['2']]);
	await run('CREATE OR REPLACE VIEW v AS SELECT max(id) AS newest FROM t');
	expect(await rows('SELECT * FROM v')).toEqual([['2']]);
});

test('a script runs in one session', async () => {
	const results = await opened.lakehouse.runScript(
		`CREATE CATALOG gold; USE CATALOG gold; CREATE SCHEMA bir; USE SCHEMA bir; -- a comment; not a statement
		CREATE TABLE totals AS SELECT 'RIM; BOM' AS agencies; SELECT * FROM totals;`,
		opened.session,
	);
	expect(results.map(({ statementType }) => statementType)).toEqual([
		'CREATE CATALOG',
		'USE CATALOG',
		'CREATE SCHEMA',
		'USE SCHEMA',
		'CREATE TABLE AS SELECT',
		'SELECT',
	]);
	expect(results.at(-1)?.rows).toEqual([['RIM; BOM']]);
});
