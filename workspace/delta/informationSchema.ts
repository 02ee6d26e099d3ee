import type { Relation } from '../sql/scope';
import { unsupported } from '../sql/sqlError';
import {
	INT,
	STRING,
	TIMESTAMP,
	duckdbType,
	typeText,
	wireTypeName,
	type SqlType,
} from '../sql/sqlType';
import { sqlString } from '../sql/stringLiteral';
import type { Context } from './context';
import type { CatalogObject } from './objects';
import { tableInfo, type StoredTable } from './storedTable';

type Cell = string | number | null;
type Shape = Record<string, SqlType>;

const objectShape = {
	created: TIMESTAMP,
	created_by: STRING,
	last_altered: TIMESTAMP,
	last_altered_by: STRING,
	comment: STRING,
} as const;

/** catalog.information_schema.{schemata, tables, columns}: undefined for other names. */
export async function informationSchema(
	context: Context,
	name: readonly string[],
): Promise<Relation | undefined> {
	const [catalog, schema, view] = context.resolve(name);
	if (schema !== 'information_schema') return undefined;
	const found = await context.objects.list('catalog', '');
	const within = found.filter((each) => catalog === 'system' || each.name === catalog);
	if (within.length === 0) return undefined;
	const names = within.map((each) => each.name);
	if (view === 'schemata') return await schemata(context, names);
	if (view === 'tables') return await tables(context, names);
	if (view === 'columns') return await columns(context, names);
	throw unsupported(`information_schema.${view}`);
}

async function eachTable(context: Context, catalogs: string[]): Promise<StoredTable[]> {
	const all: StoredTable[] = [];
	for (const catalog of catalogs) {
		for (const schema of await context.objects.list('schema', catalog)) {
			all.push(...(await context.objects.tables(catalog, schema.name)));
		}
	}
	return all;
}

function stamps(object: CatalogObject): Cell[] {
	const { createdAtMs, createdBy, updatedAtMs, updatedBy, comment } = object;
	return [createdAtMs, createdBy, updatedAtMs, updatedBy, comment ?? null];
}

async function schemata(context: Context, catalogs: string[]): Promise<Relation> {
	const shape = { catalog_name: STRING, schema_name: STRING, schema_owner: STRING, ...objectShape };
	const rows: Cell[][] = [];
	for (const catalog of catalogs) {
		for (const schema of await context.objects.list('schema', catalog)) {
			rows.push([catalog, schema.name, schema.owner, ...stamps(schema)]);
		}
	}
	return relation(shape, rows);
}

async function tables(context: Context, catalogs: string[]): Promise<Relation> {
	const shape = {
		table_catalog: STRING,
		table_schema: STRING,
		table_name: STRING,
		table_type: STRING,
		is_insertable_into: STRING,
		table_owner: STRING,
		data_source_format: STRING,
		...objectShape,
	};
	const rows = (await eachTable(context, catalogs)).map((table) => {
		const insertable = table.kind === 'MANAGED' ? 'YES' : 'NO';
		const format = table.kind === 'VIEW' ? null : 'DELTA';
		const info = tableInfo(table);
		const names = [table.catalog, table.schema, table.name, info.kind, insertable];
		return [...names, table.owner, format, ...stamps(info)];
	});
	return relation(shape, rows);
}

async function columns(context: Context, catalogs: string[]): Promise<Relation> {
	const shape = {
		table_catalog: STRING,
		table_schema: STRING,
		table_name: STRING,
		column_name: STRING,
		ordinal_position: INT,
		column_default: STRING,
		is_nullable: STRING,
		full_data_type: STRING,
		data_type: STRING,
		numeric_precision: INT,
		numeric_scale: INT,
		comment: STRING,
		partition_ordinal_position: INT,
	};
	const rows = (await eachTable(context, catalogs)).flatMap((table) =>
		tableInfo(table).columns.map((column, at): Cell[] => {
			const { type } = column;
			const decimal = type.kind === 'decimal' ? [type.precision, type.scale] : [null, null];
			return [
				table.catalog,
				table.schema,
				table.name,
				column.name,
				at,
				table.state.columns[at]?.defaultExpression ?? null,
				column.nullable ? 'YES' : 'NO',
				typeText(type).toLowerCase(),
				wireTypeName(type),
				...decimal,
				column.comment ?? null,
				column.partitionIndex === undefined ? null : column.partitionIndex + 1,
			];
		}),
	);
	return relation(shape, rows);
}

/** A typed FROM item of constant rows; numbers in TIMESTAMP columns are milliseconds. */
function relation(shape: Shape, rows: Cell[][]): Relation {
	const entries = Object.entries(shape);
	const cell = (value: Cell, type: SqlType): string => {
		if (value === null) return `NULL::${duckdbType(type)}`;
		if (type.kind === 'timestamp') return `make_timestamp(${BigInt(value)} * 1000)`;
		return typeof value === 'number' ? `${value}::${duckdbType(type)}` : sqlString(value);
	};
	const line = (row: Cell[], end = ''): string =>
		`SELECT ${entries.map(([name, type], at) => `${cell(row[at] ?? null, type)} AS "${name}"`).join(', ')}${end}`;
	const selects = rows.length === 0 ? [line([], ' WHERE FALSE')] : rows.map((row) => line(row));
	return {
		sql: `(${selects.join(' UNION ALL ')})`,
		columns: entries.map(([name, type]) => ({ name, type, nullable: true })),
	};
}
