import type {
	CatalogInfo,
	CatalogObject,
	SchemaInfo,
	TableInfo,
	VolumeInfo,
} from '../delta/objects';
import { typeText, wireTypeName } from '../sql/sqlType';

/** What every securable of Unity Catalog shows. */
function common(object: CatalogObject) {
	return {
		name: object.name,
		comment: object.comment,
		owner: object.owner,
		properties: Object.keys(object.properties).length === 0 ? undefined : object.properties,
		created_at: object.createdAtMs,
		created_by: object.createdBy,
		updated_at: object.updatedAtMs,
		updated_by: object.updatedBy,
	};
}

export function catalogAnswer(catalog: CatalogInfo) {
	return {
		...common(catalog),
		full_name: catalog.name,
		id: catalog.id,
		catalog_type: 'MANAGED_CATALOG',
		securable_type: 'CATALOG',
		isolation_mode: 'OPEN',
		browse_only: false,
	};
}

export function schemaAnswer(schema: SchemaInfo) {
	return {
		...common(schema),
		catalog_name: schema.catalog,
		full_name: `${schema.catalog}.${schema.name}`,
		schema_id: schema.id,
		catalog_type: 'MANAGED_CATALOG',
		securable_type: 'SCHEMA',
		enable_predictive_optimization: 'INHERIT',
		browse_only: false,
	};
}

export function volumeAnswer(volume: VolumeInfo) {
	return {
		...common(volume),
		catalog_name: volume.catalog,
		schema_name: volume.schema,
		full_name: `${volume.catalog}.${volume.schema}.${volume.name}`,
		volume_id: volume.id,
		volume_type: volume.volumeType,
		storage_location: `local://volumes/${volume.id}`,
	};
}

/** Leaves out what the query of a list asks to leave out. */
export function tableAnswer(
	table: TableInfo,
	omit: { columns?: boolean; properties?: boolean; username?: boolean } = {},
) {
	const { owner, created_by, updated_by, properties, ...rest } = common(table);
	const isView = table.kind === 'VIEW';
	return {
		...rest,
		...(omit.username === true ? {} : { owner, created_by, updated_by }),
		...(omit.properties === true ? {} : { properties }),
		catalog_name: table.catalog,
		schema_name: table.schema,
		full_name: `${table.catalog}.${table.schema}.${table.name}`,
		table_id: table.id,
		table_type: table.kind,
		data_source_format: isView ? undefined : 'DELTA',
		securable_type: 'TABLE',
		storage_location: isView ? undefined : `local://tables/${table.id}`,
		view_definition: table.definition,
		columns: omit.columns === true ? undefined : table.columns.map(columnAnswer),
	};
}

function columnAnswer(column: TableInfo['columns'][number], position: number) {
	const { type } = column;
	return {
		name: column.name,
		type_text: typeText(type).toLowerCase(),
		// What Unity Catalog calls a TIME no source tells.
		...(type.kind === 'time' ? {} : { type_name: wireTypeName(type) }),
		type_precision: type.kind === 'decimal' ? type.precision : 0,
		type_scale: type.kind === 'decimal' ? type.scale : 0,
		position,
		nullable: column.nullable,
		comment: column.comment,
		partition_index: column.partitionIndex,
	};
}
