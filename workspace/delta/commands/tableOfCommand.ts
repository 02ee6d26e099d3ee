import { SqlError } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { StoredTable } from '../storedTable';

/**
 * The table that a command of Delta's own names (OPTIMIZE, VACUUM, RESTORE, DESCRIBE HISTORY and
 * DETAIL). What is wrong with the name is told of the whole statement, as recorded from Delta 4.3.
 */
export async function tableOfCommand(
	context: Context,
	cursor: Cursor,
	command: string,
): Promise<StoredTable> {
	return await SqlError.locateLater(cursor.beginning, () => context.table(cursor.name(), command));
}
