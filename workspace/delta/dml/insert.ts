import { translateSource } from '../../sql/translate';
import { SqlError, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { notWritable } from '../objectErrors';
import type { SqlResult } from '../session';
import { beginRows, endRows } from '../rowVersions';
import { commitWrite, counts, nextVersion } from '../tableWrite';
import { matchColumns, readTarget, writtenColumns } from './insertTarget';
import { replaceWhere } from './replaceWhere';
import { checkRows, stage, stageRelation } from './stage';

/**
 * INSERT INTO | OVERWRITE [TABLE] name [(columns) | BY NAME] query, and INSERT INTO name REPLACE
 * WHERE condition query. An INSERT of no rows makes no version; an INSERT OVERWRITE of none does,
 * with numOutputRows 0, as recorded from Delta 4.3.
 */
export async function insert(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('INSERT');
	const overwrite = cursor.accept('OVERWRITE');
	if (!overwrite) cursor.expect('INTO');
	cursor.accept('TABLE');
	const table = nextVersion(await context.table(cursor.name(), 'INSERT'));
	if (table.kind !== 'MANAGED') throw notWritable(table);
	if (cursor.sees('PARTITION')) throw unsupported('INSERT … PARTITION');
	if (cursor.accept('REPLACE', 'WHERE')) return await replaceWhere(context, cursor, table);
	const target = SqlError.locate(cursor.beginning, () => readTarget(cursor, table));
	const source = await translateSource(cursor.rest(), context.scope, writtenColumns(table, target));
	const sourceOf = matchColumns(table, target, source.columns);
	const rows = await stageRelation(context, table, source, sourceOf, cursor.beginning);
	if (rows === 0 && !overwrite) context.discard();
	await checkRows(context, table);
	if (overwrite) await endRows(context.transaction, table, 'delete');
	await beginRows(context.transaction, table, 'insert', stage, 'new');
	await commitWrite(context, table, {
		operation: 'WRITE',
		parameters: { mode: overwrite ? 'Overwrite' : 'Append', partitionBy: '[]' },
		metrics: { numFiles: 1, numOutputRows: rows },
		isBlindAppend: !overwrite,
		changesRows: true,
		files: overwrite ? 'one' : 'append',
	});
	return counts('INSERT', { num_affected_rows: rows, num_inserted_rows: rows });
}
