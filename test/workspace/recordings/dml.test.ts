import { openLakehouse } from '../delta/openLakehouse';
import { parametersOf } from './arguments';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'ids, times, files and their sizes':
		'restore describe-detail optimize optimize-noop optimize-zorder',
	'Databricks has grants, and ANALYZE of Delta tables': 'grant show-grants analyze',
	'a warehouse lets nobody see or set settings of Spark': 'set-key set-key-read',
	'every statement of the Statement API has a session of its own: no variable is there for the next':
		'set-variable select-variable',
	'… and no temporary function': 'call-function drop-function',
};

/** What the recording had from statements that are in other files. */
const T5 = ['CREATE SCHEMA IF NOT EXISTS s', 'CREATE OR REPLACE TABLE t5 (id BIGINT, v STRING)'];
const BEFORE: Record<string, string[]> = {
	'insert-with-param': T5,
	'update-with-param': [...T5, "INSERT INTO t5 VALUES (6,'a')"],
	'delete-with-param': [...T5, "INSERT INTO t5 VALUES (6,'a')"],
	'merge-count-duplicates': T5,
};

const REFUSED: Record<string, string> = {
	'settings of Spark are not there': 'reset-key',
	'SQL warehouses cache by themselves; CACHE is of Spark clusters': 'cache uncache',
	'Databricks has transactions, procedures, LIST and DEEP CLONE, Spark has not':
		'begin-transaction commit call list-files deep-clone',
	'tables have no files that could be cloned or listed in a manifest': 'shallow-clone generate',
	'the plan would be another': 'explain explain-of-insert',
	'a SELECT of nothing': 'select-star-from-nothing',
};

test('DML, DDL and maintenance answer as recorded', async () => {
	const opened = await openLakehouse();
	await opened.run('DROP SCHEMA s CASCADE');
	const walk = new Walk(opened);
	for (const entry of statementsIn('dml-results.json')) {
		for (const sql of BEFORE[entry.id] ?? []) await opened.run(sql);
		await walk.judge(entry, parametersOf(entry) ?? []);
	}
	report('dml-results.json', walk.verdicts, REASONS, REFUSED);
	await opened.close();
}, 30_000);
