import { openLakehouse } from '../delta/openLakehouse';
import { parametersOf } from './arguments';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'ids, paths, times and sizes of a run': 'vacuum restore describe-detail',
	'Databricks has grants': 'grant show-grants',
	'needs a variable or function whose creation is refused': 'select-variable call-function',
	'the same condition with the SQLSTATE of another one': 'optimize-where-nonpartition',
	'the same error in fewer words': 'vacuum-retain-0',
};

/** What the recording had from statements that are in other files. */
const T5 = ['CREATE SCHEMA IF NOT EXISTS s', 'CREATE OR REPLACE TABLE t5 (id BIGINT, v STRING)'];
const BEFORE: Record<string, string[]> = {
	'insert-with-param': T5,
	'update-with-param': [...T5, "INSERT INTO t5 VALUES (6,'a')"],
	'delete-with-param': [...T5, "INSERT INTO t5 VALUES (6,'a')"],
	'merge-count-duplicates': T5,
};

test('DML, DDL and maintenance answer as recorded', async () => {
	const opened = await openLakehouse();
	await opened.run('DROP SCHEMA s CASCADE');
	const walk = new Walk(opened);
	for (const entry of statementsIn('dml-results.json')) {
		for (const sql of BEFORE[entry.id] ?? []) await opened.run(sql);
		await walk.judge(entry, parametersOf(entry) ?? []);
	}
	report('dml-results.json', walk.verdicts, REASONS);
	await opened.close();
}, 30_000);
