import { z } from 'zod';
import type { SqlType } from '../sql/sqlType';
import type { SqlSession, StatementParameter } from './session';

/** What every object of Unity Catalog knows of itself. Names are lower case, as it keeps them. */
export const catalogObject = z.object({
	id: z.string(),
	name: z.string(),
	comment: z.string().optional(),
	owner: z.string(),
	properties: z.record(z.string()),
	createdAtMs: z.number(),
	createdBy: z.string(),
	updatedAtMs: z.number(),
	updatedBy: z.string(),
});

export type CatalogObject = z.infer<typeof catalogObject>;

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
	kind: TableKind | 'MANAGED_SHALLOW_CLONE';
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
