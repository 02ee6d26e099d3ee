import { openLakehouse } from '../delta/openLakehouse';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'a temporary view, a Parquet table or a schema that other statements of the recording had made':
		'show-tables-in-empty show-views show-views-in show-create-table-parquet desc-partition desc-temp-view describe-detail-parquet',
	'Databricks has catalogs and says that one is missing; temporary views have no schema there':
		'show-schemas-in-missing desc-catalog show-tables-in-global-temp',
	'Databricks has it':
		'show-create-table show-create-table-clustered show-volumes information-schema information-schema-system',
	'full names and no schema mode': 'show-create-view',
	'the protocol names its features one by one': 'show-tblproperties',
	'ids, paths, times and sizes of a run':
		'desc-extended desc-formatted desc-extended-view describe-detail describe-detail-clustered describe-history',
	'the same error without its place or with a nearer one':
		'desc-column-missing describe-detail-view',
	'a view has no defaults': 'desc-view',
	'a clustered table names its columns': 'desc-clustered',
	'comments of columns do not go through a query': 'desc-query desc-table-changes',
	'tables have no files, so no _metadata': 'metadata-column',
};

test('SHOW, DESCRIBE and EXPLAIN answer as recorded', async () => {
	const opened = await openLakehouse();
	for (const sql of [
		`CREATE TABLE t (id BIGINT COMMENT 'key', Name STRING DEFAULT 'x', amount DECIMAL(15,2),
			tags ARRAY<STRING>, info STRUCT<a: INT, b: MAP<STRING, DATE>>, ts TIMESTAMP, p STRING) USING DELTA
			PARTITIONED BY (p) COMMENT 'my table'
			TBLPROPERTIES ('team' = 'fin', 'delta.enableChangeDataFeed' = 'true')`,
		'ALTER TABLE t ADD CONSTRAINT pos CHECK (id > 0)',
		"INSERT INTO t (id, tags, info, p) VALUES (1, array('a'), named_struct('a', 1, 'b', NULL), 'x')",
		'CREATE TABLE T_2 (id INT) USING DELTA CLUSTER BY (id)',
		"CREATE VIEW v1 (a COMMENT 'c1', b) COMMENT 'a view' AS select id, Name from t",
	]) {
		await opened.run(sql);
	}
	const walk = new Walk(opened);
	for (const entry of statementsIn('metadata.json')) await walk.judge(entry);
	report('metadata.json', walk.verdicts, REASONS);
	await opened.close();
}, 30_000);
