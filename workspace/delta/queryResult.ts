import { textOf } from '../sql/translate';
import { physicalName, type Relation } from '../sql/scope';
import { sqlName } from '../sql/stringLiteral';
import type { Context } from './context';
import type { SqlResult } from './session';

/** Runs a translated query; every cell is the text that goes on the wire. */
export async function queryResult(context: Context, relation: Relation): Promise<SqlResult> {
	const columns = relation.columns.filter((column) => column.hidden !== true);
	const texts = columns.map((column) =>
		textOf(`"result".${sqlName(physicalName(column))}`, column.type),
	);
	const rows = await context.transaction.rows(
		`SELECT ${texts.join(', ')} FROM ${relation.sql} AS "result"`,
	);
	return { columns, rows, statementType: 'SELECT' };
}
