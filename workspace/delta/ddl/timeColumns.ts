import { unsupported } from '../../sql/sqlError';
import type { SqlType } from '../../sql/sqlType';
import { holdsTime } from '../../sql/types/commonType';
import { typeOf, type TableState } from '../storedTable';

/** Whether a table has columns of TIME, or of what holds some. */
export const hasTimes = (state: TableState): boolean =>
	state.columns.some((column) => holdsTime(typeOf(column)));

/**
 * Only a new table gets Delta's feature for TIME by itself; to a table without it a TIME column is
 * added after the feature is set, and what is said otherwise is not known.
 */
export function mayHoldTime(state: TableState, type: SqlType): void {
	const isSet = Object.entries(state.properties).some(
		([name, value]) => name.toLowerCase() === 'delta.feature.timetype' && value === 'supported',
	);
	if (!holdsTime(type) || isSet || hasTimes(state)) return;
	throw unsupported(
		"a TIME column in a table without the feature; SET TBLPROPERTIES ('delta.feature.timeType' = 'supported') first",
	);
}

/** Z-ordering by TIME is documented as not supported, its error is not; nor is a layout by TIME. */
export function refuseTimeLayout(state: TableState, names: readonly string[]): void {
	const lower = names.map((name) => name.toLowerCase());
	for (const column of state.columns) {
		if (!lower.includes(column.name.toLowerCase()) || !holdsTime(typeOf(column))) continue;
		throw unsupported(`the layout of a table by ${column.name}, a ${column.type}`);
	}
}
