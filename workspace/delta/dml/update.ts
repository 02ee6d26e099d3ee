import { translateExpression } from '../../sql/translate';
import { sqlName } from '../../sql/stringLiteral';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SqlResult } from '../session';
import { beginRows, endRows } from '../rowVersions';
import { commitWrite, counts } from '../tableWrite';
import { assignedValue, readAssignments } from './assignments';
import { checkRows, fillStage, stage } from './stage';
import { readTargetTable } from './target';

/** UPDATE name [alias] SET column = value, … [WHERE condition]. Touching no row makes no version. */
export async function update(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('UPDATE');
	const { table, alias, relation, rows } = await readTargetTable(context, cursor, 'UPDATE', [
		'SET',
	]);
	cursor.expect('SET');
	const assignments = readAssignments(cursor, table, alias, ['WHERE']);
	const condition = cursor.accept('WHERE') ? cursor.rest() : undefined;
	cursor.expectEnd();
	const name = sqlName(alias);
	const values = [`${name}."__row"`];
	for (const column of table.state.columns) {
		const text = assignments.get(column.name.toLowerCase());
		const value =
			text === undefined
				? `${name}.${column.physical}`
				: await assignedValue(context, column, text, [relation]);
		values.push(`${value} AS ${column.physical}`);
	}
	const where =
		condition === undefined
			? 'TRUE'
			: (await translateExpression(condition, context.scope, [relation])).sql;
	const changed = await fillStage(
		context,
		`SELECT ${values.join(', ')} FROM ${rows} AS ${name} WHERE ${where}`,
	);
	if (changed === 0) context.discard();
	await checkRows(context, table);
	const { transaction } = context;
	await endRows(transaction, table, 'update', `"__row" IN (SELECT "__row" FROM ${stage})`);
	await beginRows(transaction, table, 'update', stage, 'kept');
	await commitWrite(context, table, {
		operation: 'UPDATE',
		parameters: { predicate: JSON.stringify(condition === undefined ? [] : [`(${condition})`]) },
		metrics: { numUpdatedRows: changed, numCopiedRows: 0, numAddedChangeFiles: 0 },
		isBlindAppend: false,
		changesRows: true,
		files: 'same',
	});
	return counts('UPDATE', { num_affected_rows: changed });
}
