import { unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { ObjectSettings } from '../objects';
import type { SqlResult } from '../session';
import { done } from '../tableWrite';
import { createFunction } from './createFunction';
import { createTable } from './createTable';
import { createView } from './createView';
import { createCatalog, createSchema, createVolume } from './namespaces';
import { readTableDefinition } from './tableDefinition';

/** CREATE of whatever comes next. */
export async function create(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('CREATE');
	const replace = cursor.accept('OR', 'REPLACE');
	if (cursor.accept('TABLE'))
		return await createTable(context, readTableDefinition(cursor, replace));
	if (cursor.accept('VIEW')) return await createView(context, cursor, replace);
	if (cursor.accept('FUNCTION')) return await createFunction(context, cursor, replace);
	if (replace) throw unsupported(`CREATE OR REPLACE ${cursor.peek().text.toUpperCase()}`);
	if (cursor.accept('CATALOG')) return await catalog(context, cursor);
	if (cursor.acceptOne('SCHEMA', 'DATABASE') !== undefined) return await schema(context, cursor);
	if (cursor.accept('VOLUME')) return await volume(context, cursor);
	if (cursor.sees('STREAMING') || cursor.sees('MATERIALIZED') || cursor.sees('OR', 'REFRESH')) {
		throw unsupported('streaming tables and materialized views outside a pipeline');
	}
	throw unsupported(`CREATE ${cursor.peek().text.toUpperCase()}`);
}

async function catalog(context: Context, cursor: Cursor): Promise<SqlResult> {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const name = cursor.identifier();
	const settings = readSettings(cursor);
	const exists = await context.objects.get('catalog', '', name.toLowerCase());
	if (exists === undefined || !ifNotExists) await createCatalog(context, name, settings);
	return done('CREATE CATALOG');
}

async function schema(context: Context, cursor: Cursor): Promise<SqlResult> {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const name = context.resolveSchema(cursor.name());
	const settings = readSettings(cursor);
	const exists = await context.objects.get('schema', ...name);
	if (exists === undefined || !ifNotExists) await createSchema(context, name, settings);
	return done('CREATE SCHEMA');
}

async function volume(context: Context, cursor: Cursor): Promise<SqlResult> {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const [catalogName, schemaName, name] = context.resolve(cursor.name());
	const settings = readSettings(cursor);
	const exists = await context.objects.get('volume', `${catalogName}.${schemaName}`, name);
	if (exists === undefined || !ifNotExists) {
		await createVolume(context, [catalogName, schemaName, name], settings);
	}
	return done('CREATE VOLUME');
}

function readSettings(cursor: Cursor): ObjectSettings {
	const settings: ObjectSettings = {};
	while (!cursor.atEnd) {
		if (cursor.accept('COMMENT')) settings.comment = cursor.string();
		else if (cursor.accept('WITH', 'DBPROPERTIES')) settings.properties = cursor.properties();
		else if (cursor.sees('MANAGED', 'LOCATION') || cursor.sees('LOCATION')) {
			throw unsupported('objects with a LOCATION of their own');
		} else throw cursor.unexpected();
	}
	return settings;
}
