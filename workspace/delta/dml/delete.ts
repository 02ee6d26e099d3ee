import { translateExpression } from '../../sql/translate';
import { sqlName } from '../../sql/stringLiteral';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { notWritable } from '../objectErrors';
import type { SqlResult } from '../session';
import { countRows, endRows } from '../rowVersions';
import { commitWrite, counts, done, nextVersion } from '../tableWrite';
import { readTargetTable } from './target';

/** DELETE FROM name [alias] [WHERE condition]. Touching no row makes no version. */
export async function deleteRows(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('DELETE', 'FROM');
	const { table, alias, relation, rows } = await readTargetTable(context, cursor, 'DELETE', [
		'WHERE',
		'USING',
		'LIMIT',
	]);
	const condition = cursor.accept('WHERE') ? cursor.rest() : 'true';
	cursor.expectEnd();
	const where = await translateExpression(condition, context.scope, [relation]);
	const name = sqlName(alias);
	const deleted = await endRows(
		context.transaction,
		table,
		'delete',
		`"__row" IN (SELECT ${name}."__row" FROM ${rows} AS ${name} WHERE ${where.sql})`,
	);
	if (deleted === 0) context.discard();
	const empty = (await countRows(context.transaction, table)) === 0;
	await commitWrite(context, table, {
		operation: 'DELETE',
		parameters: { predicate: JSON.stringify([condition === 'true' ? 'true' : `(${condition})`]) },
		metrics: { numDeletedRows: deleted, numCopiedRows: 0, numAddedChangeFiles: 0 },
		isBlindAppend: false,
		changesRows: true,
		files: empty ? 'none' : 'same',
	});
	return counts('DELETE', { num_affected_rows: deleted });
}

/** TRUNCATE TABLE name: always a version, whose metrics do not count rows. */
export async function truncate(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('TRUNCATE', 'TABLE');
	const table = nextVersion(await context.table(cursor.name(), 'TRUNCATE TABLE'));
	cursor.expectEnd();
	if (table.kind !== 'MANAGED') throw notWritable(table);
	const ended = await endRows(context.transaction, table, 'delete');
	await commitWrite(context, table, {
		operation: 'TRUNCATE',
		parameters: {},
		metrics: {},
		isBlindAppend: false,
		changesRows: ended > 0,
		files: 'none',
	});
	return done('TRUNCATE TABLE');
}
