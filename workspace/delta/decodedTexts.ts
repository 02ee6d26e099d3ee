import { unsupported } from '../sql/sqlError';
import type { SqlResult } from './session';

/**
 * Refuses a result that goes elsewhere than as JSON to a client, when it has bytes that are no UTF-8 as
 * text: there they may be kept, and U+FFFD only be shown for them (`Column.decoded`).
 */
export function mustBeTexts({ columns, rows }: SqlResult, where: string): void {
	const decoded = columns.flatMap((column, index) => (column.decoded === true ? [index] : []));
	if (decoded.length === 0) return;
	for (const row of rows) {
		if (!decoded.some((index) => row[index]?.includes('\uFFFD'))) continue;
		throw unsupported(`binary values that are no UTF-8 as text ${where}`);
	}
}
