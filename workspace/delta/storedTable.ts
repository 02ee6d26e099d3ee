import { z } from 'zod';
import { type SqlType } from '../sql/sqlType';
import { parseType } from '../sql/types/typeReader';
import { tableKinds, type TableInfo } from './objects';

const columnSchema = z.object({
	name: z.string(),
	/** Spark's text of the type. */
	type: z.string(),
	nullable: z.boolean(),
	comment: z.string().optional(),
	/** Text of the DEFAULT expression. */
	defaultExpression: z.string().optional(),
	/** Name of the column that holds it in the row versions; stays through a rename. */
	physical: z.string(),
});

const stateSchema = z.object({
	columns: z.array(columnSchema),
	partitionBy: z.array(z.string()),
	clusterBy: z.array(z.string()),
	properties: z.record(z.string()),
	comment: z.string().optional(),
	constraints: z.array(z.object({ name: z.string(), expression: z.string() })),
});

const tableSchema = z.object({
	id: z.string(),
	/** The id DESCRIBE DETAIL shows: new after CREATE OR REPLACE, when `id` is not. */
	detailId: z.string(),
	catalog: z.string(),
	schema: z.string(),
	name: z.string(),
	kind: z.enum(tableKinds),
	owner: z.string(),
	createdAtMs: z.number(),
	/** When the first table was made of which it is a clone, which DESCRIBE DETAIL shows. */
	originCreatedAtMs: z.number().optional(),
	/** Of a shallow clone: the id of the table whose files it refers to. */
	shallowOf: z.string().optional(),
	createdBy: z.string(),
	updatedAtMs: z.number(),
	updatedBy: z.string(),
	/** Name of the table of row versions; empty for a view. */
	storage: z.string(),
	version: z.number(),
	/** The oldest version in the log; 0 when nothing was cleaned up. */
	firstVersion: z.number().optional(),
	/** VACUUM deleted the files that were not needed since; epoch ms. */
	vacuumedBeforeMs: z.number().optional(),
	/** Next free number of a row, and of a physical column. */
	nextRow: z.number(),
	nextColumn: z.number(),
	state: stateSchema,
	/** The query of a view or of a pipeline's dataset, and where its names are looked up. */
	definition: z.string().optional(),
	definitionSession: z
		.object({ catalog: z.string().optional(), schema: z.string().optional() })
		.optional(),
});

export type StoredColumn = z.infer<typeof columnSchema>;
/** What a version of a table says about the table itself. */
export type TableState = z.infer<typeof stateSchema>;
export type StoredTable = z.infer<typeof tableSchema>;

export function readState(json: string): TableState {
	return stateSchema.parse(JSON.parse(json));
}

export function readTable(json: string): StoredTable {
	return tableSchema.parse(JSON.parse(json));
}

export const emptyState: TableState = {
	columns: [],
	partitionBy: [],
	clusterBy: [],
	properties: {},
	constraints: [],
};

const parsedTypes = new Map<string, SqlType>();

/** The type of a stored column; texts are parsed once. */
export function typeOf(column: Pick<StoredColumn, 'type'>): SqlType {
	const known = parsedTypes.get(column.type);
	if (known !== undefined) return known;
	const type = parseType(column.type);
	parsedTypes.set(column.type, type);
	return type;
}

/** Finds a column as Spark does: letter case does not matter. */
export function columnNamed(state: TableState, name: string): StoredColumn | undefined {
	const wanted = name.toLowerCase();
	return state.columns.find((column) => column.name.toLowerCase() === wanted);
}

/** Whether a version with this state records its changed rows for table_changes. */
export function recordsChanges(state: TableState): boolean {
	return state.properties['delta.enableChangeDataFeed']?.toLowerCase() === 'true';
}

export function fullName(table: Pick<StoredTable, 'catalog' | 'schema' | 'name'>): string {
	return `${table.catalog}.${table.schema}.${table.name}`;
}

/** Properties as they are shown: a CHECK constraint is one of them. */
export function shownProperties(state: TableState): Record<string, string> {
	const checks = state.constraints.map(({ name, expression }) => [
		`delta.constraints.${name.toLowerCase()}`,
		expression,
	]);
	return { ...state.properties, ...Object.fromEntries(checks) };
}

/** The table as Unity Catalog shows it. */
export function tableInfo(table: StoredTable): TableInfo {
	const { state } = table;
	const partitions = state.partitionBy.map((name) => name.toLowerCase());
	return {
		id: table.id,
		catalog: table.catalog,
		schema: table.schema,
		name: table.name,
		kind: table.shallowOf === undefined ? table.kind : 'MANAGED_SHALLOW_CLONE',
		owner: table.owner,
		properties: shownProperties(state),
		createdAtMs: table.createdAtMs,
		createdBy: table.createdBy,
		updatedAtMs: table.updatedAtMs,
		updatedBy: table.updatedBy,
		clusterBy: state.clusterBy,
		...(state.comment === undefined ? {} : { comment: state.comment }),
		...(table.definition === undefined ? {} : { definition: table.definition }),
		...(table.kind === 'VIEW' ? {} : { version: table.version }),
		columns: state.columns.map((column) => {
			const partitionIndex = partitions.indexOf(column.name.toLowerCase());
			return {
				name: column.name,
				type: typeOf(column),
				nullable: column.nullable,
				...(column.comment === undefined ? {} : { comment: column.comment }),
				...(partitionIndex === -1 ? {} : { partitionIndex }),
			};
		}),
	};
}
