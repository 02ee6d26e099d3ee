import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run(
		"CREATE TABLE t (id INT, v VARIANT) TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')",
	);
});
afterAll(() => opened.close());

test('a VARIANT column keeps what is put in, through writes, versions and the feed', async () => {
	const { run, rows } = opened;
	await run(
		`INSERT INTO t VALUES (1, parse_json('{"b":1.10,"a":[1e3,"x",null]}')), (2, NULL), (3, parse_json('null'))`,
	);
	for (const row of ['4, 5', "5, 'x'", '6, array(1, 2)'])
		await run(`INSERT INTO t VALUES (${row})`);
	await run("UPDATE t SET v = parse_json('[1]') WHERE id = 2");
	await run(`MERGE INTO t USING (SELECT 3 AS id, parse_json('true') AS v) AS s ON t.id = s.id
		WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *`);
	expect(await rows('SELECT * FROM t ORDER BY id')).toEqual([
		['1', '{"a":[1000.0,"x",null],"b":1.1}'],
		['2', '[1]'],
		['3', 'true'],
		['4', '5'],
		['5', '"x"'],
		['6', '[1,2]'],
	]);
	expect(await rows('SELECT v FROM t VERSION AS OF 1 WHERE id IN (2, 3) ORDER BY id')).toEqual([
		[null],
		['null'],
	]);
	expect(
		await rows(
			"SELECT v FROM table_changes('t', 5) WHERE _change_type = 'update_postimage' ORDER BY _commit_version",
		),
	).toEqual([['[1]'], ['true']]);
	expect(await rows('SELECT id FROM t WHERE v:b::decimal(3,1) = 1.1')).toEqual([['1']]);
	expect(await rows('DESCRIBE TABLE t')).toEqual([
		['id', 'int', null],
		['v', 'variant', null],
	]);
	const detail = await rows('DESCRIBE DETAIL t');
	expect(detail[0]?.slice(12)).toEqual([
		'3',
		'7',
		'["appendOnly","changeDataFeed","invariants","variantType"]',
	]);
});

test('an object is no VARIANT by itself, and no table is clustered or partitioned by one', async () => {
	await expect(opened.run('INSERT INTO t VALUES (7, struct(1 AS a))')).rejects.toMatchObject({
		condition: 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION',
	});
	for (const [layout, condition] of [
		['CLUSTER BY (v)', 'DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED'],
		['PARTITIONED BY (v)', 'INVALID_PARTITION_COLUMN_DATA_TYPE'],
	]) {
		await expect(opened.run(`CREATE TABLE x (v VARIANT) ${layout}`)).rejects.toMatchObject({
			condition,
		});
	}
});

test('a VARIANT inside of an array is refused as a result, and taken as JSON', async () => {
	await expect(opened.run('SELECT array(v) FROM t')).rejects.toMatchObject({ sqlState: '0A000' });
	expect(await opened.rows('SELECT to_json(array(v)) FROM t WHERE id = 4')).toEqual([['[5]']]);
});
