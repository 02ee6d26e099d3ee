import { translateQuery } from '../../sql/translate';
import { SqlError, unresolvedColumn, unsupported } from '../../sql/sqlError';
import { STRING, typeName } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { catalogNotFound, schemaNotFound, volumeNotFound } from '../objectErrors';
import type { SqlResult } from '../session';
import { columnNamed, shownProperties, typeOf, type StoredTable } from '../storedTable';
import { columnDescription, describeDetail, describeHistory, locationOf } from './history';

const described = ['col_name', 'data_type', 'comment'].map((name) => ({
	name,
	type: STRING,
	nullable: true,
}));

/** DESCRIBE | DESC of a table, view, query, schema, catalog or volume, of HISTORY and DETAIL. */
export async function describe(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.acceptOne('DESCRIBE', 'DESC');
	if (cursor.accept('HISTORY')) return await describeHistory(context, cursor);
	if (cursor.accept('DETAIL')) return await describeDetail(context, cursor);
	if (cursor.accept('SCHEMA') || cursor.accept('DATABASE')) return await schema(context, cursor);
	if (cursor.accept('CATALOG')) return await catalog(context, cursor);
	if (cursor.accept('VOLUME')) return await volume(context, cursor);
	if (cursor.sees('FUNCTION')) throw unsupported('DESCRIBE FUNCTION');
	const isQuery = ['SELECT', 'WITH', 'VALUES', 'FROM'].some((word) => cursor.sees(word));
	if (cursor.accept('QUERY') || isQuery) return await query(context, cursor);
	cursor.accept('TABLE');
	const extended = cursor.acceptOne('EXTENDED', 'FORMATTED') !== undefined;
	const table = await context.tableOrView(cursor.name());
	if (cursor.sees('AS', 'JSON')) throw unsupported('DESCRIBE … AS JSON');
	if (!cursor.atEnd) return SqlError.locate(cursor.beginning, () => column(table, cursor));
	const rows = columnRows(table);
	if (extended) rows.push(...detailRows(table), ...defaults(table));
	return { columns: described, rows, statementType: 'DESCRIBE TABLE' };
}

function columnRows(table: StoredTable): (string | null)[][] {
	const line = (name: string) => {
		const found = columnNamed(table.state, name);
		return found === undefined
			? [name, '', null]
			: [found.name, typeName(typeOf(found)), found.comment ?? null];
	};
	const rows = table.state.columns.map(({ name }) => line(name));
	const { partitionBy, clusterBy } = table.state;
	const heading = [['# col_name', 'data_type', 'comment']];
	if (partitionBy.length > 0) {
		rows.push(['# Partition Information', '', ''], ...heading, ...partitionBy.map(line));
	}
	if (clusterBy.length > 0) {
		rows.push(['# Clustering Information', '', ''], ...heading, ...clusterBy.map(line));
	}
	return rows;
}

function detailRows(table: StoredTable): (string | null)[][] {
	const properties = Object.entries(shownProperties(table.state)).sort();
	const list = properties.map(([key, value]) => `${key}=${value}`).join(',');
	const rows: (string | null)[][] = [
		['', '', ''],
		['# Detailed Table Information', '', ''],
		['Catalog', table.catalog, ''],
		['Database', table.schema, ''],
		['Table', table.name, ''],
		['Created Time', new Date(table.createdAtMs).toISOString(), ''],
		['Owner', table.owner, ''],
		['Type', table.kind, ''],
	];
	if (table.state.comment !== undefined) rows.push(['Comment', table.state.comment, '']);
	if (table.definition !== undefined) rows.push(['View Text', table.definition, '']);
	if (table.kind !== 'VIEW') {
		rows.push(['Location', locationOf(table), ''], ['Provider', 'delta', '']);
		rows.push(['Is_managed_location', 'true', '']);
	}
	rows.push(['Table Properties', `[${list}]`, '']);
	return rows;
}

function defaults(table: StoredTable): (string | null)[][] {
	const columns = table.state.columns.filter((each) => each.defaultExpression !== undefined);
	if (columns.length === 0) return [];
	const rows = columns.map((each) => [
		each.name,
		typeName(typeOf(each)),
		each.defaultExpression ?? '',
	]);
	return [['', '', ''], ['# Column Default Values', '', ''], ...rows];
}

function column(table: StoredTable, cursor: Cursor): SqlResult {
	const name = cursor.identifier();
	cursor.expectEnd();
	const found = columnNamed(table.state, name);
	if (found === undefined) {
		throw unresolvedColumn(
			[name],
			table.state.columns.map((each) => [each.name]),
		);
	}
	const rows = [
		['col_name', found.name],
		['data_type', typeName(typeOf(found))],
		['comment', found.comment ?? null],
	];
	return { columns: columnDescription, rows, statementType: 'DESCRIBE TABLE' };
}

async function query(context: Context, cursor: Cursor): Promise<SqlResult> {
	const { columns } = await translateQuery(cursor.rest(), context.scope);
	const rows = columns.map(({ name, type }) => [name, typeName(type), null]);
	return { columns: described, rows, statementType: 'DESCRIBE QUERY' };
}

const info = (pairs: [string, string | undefined][], statementType: string): SqlResult => ({
	columns: ['database_description_item', 'database_description_value'].map((name) => ({
		name,
		type: STRING,
		nullable: true,
	})),
	rows: pairs.map(([item, value]) => [item, value ?? '']),
	statementType,
});

async function schema(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.accept('EXTENDED');
	const name = context.resolveSchema(cursor.name());
	cursor.expectEnd();
	const found = await context.objects.get('schema', ...name);
	if (found === undefined) throw schemaNotFound(name);
	return info(
		[
			['Catalog Name', name[0]],
			['Namespace Name', found.name],
			['Comment', found.comment],
			['Owner', found.owner],
		],
		'DESCRIBE SCHEMA',
	);
}

async function catalog(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.accept('EXTENDED');
	const name = cursor.identifier().toLowerCase();
	cursor.expectEnd();
	const found = await context.objects.get('catalog', '', name);
	if (found === undefined) throw catalogNotFound(name);
	const result = info(
		[
			['Catalog Name', found.name],
			['Comment', found.comment],
			['Owner', found.owner],
		],
		'DESCRIBE CATALOG',
	);
	return { ...result, columns: columnDescription };
}

async function volume(context: Context, cursor: Cursor): Promise<SqlResult> {
	const [catalogName, schemaName, name] = context.resolve(cursor.name());
	cursor.expectEnd();
	const found = await context.objects.get('volume', `${catalogName}.${schemaName}`, name);
	if (found === undefined) throw volumeNotFound([catalogName, schemaName, name]);
	const values = {
		name: found.name,
		catalog: catalogName,
		database: schemaName,
		owner: found.owner,
		volumeType: 'MANAGED',
		comment: found.comment ?? '',
	};
	return {
		columns: Object.keys(values).map((key) => ({ name: key, type: STRING, nullable: true })),
		rows: [Object.values(values)],
		statementType: 'DESCRIBE VOLUME',
	};
}
