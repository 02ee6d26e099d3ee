import { openLakehouse } from '../delta/openLakehouse';
import { parametersOf } from './arguments';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'Databricks has many catalogs, USE CATALOG and QUALIFY':
		'catalog-missing four-part-name use-catalog-missing qualify-clause',
	'INSERT answers its counts on a warehouse':
		'insert-string-number-ok insert-decimal-rounds concurrent-insert-insert',
	'Databricks takes subqueries in DELETE': 'delete-subquery',
	'Spark fails inside; Databricks names the column':
		'merge-missing-column merge-star-missing-source-column',
	'a table of the recording that was damaged by hand, or is no Delta table, is not there':
		'update-non-delta time-travel-non-delta optimize-parquet vacuum-parquet protocol-too-new-read protocol-too-new-describe-history protocol-unknown-feature-read data-file-missing delta-log-deleted directory-deleted',
	'two sessions at once: here one writes after the other':
		'concurrent-update-update concurrent-delete-update concurrent-merge-insert concurrent-alter-update concurrent-update-drop concurrent-update-replace concurrent-create-same concurrent-ctas-if-not-exists',
	'the same error in fewer words': 'to-date-bad-format',
	'a Spark setting substitutes ${…} before parsing; Databricks SQL does not':
		'parse-dollar-expression',
	'Databricks refuses a column without a type': 'create-table-void-column',
	'Spark has no proper condition; Databricks has':
		'alter-bad-delta-property-value protocol-set-too-high window-in-where',
	'a path that only the recording machine had': 'path-not-delta',
	'the table held other rows when it was recorded': 'param-in-order-by',
};

const REFUSED: Record<string, string> = {
	'functions or arguments of them that are not verified':
		'to-date-bad-pattern json-parse-failfast json-parse-permissive assert-true sequence-bad-step to-number-bad',
	'files are read by read_files, from volumes':
		'path-missing path-parquet-missing read-files-function',
	'WITH RECURSIVE and CREATE INDEX are not there': 'recursive-cte-no-end unsupported-create-index',
};

test('wrong statements get the recorded error: condition, SQLSTATE and shape of the message', async () => {
	const opened = await openLakehouse();
	for (const sql of [
		'CREATE TABLE t (id BIGINT, name STRING, amount DECIMAL(15,2), d DATE)',
		"INSERT INTO t VALUES (1,'a',1.00,DATE'2024-01-31')",
		'CREATE TABLE u (id BIGINT, name STRING)',
		"INSERT INTO u VALUES (1,'x'),(1,'y')",
		'CREATE VIEW vw AS SELECT id, name FROM t',
		'CREATE TABLE nn (id BIGINT NOT NULL, v STRING)',
		"INSERT INTO nn VALUES (1,'a')",
		'CREATE TABLE ck (id BIGINT, v STRING)',
		'ALTER TABLE ck ADD CONSTRAINT pos CHECK (id > 0)',
		'CREATE TABLE dup (id INT, v STRING)',
		"INSERT INTO dup VALUES (1,'a'),(2,'b')",
	]) {
		await opened.run(sql);
	}
	const walk = new Walk(opened);
	for (const entry of statementsIn('errors.json')) {
		for (const sql of entry.setup ?? []) await opened.run(sql);
		await walk.judge(entry, parametersOf(entry) ?? []);
	}
	report('errors.json', walk.verdicts, REASONS, REFUSED);
	await opened.close();
}, 30_000);
