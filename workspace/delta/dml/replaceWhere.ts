import { translateExpression, translateSource } from '../../sql/translate';
import { SqlError } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SqlResult } from '../session';
import { beginRows, endRows, queryColumns, rowsAt } from '../rowVersions';
import type { StoredTable } from '../storedTable';
import { commitWrite, counts } from '../tableWrite';
import { matchColumns, readTarget, writtenColumns } from './insertTarget';
import { checkRows, stage, stageRelation, violations } from './stage';

/**
 * INSERT INTO name REPLACE WHERE condition query: the rows that meet the condition make room for
 * the query's, which must all meet it.
 * @throws SqlError DELTA_REPLACE_WHERE_MISMATCH
 */
export async function replaceWhere(
	context: Context,
	cursor: Cursor,
	table: StoredTable,
): Promise<SqlResult> {
	const condition = cursor.until('SELECT', 'VALUES', 'WITH', 'TABLE', 'FROM').trim();
	const target = readTarget(cursor, table);
	const source = await translateSource(cursor.rest(), context.scope, writtenColumns(table, target));
	const sourceOf = matchColumns(table, target, source.columns);
	const rows = await stageRelation(context, table, source, sourceOf, cursor.beginning);
	await checkRows(context, table);
	const { transaction } = context;
	const misses = `SELECT count(*) FROM ${stage} AS "row" WHERE ${await violations(context, table, condition)}`;
	if ((await transaction.count(misses)) > 0) {
		const text = `Written data does not conform to partial table overwrite condition or constraint '${condition}'.`;
		throw new SqlError('DELTA_REPLACE_WHERE_MISMATCH', '44000', text);
	}
	const relations = [{ alias: 'row', columns: queryColumns(table.state) }];
	const where = await translateExpression(condition, context.scope, relations);
	const which = `"__row" IN (SELECT "row"."__row" FROM ${rowsAt(table)} AS "row" WHERE ${where.sql})`;
	const deleted = await endRows(transaction, table, 'delete', which);
	await beginRows(transaction, table, 'insert', stage, 'new');
	await commitWrite(context, table, {
		operation: 'WRITE',
		parameters: { mode: 'Overwrite', partitionBy: '[]', predicate: `(${condition})` },
		metrics: {
			numFiles: 1,
			numOutputRows: rows,
			numDeletedRows: deleted,
			numCopiedRows: 0,
			numAddedChangeFiles: 0,
		},
		isBlindAppend: false,
		changesRows: rows > 0 || deleted > 0,
		files: 'append',
	});
	return counts('INSERT', { num_affected_rows: rows, num_inserted_rows: rows });
}
