import { unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import { typeOf } from '../storedTable';
import type { TableDefinition } from './tableDefinition';

/**
 * The definition of CREATE TABLE … LIKE: columns, partition columns, comment and properties of another
 * Delta table, as delta-io/delta#1582 lists them (constraints are properties there); properties that are
 * written win. Of views and clustered tables no source tells.
 * @throws SqlError TABLE_OR_VIEW_NOT_FOUND, 0A000
 */
export async function likeTable(
	context: Context,
	definition: TableDefinition,
	source: readonly string[],
): Promise<TableDefinition> {
	const { kind, state } = await context.tableOrView(source);
	if (kind !== 'MANAGED') throw unsupported(`CREATE TABLE … LIKE of a ${kind}`);
	if (state.clusterBy.length > 0) throw unsupported('CREATE TABLE … LIKE of a clustered table');
	if (definition.columns !== undefined) throw unsupported('CREATE TABLE … LIKE with columns');
	const comment = definition.comment ?? state.comment;
	return {
		...definition,
		columns: state.columns.map(({ physical: _, type: text, ...column }) => ({
			...column,
			type: typeOf({ type: text }),
		})),
		partitionBy: state.partitionBy,
		constraints: state.constraints,
		properties: { ...state.properties, ...definition.properties },
		...(comment === undefined ? {} : { comment }),
	};
}
