import { openLakehouse } from '../delta/openLakehouse';
import { parametersOf } from './arguments';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'ids, times, files and their sizes':
		'restore describe-detail optimize optimize-noop optimize-zorder',
	'Databricks has grants, ANALYZE of Delta tables and deep clones':
		'grant show-grants analyze deep-clone',
	'a warehouse lets nobody see, set or reset settings of Spark': 'set-key set-key-read reset-key',
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
	"Databricks documents CACHE TABLE and UNCACHE TABLE for clusters, not for warehouses, and not the warehouse's error":
		'cache uncache',
	'no session of the Statement API lasts for a transaction, and no source tells what one of a single statement answers':
		'begin-transaction commit',
	'Databricks has procedures, which CREATE PROCEDURE would have to make first': 'call',
	'of LIST the columns are documented, not how it writes the path of a file in a volume, nor its error for another path':
		'list-files',
	'tables have no files that could be listed in a manifest': 'generate',
	'the plan would be that of another engine': 'explain explain-of-insert',
	'a row without columns (Spark 4.1 gives one), whose form on the wire no source tells':
		'select-star-from-nothing',
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
