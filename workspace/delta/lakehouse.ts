import type { Clock } from '../clock';
import type {
	CatalogInfo,
	DatasetProgress,
	DatasetSpec,
	Grant,
	GrantChange,
	ObjectSettings,
	SchemaInfo,
	SqlResult,
	SqlSession,
	StatementParameter,
	TableInfo,
	VolumeInfo,
} from './objects';

export interface LakehouseOptions {
	/** ':memory:' or a file, which survives the process, however it ends. */
	databasePath: string;
	/** The real folder behind /Volumes. */
	volumesRoot: string;
	clock: Clock;
}

/** The signatures that the services of the workspace are written against. */
export declare class Lakehouse {
	static open(options: LakehouseOptions): Promise<Lakehouse>;

	/** Runs one statement. Throws SqlError; aborting the signal interrupts it. */
	run(
		statement: string,
		session: SqlSession,
		parameters?: StatementParameter[],
		signal?: AbortSignal,
	): Promise<SqlResult>;

	/** Runs statements separated by `;`, in one session (USE holds for the ones after it). */
	runScript(
		text: string,
		session: SqlSession,
		parameters?: StatementParameter[],
		signal?: AbortSignal,
	): Promise<SqlResult[]>;

	/** Refreshes one dataset of a pipeline: rows, commit and checkpoint in one transaction. */
	refreshDataset(
		spec: DatasetSpec,
		options: { fullRefresh: boolean; user: string; signal?: AbortSignal },
	): Promise<DatasetProgress>;

	/** get answers undefined for what is missing; create, update and drop throw SqlError. */
	readonly catalogs: {
		create(name: string, settings: ObjectSettings, user: string): Promise<CatalogInfo>;
		get(name: string): Promise<CatalogInfo | undefined>;
		list(): Promise<CatalogInfo[]>;
		update(name: string, settings: ObjectSettings, user: string): Promise<CatalogInfo>;
		drop(name: string, options: { cascade: boolean }): Promise<void>;
	};
	readonly schemas: {
		create(
			catalog: string,
			name: string,
			settings: ObjectSettings,
			user: string,
		): Promise<SchemaInfo>;
		get(catalog: string, name: string): Promise<SchemaInfo | undefined>;
		list(catalog: string): Promise<SchemaInfo[]>;
		update(
			catalog: string,
			name: string,
			settings: ObjectSettings,
			user: string,
		): Promise<SchemaInfo>;
		drop(catalog: string, name: string, options: { cascade: boolean }): Promise<void>;
	};
	readonly volumes: {
		create(
			catalog: string,
			schema: string,
			name: string,
			settings: ObjectSettings,
			user: string,
		): Promise<VolumeInfo>;
		get(catalog: string, schema: string, name: string): Promise<VolumeInfo | undefined>;
		list(catalog: string, schema: string): Promise<VolumeInfo[]>;
		update(
			catalog: string,
			schema: string,
			name: string,
			settings: ObjectSettings,
			user: string,
		): Promise<VolumeInfo>;
		/** Forgets the volume and deletes its files. */
		drop(catalog: string, schema: string, name: string): Promise<void>;
	};
	readonly tables: {
		get(catalog: string, schema: string, name: string): Promise<TableInfo | undefined>;
		list(catalog: string, schema: string): Promise<TableInfo[]>;
		drop(catalog: string, schema: string, name: string): Promise<void>;
	};
	/** Grants by kind (CATALOG, SCHEMA, TABLE, VOLUME …) and full name; recorded, never enforced. */
	readonly grants: {
		get(kind: string, fullName: string): Promise<Grant[]>;
		change(kind: string, fullName: string, changes: GrantChange[]): Promise<Grant[]>;
	};
	/** JSON documents of the other services: one durable store for all. `document` is JSON text. */
	readonly documents: {
		get(kind: string, id: string): Promise<string | undefined>;
		put(kind: string, id: string, document: string): Promise<void>;
		delete(kind: string, id: string): Promise<void>;
		/** All documents of a kind, in the order of their ids. */
		list(kind: string): Promise<{ id: string; document: string }[]>;
	};

	close(): Promise<void>;
}
