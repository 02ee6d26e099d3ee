import { openLakehouse } from '../delta/openLakehouse';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'every catalog of Databricks has an information_schema':
		'show-schemas show-databases show-schemas-in',
	'managed schemas have no place of their own, nor properties that are not set':
		'desc-schema desc-schema-extended',
	'a temporary view, a Parquet table or a schema that other statements of the recording had made':
		'show-tables show-tables-in-empty show-tables-in show-tables-in-catalog show-tables-like show-tables-like-or show-views show-views-in show-create-table-parquet desc-partition desc-temp-view describe-detail-parquet',
	'Databricks has catalogs and says that one is missing; temporary views have no schema there':
		'show-schemas-in-missing desc-catalog show-tables-in-global-temp',
	'Databricks has it':
		'show-create-table show-create-table-clustered show-volumes information-schema information-schema-system',
	'full names and no schema mode': 'show-create-view',
	'the protocol names its features one by one': 'show-tblproperties',
	'ids, paths, times and sizes of a run':
		'desc-extended desc-formatted desc-extended-view describe-detail describe-detail-clustered describe-history',
	'a view has no defaults': 'desc-view',
	'a clustered table names its columns': 'desc-clustered',
	'comments of columns do not go through a query': 'desc-query desc-table-changes',
	'tables have no files, so no _metadata': 'metadata-column',
};

const REFUSED: Record<string, string> = {
	'the plan would be another':
		'explain explain-extended explain-formatted explain-cost explain-error explain-parse-error explain-update explain-merge',
	'tables have no files and no partitions of files':
		'show-table-extended show-partitions-delta show-partitions-parquet input-file-name',
	'descriptions of functions are not there':
		'show-functions-like show-functions-user show-catalog-function desc-function desc-function-extended',
	'its fields on Databricks are not known':
		'desc-as-json desc-as-json-view desc-as-json-not-extended',
};

test('SHOW, DESCRIBE and EXPLAIN answer as recorded', async () => {
	const opened = await openLakehouse();
	for (const sql of [
		"COMMENT ON SCHEMA s IS 'the schema'",
		'CREATE SCHEMA other_schema',
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
	report('metadata.json', walk.verdicts, REASONS, REFUSED);
	await opened.close();
}, 30_000);
