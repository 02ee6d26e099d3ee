import { SqlError } from '../../sql/sqlError';
import { BIGINT } from '../../sql/sqlType';
import { latestCommit, stateAt } from '../commits';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { notWritable } from '../objectErrors';
import type { SqlResult } from '../session';
import { mustHaveFilesAt } from '../retention';
import { beginRows, countRows, endRows, rowsAt } from '../rowVersions';
import { commitWrite, nextVersion } from '../tableWrite';
import { versionOf } from '../timeTravel';
import { tableOfCommand } from './tableOfCommand';

/**
 * RESTORE [TABLE] name TO VERSION | TIMESTAMP AS OF …: rows that the version did not have end,
 * rows that it had and are gone begin again. To the latest version it makes none.
 */
export async function restore(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('RESTORE');
	cursor.accept('TABLE');
	const found = await tableOfCommand(context, cursor, 'RESTORE');
	if (found.kind !== 'MANAGED') throw notWritable(found);
	cursor.accept('TO');
	const byVersion = cursor.accept('VERSION');
	if (!byVersion) cursor.expect('TIMESTAMP');
	cursor.expect('AS', 'OF');
	const at = byVersion ? { version: cursor.wholeNumber() } : { timestamp: cursor.string() };
	cursor.expectEnd();
	if (at.version !== undefined && at.version > found.version) {
		const text = `Cannot restore table to version ${at.version}. Available versions: [0, ${found.version}].`;
		throw new SqlError('DELTA_CANNOT_RESTORE_TABLE_VERSION', '22003', text);
	}
	const { transaction } = context;
	const version = await versionOf(transaction, found, at);
	await mustHaveFilesAt(transaction, found, version);
	const table = nextVersion(found);
	table.state = await stateAt(transaction, table.storage, version);
	const before = (await latestCommit(transaction, table.storage))?.files ?? 0;
	if (version === found.version) context.discard();
	const then = rowsAt(table, version);
	const now = rowsAt(found);
	const missingFrom = (other: string) =>
		`NOT EXISTS (SELECT 1 FROM ${other} AS "other" WHERE "other"."__row" = "one"."__row"
			AND "other"."__written" = "one"."__written")`;
	await transaction.run(
		`CREATE OR REPLACE TEMP TABLE "restored" AS
			SELECT "one".* FROM ${then} AS "one" WHERE ${missingFrom(now)}`,
	);
	const extra = `SELECT "one"."__row" FROM ${now} AS "one" WHERE ${missingFrom(then)}`;
	const ended = await endRows(transaction, table, 'delete', `"__row" IN (${extra})`);
	const restored = 'temp.main."restored"';
	const begun = await beginRows(transaction, table, 'insert', restored, 'restored');
	const rows = await countRows(transaction, table);
	const files = rows > 0 ? Math.max(1, begun > 0 ? 1 : before) : 0;
	const metrics = {
		numRestoredFiles: begun > 0 ? 1 : 0,
		numRemovedFiles: ended > 0 ? before : 0,
		numOfFilesAfterRestore: files,
	};
	await commitWrite(context, table, {
		operation: 'RESTORE',
		parameters: byVersion
			? { version: String(version), timestamp: null }
			: { version: null, timestamp: at.timestamp ?? null },
		metrics,
		isBlindAppend: false,
		changesRows: ended + begun > 0,
		files: rows > 0 ? 'one' : 'none',
		stateChanged: true,
	});
	return answer(metrics);
}

/** Delta's six columns; sizes are NULL, because there are no files to have one. */
function answer(metrics: Record<string, number>): SqlResult {
	const values: Record<string, string | null> = {
		table_size_after_restore: null,
		num_of_files_after_restore: String(metrics.numOfFilesAfterRestore),
		num_removed_files: String(metrics.numRemovedFiles),
		num_restored_files: String(metrics.numRestoredFiles),
		removed_files_size: null,
		restored_files_size: null,
	};
	return {
		columns: Object.keys(values).map((name) => ({ name, type: BIGINT, nullable: true })),
		rows: [Object.values(values)],
		statementType: 'RESTORE',
	};
}
