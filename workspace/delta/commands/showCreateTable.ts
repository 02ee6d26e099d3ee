import { shownProperties, type StoredTable } from '../storedTable';

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const tick = (name: string): string =>
	/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;

/** The statement that would make the table or view again. */
export function createStatement(table: StoredTable): string {
	const { state } = table;
	const name = [table.catalog, table.schema, table.name].map(tick).join('.');
	const isView = table.kind === 'VIEW' || table.kind === 'MATERIALIZED_VIEW';
	const columns = state.columns.map((column) => {
		const parts = [`  ${tick(column.name)}`];
		if (!isView) parts.push(column.type);
		if (!column.nullable) parts.push('NOT NULL');
		if (column.defaultExpression !== undefined) parts.push(`DEFAULT ${column.defaultExpression}`);
		if (column.comment !== undefined) parts.push(`COMMENT ${quote(column.comment)}`);
		return parts.join(' ');
	});
	const what = {
		MANAGED: 'TABLE',
		VIEW: 'VIEW',
		STREAMING_TABLE: 'STREAMING TABLE',
		MATERIALIZED_VIEW: 'MATERIALIZED VIEW',
	}[table.kind];
	const lines = [`CREATE ${what} ${name} (\n${columns.join(',\n')})`];
	if (!isView) lines.push('USING delta');
	if (state.partitionBy.length > 0) {
		lines.push(`PARTITIONED BY (${state.partitionBy.map(tick).join(', ')})`);
	}
	if (state.clusterBy.length > 0)
		lines.push(`CLUSTER BY (${state.clusterBy.map(tick).join(', ')})`);
	if (state.comment !== undefined) lines.push(`COMMENT ${quote(state.comment)}`);
	const properties = Object.entries(shownProperties(state)).sort();
	if (properties.length > 0) {
		const list = properties.map(([key, value]) => `  ${quote(key)} = ${quote(value)}`);
		lines.push(`TBLPROPERTIES (\n${list.join(',\n')})`);
	}
	if (table.definition !== undefined) lines.push(`AS ${table.definition}`);
	return `${lines.join('\n')}\n`;
}
