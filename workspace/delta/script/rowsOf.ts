import { translateQuery } from '../../sql/translate';
import { physicalName, type Constant } from '../../sql/scope';
import { sqlName } from '../../sql/stringLiteral';
import type { Context } from '../context';
import { constantText } from '../variables';

/** Every row of a query, as constants. @throws SqlError 0A000 for values that no constant has */
export async function rowsOf(
	context: Context,
	query: string,
	most?: number,
): Promise<{ column: string; value: Constant }[][]> {
	const { sql, columns } = await translateQuery(query, context.scope);
	const cells = columns.map((column) =>
		constantText({ sql: `"row".${sqlName(physicalName(column))}`, type: column.type }),
	);
	const limit = most === undefined ? '' : ` LIMIT ${most}`;
	const rows = await context.transaction.rows(
		`SELECT ${cells.join(', ')} FROM ${sql} AS "row"${limit}`,
	);
	return rows.map((row) =>
		columns.map(({ name, type }, index) => ({
			column: name,
			value: { value: row[index] ?? null, type },
		})),
	);
}
