import type { Column } from '../sql/translate';
import type { SqlType } from '../sql/sqlType';
import type { Variable } from './variables';

/** Who asks, and where names without a catalog or schema are looked up. */
export interface SqlSession {
	catalog?: string;
	schema?: string;
	user: string;
	/** The time zone by whose clocks timestamps are read and written as text; UTC when absent. */
	timeZone?: string;
	/** Variables, the later declared last. */
	variables?: readonly Variable[];
	/** Temporary views by their name in lower case. */
	temporaryViews?: ReadonlyMap<string, TemporaryView>;
}

/** A view that only its session knows, looked up where it was made. */
export interface TemporaryView {
	definition: string;
	catalog: string;
	schema: string;
	/** The names of its columns; undefined for those of its query. */
	columns?: readonly string[];
}

/** A named parameter of a statement; `type` as the statement API takes it, STRING when absent. */
export interface StatementParameter {
	name: string;
	value?: string | null;
	type?: string;
}

/** What a statement answers. Cells are already the text that goes on the wire. */
export interface SqlResult {
	columns: Column[];
	rows: (string | null)[][];
	/** What kind of statement it was: SELECT, INSERT, CREATE TABLE, SHOW TABLES … */
	statementType: string;
}

/** What every object of Unity Catalog knows of itself. Names are lower case, as it keeps them. */
export interface CatalogObject {
	id: string;
	name: string;
	comment?: string;
	owner: string;
	properties: Record<string, string>;
	createdAtMs: number;
	createdBy: string;
	updatedAtMs: number;
	updatedBy: string;
}

export type CatalogInfo = CatalogObject;

export interface SchemaInfo extends CatalogObject {
	catalog: string;
}

export interface VolumeInfo extends CatalogObject {
	catalog: string;
	schema: string;
	volumeType: 'MANAGED';
}

export const tableKinds = ['MANAGED', 'VIEW', 'STREAMING_TABLE', 'MATERIALIZED_VIEW'] as const;
export type TableKind = (typeof tableKinds)[number];

export interface TableColumn {
	name: string;
	type: SqlType;
	nullable: boolean;
	comment?: string;
	/** Place among the partition columns, from 0. */
	partitionIndex?: number;
}

/** A table or view. `id` stays through CREATE OR REPLACE and is new after DROP and CREATE. */
export interface TableInfo extends CatalogObject {
	catalog: string;
	schema: string;
	kind: TableKind;
	columns: TableColumn[];
	clusterBy: string[];
	/** The query of a view or materialized view. */
	definition?: string;
	/** Latest committed version; absent for views. */
	version?: number;
}

/** What Unity Catalog lets someone say about an object that is created or changed. */
export interface ObjectSettings {
	comment?: string;
	owner?: string;
	properties?: Record<string, string>;
}

export interface Grant {
	principal: string;
	privileges: string[];
}

export interface GrantChange {
	principal: string;
	add?: string[];
	remove?: string[];
}

/** One dataset of a pipeline, as an update of the pipeline refreshes it. */
export interface DatasetSpec {
	name: [catalog: string, schema: string, table: string];
	kind: 'STREAMING_TABLE' | 'MATERIALIZED_VIEW';
	query: string;
	session: SqlSession;
	comment?: string;
	properties?: Record<string, string>;
	partitionBy?: string[];
	clusterBy?: string[];
	expectations: { name: string; condition: string; onViolation: 'warn' | 'drop' | 'fail' }[];
	parameters?: StatementParameter[];
}

/** What one refresh of a dataset did. */
export interface DatasetProgress {
	version: number;
	outputRows: number;
	upsertedRows: number;
	deletedRows: number;
	droppedRecords: number;
	/** Whether new files were left for the next batch. */
	moreToRead: boolean;
	expectations: { name: string; passedRecords: number; failedRecords: number }[];
}
