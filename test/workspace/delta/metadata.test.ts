import { SqlError } from '../../../workspace/sql/sqlError';
import { openLakehouse, shapeOf, type OpenLakehouse } from './openLakehouse';
import { recorded, statementsOf, wireRows } from './recordings';

/** The same columns and rows as recorded. */
const same =
	`show-catalogs show-catalogs-like show-columns show-columns-qualified show-columns-from-in
	show-columns-view show-tblproperties-key show-tblproperties-key-missing show-current-schema
	show-current-namespace describe-table describe desc-column desc-column-extended desc-select desc-values
	typeof-info`.split(/\s+/);
/** The same condition as recorded. */
const sameError =
	`show-tables-in-missing show-tblproperties-missing-table desc-missing desc-column-missing
	desc-query-error describe-detail-view`.split(/\s+/);
/** The same rows for what is no temporary view, no Parquet table and no OSS-only column name. */
const sameNames: Record<string, string[]> = {
	'show-tables': ['t', 't_2', 'v1'],
	'show-tables-in': ['t', 't_2', 'v1'],
	'show-tables-in-catalog': ['t', 't_2', 'v1'],
	'show-tables-like': ['t', 't_2'],
	'show-tables-like-none': [],
	'show-tables-like-or': ['t'],
	'show-views': ['v1'],
	'show-views-in': ['v1'],
};

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	const { run } = opened;
	await run(`CREATE TABLE t (id BIGINT COMMENT 'key', Name STRING DEFAULT 'x', amount DECIMAL(15,2),
		tags ARRAY<STRING>, info STRUCT<a: INT, b: MAP<STRING, DATE>>, ts TIMESTAMP, p STRING) USING DELTA
		PARTITIONED BY (p) COMMENT 'my table'
		TBLPROPERTIES ('team' = 'fin', 'delta.enableChangeDataFeed' = 'true')`);
	await run('ALTER TABLE t ADD CONSTRAINT pos CHECK (id > 0)');
	await run(
		"INSERT INTO t (id, tags, info, p) VALUES (1, array('a'), named_struct('a', 1, 'b', NULL), 'x')",
	);
	await run('CREATE TABLE T_2 (id INT) USING DELTA CLUSTER BY (id)');
	await run("CREATE VIEW v1 (a COMMENT 'c1', b) COMMENT 'a view' AS select id, Name from t");
});
afterAll(() => opened.close());

test('SHOW and DESCRIBE answer as recorded', async () => {
	const counts = { rows: 0, errors: 0, names: 0 };
	for (const entry of await recorded('metadata')) {
		const sql = statementsOf(entry).at(-1) ?? '';
		if (same.includes(entry.id)) {
			const result = await opened.run(sql);
			const shape = entry.schema?.map(({ name, type }) => ({ name, type }));
			expect([entry.id, shapeOf(result), result.rows]).toEqual([entry.id, shape, wireRows(entry)]);
			counts.rows += 1;
		} else if (sameError.includes(entry.id)) {
			const condition = await opened.conditionOf(sql);
			expect([entry.id, condition]).toEqual([entry.id, entry.error?.condition]);
			counts.errors += 1;
		} else if (sameNames[entry.id] !== undefined) {
			const names = (await opened.rows(sql)).map((row) => row[1]);
			expect([entry.id, names]).toEqual([entry.id, sameNames[entry.id]]);
			counts.names += 1;
		}
	}
	expect(counts).toEqual({ rows: same.length, errors: sameError.length, names: 8 });
});

test('DESCRIBE DETAIL and SHOW CREATE TABLE say what the table is', async () => {
	const { columns, rows } = await opened.run('DESCRIBE DETAIL t');
	const detail = Object.fromEntries(columns.map(({ name }, at) => [name, rows[0]?.[at]]));
	const table = await opened.lakehouse.tables.get('spark_catalog', 's', 't');
	expect(detail).toMatchObject({
		format: 'delta',
		name: 'spark_catalog.s.t',
		description: 'my table',
		partitionColumns: '["p"]',
		sizeInBytes: null,
		minWriterVersion: '7',
		tableFeatures:
			'["allowColumnDefaults","appendOnly","changeDataFeed","checkConstraints","invariants"]',
	});
	expect(table?.properties).toEqual({
		team: 'fin',
		'delta.enableChangeDataFeed': 'true',
		'delta.constraints.pos': 'id > 0',
	});
	expect(await opened.rows('SHOW CREATE TABLE t_2')).toEqual([
		['CREATE TABLE spark_catalog.s.t_2 (\n  id INT)\nUSING delta\nCLUSTER BY (id)\n'],
	]);
});

test('information_schema lists what is there', async () => {
	expect(
		await opened.rows(`SELECT table_name, table_type FROM information_schema.tables
			WHERE table_schema = 's' ORDER BY table_name`),
	).toEqual([
		['t', 'MANAGED'],
		['t_2', 'MANAGED'],
		['v1', 'VIEW'],
	]);
	expect(
		await opened.rows(`SELECT column_name, full_data_type, is_nullable
			FROM spark_catalog.information_schema.columns WHERE table_name = 't' AND ordinal_position < 3
			ORDER BY ordinal_position`),
	).toEqual([
		['id', 'bigint', 'YES'],
		['Name', 'string', 'YES'],
		['amount', 'decimal(15,2)', 'YES'],
	]);
	await expect(opened.run('SELECT * FROM information_schema.routines')).rejects.toThrow(SqlError);
});

test('grants are recorded and shown, a privilege that does not exist is refused', async () => {
	await opened.run('GRANT SELECT, MODIFY ON TABLE t TO `finance`');
	await opened.run('REVOKE MODIFY ON TABLE t FROM `finance`');
	expect(await opened.rows('SHOW GRANTS ON TABLE t')).toEqual([
		['finance', 'SELECT', 'TABLE', 'spark_catalog.s.t'],
	]);
	expect(await opened.lakehouse.grants.get('table', 'spark_catalog.s.t')).toEqual([
		{ principal: 'finance', privileges: ['SELECT'] },
	]);
	expect(await opened.conditionOf('GRANT FLY ON TABLE t TO `finance`')).toBe(
		'INVALID_PARAMETER_VALUE',
	);
});
