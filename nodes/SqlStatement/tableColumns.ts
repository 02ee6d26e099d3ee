import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';
import { quoteIdentifier } from '../databricks/sql/quoting';
import type { TargetColumn } from '../databricks/sql/rowBatches';
import { parseSqlType } from '../databricks/sql/sqlTypes';
import { getTable } from '../databricks/sql/tables';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { toNodeError } from '../n8n/nodeError';
import { Parameters } from '../n8n/parameters';
import { tableOf } from '../n8n/tableLocators';

/** The columns of a table as Unity Catalog knows them, in their order. */
export async function targetColumns(
	workspace: Workspace,
	table: readonly [string, string, string],
): Promise<TargetColumn[]> {
	// A part with a full stop would be read as two.
	const name = table.map((part) => (/[.`]/.test(part) ? quoteIdentifier(part) : part)).join('.');
	const { columns = [] } = await getTable(workspace, name);
	return columns.map((column) => ({
		name: column.name,
		type: parseSqlType(column.type_text ?? column.type_name ?? 'STRING'),
		isNullable: column.nullable !== false,
	}));
}

/** What the 'Columns' field shows for the chosen table. */
export async function getTableColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const listed = await columnsOfNode(this).catch((error: unknown) =>
		toNodeError(this.getNode(), error),
	);
	if (listed instanceof Error) throw listed;
	return {
		fields: listed.map(({ name, type }) => ({
			id: name,
			displayName: `${name} (${type.text})`,
			// Unity Catalog does not tell whether a NOT NULL column has a default.
			required: false,
			defaultMatch: false,
			canBeUsedToMatch: type.kind === 'scalar',
			display: true,
			// n8n would turn numbers into doubles, and a switch is never left empty: off would be written.
			// The node itself checks values by the SQL type.
			type: 'string' as const,
		})),
	};
}

async function columnsOfNode(context: ILoadOptionsFunctions): Promise<TargetColumn[]> {
	const parameters = new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, fallback, options),
	);
	const workspace = await connect(context, parameters.text('authentication'));
	return await targetColumns(workspace, tableOf(parameters));
}
