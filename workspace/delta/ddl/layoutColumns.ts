import { SqlError } from '../../sql/sqlError';
import { typeText, type SqlType } from '../../sql/sqlType';
import { isNested, isNumeric, isTime } from '../../sql/types/commonType';
import { columnNamed, typeOf, type StoredColumn, type TableState } from '../storedTable';
import { refuseTimeLayout } from './timeColumns';

/**
 * Checks the columns that a table is partitioned or clustered by, as Delta 4.3 does.
 * @throws SqlError DELTA_COLUMN_NOT_FOUND_IN_SCHEMA, INVALID_PARTITION_COLUMN_DATA_TYPE,
 *   DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED
 */
export function checkLayoutColumns(state: TableState): void {
	const partition = columnsOf(state, state.partitionBy);
	const cluster = columnsOf(state, state.clusterBy);
	refuseTimeLayout(state, [...state.partitionBy, ...state.clusterBy]);
	for (const type of partition.map(typeOf)) {
		if (!isNested(type) && type.kind !== 'variant') continue;
		const text = `Cannot use "${typeText(type)}" for partition column.`;
		throw new SqlError('INVALID_PARTITION_COLUMN_DATA_TYPE', '0A000', text);
	}
	const wrong = cluster.filter((column) => !isSkipped(typeOf(column)));
	if (wrong.length === 0) return;
	const list = wrong.map((column) => `${column.name} : ${column.type}`).join(', ');
	const text = `CLUSTER BY is not supported because the following column(s): ${list} don't support data skipping.`;
	throw new SqlError('DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED', '0A000', text);
}

function columnsOf(state: TableState, names: readonly string[]): StoredColumn[] {
	return names.map((name) => {
		const column = columnNamed(state, name);
		if (column !== undefined) return column;
		const text = `Couldn't find column ${name} in:\n${state.columns.map((each) => each.name).join(', ')}`;
		throw new SqlError('DELTA_COLUMN_NOT_FOUND_IN_SCHEMA', '42703', text);
	});
}

/** Whether Delta keeps the least and greatest values of a type. */
const isSkipped = (type: SqlType): boolean =>
	isNumeric(type) || isTime(type) || ['date', 'string', 'varchar'].includes(type.kind);
