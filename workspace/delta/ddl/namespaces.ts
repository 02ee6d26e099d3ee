import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SqlError, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import {
	catalogExists,
	catalogNotEmpty,
	catalogNotFound,
	schemaExists,
	schemaNotEmpty,
	schemaNotFound,
	volumeExists,
	volumeNotFound,
} from '../objectErrors';
import { changedObject, newObject, type ObjectKind } from '../objectStore';
import type {
	CatalogInfo,
	CatalogObject,
	ObjectSettings,
	SchemaInfo,
	VolumeInfo,
} from '../objects';
import { dropStorage } from '../rowVersions';
import { checkName } from './objectNames';
import type { StoredTable } from '../storedTable';

/** Schemas that a new catalog comes with; information_schema is read-only (informationSchema.ts). */
export const schemasOfNewCatalog = ['default'];

export async function createCatalog(
	context: Context,
	name: string,
	settings: ObjectSettings,
): Promise<CatalogInfo> {
	checkName(name);
	if ((await context.objects.get('catalog', '', name.toLowerCase())) !== undefined) {
		throw catalogExists(name);
	}
	const catalog = newObject(name, settings, context.session.user, context.nowMs);
	await context.objects.put('catalog', '', catalog);
	for (const schema of schemasOfNewCatalog) {
		const made = newObject(schema, {}, context.session.user, context.nowMs);
		await context.objects.put('schema', catalog.name, made);
	}
	return catalog;
}

export async function createSchema(
	context: Context,
	[catalog, name]: readonly [string, string],
	settings: ObjectSettings,
): Promise<SchemaInfo> {
	checkName(name);
	if ((await context.objects.get('catalog', '', catalog)) === undefined) {
		throw catalogNotFound(catalog);
	}
	const exists = await context.objects.get('schema', catalog, name.toLowerCase());
	if (exists !== undefined || name === 'information_schema') throw schemaExists([catalog, name]);
	const schema = newObject(name, settings, context.session.user, context.nowMs);
	await context.objects.put('schema', catalog, schema);
	return { ...schema, catalog };
}

export async function createVolume(
	context: Context,
	[catalog, schema, name]: readonly [string, string, string],
	settings: ObjectSettings,
): Promise<VolumeInfo> {
	checkName(name);
	await context.mustHaveSchema(catalog, schema);
	const parent = `${catalog}.${schema}`;
	if ((await context.objects.get('volume', parent, name.toLowerCase())) !== undefined) {
		throw volumeExists([catalog, schema, name]);
	}
	const volume = newObject(name, settings, context.session.user, context.nowMs);
	await context.objects.put('volume', parent, volume);
	const folder = join(context.place.volumesRoot, catalog, schema, volume.name);
	context.afterCommit.push(() => mkdir(folder, { recursive: true }));
	return asVolume(parent, volume);
}

/** Changes comment, owner or properties of a catalog, schema or volume. */
export async function changeObject(
	context: Context,
	kind: ObjectKind,
	parent: string,
	name: string,
	settings: ObjectSettings,
): Promise<CatalogObject> {
	const object = await context.objects.get(kind, parent, name);
	if (object === undefined) throw missing(kind, parent, name);
	const changed = changedObject(object, settings, context.session.user, context.nowMs);
	await context.objects.put(kind, parent, changed);
	return changed;
}

export async function dropCatalog(
	context: Context,
	name: string,
	options: { cascade: boolean },
): Promise<void> {
	if ((await context.objects.get('catalog', '', name)) === undefined) throw catalogNotFound(name);
	const schemas = await context.objects.list('schema', name);
	const extra = schemas.filter((schema) => !schemasOfNewCatalog.includes(schema.name));
	if (!options.cascade && extra.length > 0) throw catalogNotEmpty(name);
	for (const schema of schemas) await dropSchema(context, [name, schema.name], options);
	await context.objects.remove('catalog', '', name);
}

export async function dropSchema(
	context: Context,
	[catalog, name]: readonly [string, string],
	options: { cascade: boolean },
): Promise<void> {
	if ((await context.objects.get('schema', catalog, name)) === undefined) {
		throw schemaNotFound([catalog, name]);
	}
	const tables = await context.objects.tables(catalog, name);
	const volumes = await context.objects.list('volume', `${catalog}.${name}`);
	const routines = await context.objects.routines(catalog, name);
	const count = tables.length + volumes.length + routines.length;
	if (!options.cascade && count > 0) throw schemaNotEmpty(name);
	for (const routine of routines) {
		await context.objects.remove('function', `${catalog}.${name}`, routine.name);
	}
	const clones = tables.filter(({ shallowOf }) => shallowOf !== undefined);
	const others = tables.filter(({ shallowOf }) => shallowOf === undefined);
	for (const table of [...clones, ...others]) await dropTable(context, table);
	for (const volume of volumes) await dropVolume(context, [catalog, name, volume.name]);
	await context.objects.remove('schema', catalog, name);
}

/** Forgets the volume; its files go once that is committed. */
export async function dropVolume(
	context: Context,
	[catalog, schema, name]: readonly [string, string, string],
): Promise<void> {
	const parent = `${catalog}.${schema}`;
	if ((await context.objects.get('volume', parent, name)) === undefined) {
		throw volumeNotFound([catalog, schema, name]);
	}
	await context.objects.remove('volume', parent, name);
	const folder = join(context.place.volumesRoot, catalog, schema, name);
	context.afterCommit.push(() => rm(folder, { recursive: true, force: true }));
}

/** @throws SqlError 0A000 for a table with shallow clones, which Databricks breaks in a way that is not known */
export async function dropTable(context: Context, table: StoredTable): Promise<void> {
	const [clone] = table.kind === 'MANAGED' ? await context.objects.shallowClonesOf(table) : [];
	if (clone !== undefined) {
		throw unsupported(`the drop of a table with shallow clones; drop ${clone} first`);
	}
	await context.objects.remove('table', `${table.catalog}.${table.schema}`, table.name);
	if (table.kind !== 'VIEW') await dropStorage(context.transaction, table);
}

export function asVolume(parent: string, object: CatalogObject): VolumeInfo {
	const [catalog = '', schema = ''] = parent.split('.');
	return { ...object, catalog, schema, volumeType: 'MANAGED' };
}

function missing(kind: ObjectKind, parent: string, name: string): SqlError {
	const parts = [...parent.split('.').filter((part) => part !== ''), name];
	if (kind === 'catalog') return catalogNotFound(name);
	if (kind === 'schema') return schemaNotFound(parts);
	return volumeNotFound(parts);
}
