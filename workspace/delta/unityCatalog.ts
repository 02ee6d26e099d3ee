import { tableNotFound } from '../sql/sqlError';
import type { Context } from './context';
import {
	asVolume,
	changeObject,
	createCatalog,
	createSchema,
	createVolume,
	dropCatalog,
	dropSchema,
	dropTable,
	dropVolume,
} from './ddl/namespaces';
import type {
	CatalogInfo,
	Grant,
	GrantChange,
	ObjectSettings,
	SchemaInfo,
	TableInfo,
	VolumeInfo,
} from './objects';
import type { SqlSession } from './session';
import { tableInfo } from './storedTable';

/** What these services need of the lakehouse. */
interface Work {
	look<T>(session: SqlSession, work: (context: Context) => Promise<T>): Promise<T>;
	change<T>(session: SqlSession, work: (context: Context) => Promise<T>): Promise<T>;
}

/** Reads and drops that are nobody's in particular. */
const reader: SqlSession = { user: 'workspace' };
const low = (name: string): string => name.toLowerCase();

export class CatalogsApi {
	constructor(private readonly work: Work) {}

	async create(name: string, settings: ObjectSettings, user: string): Promise<CatalogInfo> {
		return await this.work.change({ user }, (context) => createCatalog(context, name, settings));
	}

	async get(name: string): Promise<CatalogInfo | undefined> {
		return await this.work.look(reader, ({ objects }) => objects.get('catalog', '', low(name)));
	}

	async list(): Promise<CatalogInfo[]> {
		return await this.work.look(reader, ({ objects }) => objects.list('catalog', ''));
	}

	async update(name: string, settings: ObjectSettings, user: string): Promise<CatalogInfo> {
		return await this.work.change({ user }, (context) =>
			changeObject(context, 'catalog', '', low(name), settings),
		);
	}

	async drop(name: string, options: { cascade: boolean }): Promise<void> {
		await this.work.change(reader, (context) => dropCatalog(context, low(name), options));
	}
}

export class SchemasApi {
	constructor(private readonly work: Work) {}

	async create(
		catalog: string,
		name: string,
		settings: ObjectSettings,
		user: string,
	): Promise<SchemaInfo> {
		return await this.work.change({ user }, (context) =>
			createSchema(context, [low(catalog), name], settings),
		);
	}

	async get(catalog: string, name: string): Promise<SchemaInfo | undefined> {
		const found = await this.work.look(reader, ({ objects }) =>
			objects.get('schema', low(catalog), low(name)),
		);
		return found === undefined ? undefined : { ...found, catalog: low(catalog) };
	}

	async list(catalog: string): Promise<SchemaInfo[]> {
		const parent = low(catalog);
		const found = await this.work.look(reader, ({ objects }) => objects.list('schema', parent));
		return found.map((schema) => ({ ...schema, catalog: parent }));
	}

	async update(
		catalog: string,
		name: string,
		settings: ObjectSettings,
		user: string,
	): Promise<SchemaInfo> {
		const parent = low(catalog);
		const changed = await this.work.change({ user }, (context) =>
			changeObject(context, 'schema', parent, low(name), settings),
		);
		return { ...changed, catalog: parent };
	}

	async drop(catalog: string, name: string, options: { cascade: boolean }): Promise<void> {
		await this.work.change(reader, (context) =>
			dropSchema(context, [low(catalog), low(name)], options),
		);
	}
}

export class VolumesApi {
	constructor(private readonly work: Work) {}

	async create(
		catalog: string,
		schema: string,
		name: string,
		settings: ObjectSettings,
		user: string,
	): Promise<VolumeInfo> {
		return await this.work.change({ user }, (context) =>
			createVolume(context, [low(catalog), low(schema), name], settings),
		);
	}

	async get(catalog: string, schema: string, name: string): Promise<VolumeInfo | undefined> {
		const parent = `${low(catalog)}.${low(schema)}`;
		const found = await this.work.look(reader, ({ objects }) =>
			objects.get('volume', parent, low(name)),
		);
		return found === undefined ? undefined : asVolume(parent, found);
	}

	async list(catalog: string, schema: string): Promise<VolumeInfo[]> {
		const parent = `${low(catalog)}.${low(schema)}`;
		const found = await this.work.look(reader, ({ objects }) => objects.list('volume', parent));
		return found.map((volume) => asVolume(parent, volume));
	}

	async update(
		catalog: string,
		schema: string,
		name: string,
		settings: ObjectSettings,
		user: string,
	): Promise<VolumeInfo> {
		const parent = `${low(catalog)}.${low(schema)}`;
		const changed = await this.work.change({ user }, (context) =>
			changeObject(context, 'volume', parent, low(name), settings),
		);
		return asVolume(parent, changed);
	}

	/** Forgets the volume and deletes its files. */
	async drop(catalog: string, schema: string, name: string): Promise<void> {
		await this.work.change(reader, (context) =>
			dropVolume(context, [low(catalog), low(schema), low(name)]),
		);
	}
}

export class TablesApi {
	constructor(private readonly work: Work) {}

	async get(catalog: string, schema: string, name: string): Promise<TableInfo | undefined> {
		const table = await this.work.look(reader, ({ objects }) =>
			objects.table(low(catalog), low(schema), low(name)),
		);
		return table === undefined ? undefined : tableInfo(table);
	}

	async list(catalog: string, schema: string): Promise<TableInfo[]> {
		const tables = await this.work.look(reader, ({ objects }) =>
			objects.tables(low(catalog), low(schema)),
		);
		return tables.map(tableInfo);
	}

	async drop(catalog: string, schema: string, name: string): Promise<void> {
		await this.work.change(reader, async (context) => {
			const table = await context.objects.table(low(catalog), low(schema), low(name));
			if (table === undefined) throw tableNotFound([catalog, schema, name]);
			await dropTable(context, table);
		});
	}
}

export class FunctionsApi {
	constructor(private readonly work: Work) {}

	async exists(catalog: string, schema: string, name: string): Promise<boolean> {
		const found = await this.work.look(reader, ({ objects }) =>
			objects.routine(low(catalog), low(schema), low(name)),
		);
		return found !== undefined;
	}
}

export class GrantsApi {
	constructor(private readonly work: Work) {}

	/** By kind (CATALOG, SCHEMA, TABLE, VOLUME …) and full name. */
	async get(kind: string, fullName: string): Promise<Grant[]> {
		return await this.work.look(reader, ({ objects }) =>
			objects.grants(kind.toUpperCase(), low(fullName)),
		);
	}

	/** Recorded; only pipelines look at them. */
	async change(kind: string, fullName: string, changes: GrantChange[]): Promise<Grant[]> {
		return await this.work.change(reader, ({ objects }) =>
			objects.changeGrants(kind.toUpperCase(), low(fullName), changes),
		);
	}
}
