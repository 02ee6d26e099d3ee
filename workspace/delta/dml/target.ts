import type { Column } from '../../sql/scope';
import { SqlError } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { queryColumns, rowsAt } from '../rowVersions';
import type { StoredTable } from '../storedTable';
import { nextVersion } from '../tableWrite';
import { notWritable } from '../objectErrors';

/** The table that UPDATE, DELETE and MERGE change, under the name the statement gives it. */
export interface Target {
	table: StoredTable;
	alias: string;
	relation: { alias: string; columns: Column[] };
	/** FROM item of the current rows, called `alias`, with `__row`. */
	rows: string;
}

export async function readTargetTable(
	context: Context,
	cursor: Cursor,
	command: string,
	stops: readonly string[],
): Promise<Target> {
	const name = cursor.name();
	const found = await context.tableOrView(name);
	if (found.kind === 'VIEW') {
		const text = `${command} destination only supports Delta sources.`;
		throw new SqlError('DELTA_UNSUPPORTED_SOURCE', '0AKDD', text);
	}
	if (found.kind !== 'MANAGED') throw notWritable(found);
	const table = nextVersion(found);
	const alias = readAlias(cursor, stops) ?? name.at(-1) ?? table.name;
	return {
		table,
		alias,
		relation: { alias, columns: queryColumns(table.state) },
		rows: rowsAt(table),
	};
}

/** `[AS] alias`, unless the next word is one that goes on with the statement. */
export function readAlias(cursor: Cursor, stops: readonly string[]): string | undefined {
	if (cursor.accept('AS')) return cursor.identifier();
	const token = cursor.peek();
	if (token.kind === 'quoted') return cursor.identifier();
	const isName = token.kind === 'word' && !stops.includes(token.text.toUpperCase());
	return isName ? cursor.identifier() : undefined;
}
