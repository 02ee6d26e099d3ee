import { tableNotFound, unsupported } from '../../sql/sqlError';
import { BOOLEAN, STRING, type SqlType } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { catalogNotFound } from '../objectErrors';
import type { SqlResult } from '../session';
import { fullName, shownProperties } from '../storedTable';
import { createStatement } from './showCreateTable';
import { showGrants } from './grants';
import { protocolOf } from './history';

function answer(
	statementType: string,
	names: readonly string[],
	rows: (string | null)[][],
	types: Record<string, SqlType> = {},
): SqlResult {
	const columns = names.map((name) => ({ name, type: types[name] ?? STRING, nullable: false }));
	return { columns, rows, statementType };
}

/** SHOW of whatever comes next, with the column names of Databricks. */
export async function show(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('SHOW');
	if (cursor.accept('CATALOGS')) return await catalogs(context, cursor);
	if (cursor.acceptOne('SCHEMAS', 'DATABASES') !== undefined) return await schemas(context, cursor);
	if (cursor.accept('TABLES')) return await tables(context, cursor, 'tableName');
	if (cursor.accept('VIEWS')) return await tables(context, cursor, 'viewName');
	if (cursor.accept('VOLUMES')) return await volumes(context, cursor);
	if (cursor.accept('COLUMNS')) return await columns(context, cursor);
	if (cursor.accept('TBLPROPERTIES')) return await properties(context, cursor);
	if (cursor.accept('CREATE', 'TABLE')) return await createText(context, cursor);
	if (cursor.acceptOne('GRANTS', 'GRANT') !== undefined) return await showGrants(context, cursor);
	if (cursor.accept('CURRENT')) return current(context, cursor);
	throw unsupported(`SHOW ${cursor.peek().text.toUpperCase()}`);
}

async function catalogs(context: Context, cursor: Cursor): Promise<SqlResult> {
	const like = pattern(cursor);
	const found = await context.objects.list('catalog', '');
	const rows = found.filter(({ name }) => like(name)).map(({ name }) => [name]);
	return answer('SHOW CATALOGS', ['catalog'], rows);
}

async function schemas(context: Context, cursor: Cursor): Promise<SqlResult> {
	const given = cursor.acceptOne('IN', 'FROM') !== undefined;
	const catalog = given ? cursor.identifier().toLowerCase() : context.session.catalog;
	const like = pattern(cursor);
	if ((await context.objects.get('catalog', '', catalog)) === undefined) {
		throw catalogNotFound(catalog);
	}
	const found = await context.objects.list('schema', catalog);
	const names = [...found.map(({ name }) => name), 'information_schema'].sort();
	const rows = names.filter(like).map((name) => [name]);
	return answer('SHOW SCHEMAS', ['databaseName'], rows);
}

async function tables(
	context: Context,
	cursor: Cursor,
	column: 'tableName' | 'viewName',
): Promise<SqlResult> {
	const [catalog, schema] = await schemaOf(context, cursor);
	const like = pattern(cursor);
	const found = (await context.objects.tables(catalog, schema)).filter(({ name }) => like(name));
	const shown = column === 'tableName' ? found : found.filter(({ kind }) => kind === 'VIEW');
	const first = column === 'tableName' ? 'database' : 'namespace';
	const rows = shown.map(({ name }) => [schema, name, 'false']);
	const type = column === 'tableName' ? 'SHOW TABLES' : 'SHOW VIEWS';
	return answer(type, [first, column, 'isTemporary'], rows, { isTemporary: BOOLEAN });
}

async function volumes(context: Context, cursor: Cursor): Promise<SqlResult> {
	const [catalog, schema] = await schemaOf(context, cursor);
	const like = pattern(cursor);
	const found = await context.objects.list('volume', `${catalog}.${schema}`);
	const rows = found.filter(({ name }) => like(name)).map(({ name }) => [schema, name]);
	return answer('SHOW VOLUMES', ['database', 'volume_name'], rows);
}

async function schemaOf(context: Context, cursor: Cursor): Promise<[string, string]> {
	const given = cursor.acceptOne('IN', 'FROM') !== undefined;
	const name: [string, string] = given
		? context.resolveSchema(cursor.name())
		: [context.session.catalog, context.session.schema];
	await context.mustHaveSchema(...name);
	return name;
}

async function columns(context: Context, cursor: Cursor): Promise<SqlResult> {
	if (cursor.acceptOne('IN', 'FROM') === undefined) throw cursor.unexpected();
	const name = cursor.name();
	if (cursor.acceptOne('IN', 'FROM') !== undefined) name.unshift(...cursor.name());
	cursor.expectEnd();
	const table = await context.tableOrView(name);
	const rows = table.state.columns.map((column) => [column.name]);
	return answer('SHOW COLUMNS', ['col_name'], rows);
}

async function properties(context: Context, cursor: Cursor): Promise<SqlResult> {
	const table = await context.tableOrView(cursor.name());
	const shown = shownProperties(table.state);
	if (table.kind !== 'VIEW') {
		const protocol = protocolOf(table);
		shown['delta.minReaderVersion'] ??= String(protocol.reader);
		shown['delta.minWriterVersion'] ??= String(protocol.writer);
	}
	if (cursor.sees('(')) {
		const [key = ''] = cursor.list(() => cursor.propertyKey());
		const missing = `Table ${fullName(table)} does not have property: ${key}`;
		return answer('SHOW TBLPROPERTIES', ['key', 'value'], [[key, shown[key] ?? missing]]);
	}
	cursor.expectEnd();
	return answer('SHOW TBLPROPERTIES', ['key', 'value'], Object.entries(shown).sort());
}

async function createText(context: Context, cursor: Cursor): Promise<SqlResult> {
	const parts = cursor.name();
	cursor.expectEnd();
	const table = await context.findTable(parts);
	if (table === undefined) throw tableNotFound(parts);
	return answer('SHOW CREATE TABLE', ['createtab_stmt'], [[createStatement(table)]]);
}

function current(context: Context, cursor: Cursor): SqlResult {
	if (cursor.acceptOne('SCHEMA', 'NAMESPACE', 'DATABASE') === undefined) throw cursor.unexpected();
	cursor.expectEnd();
	const { catalog, schema } = context.session;
	return answer('SHOW CURRENT SCHEMA', ['catalog', 'namespace'], [[catalog, schema]]);
}

/** `[LIKE] 'a*|b'`: `*` is any text, `|` separates patterns, letter case does not matter. */
function pattern(cursor: Cursor): (name: string) => boolean {
	cursor.accept('LIKE');
	const text = cursor.peek().kind === 'string' ? cursor.string() : undefined;
	if (!cursor.atEnd) throw cursor.unexpected();
	if (text === undefined) return () => true;
	const parts = text.split('|').map((part) => {
		const escaped = part.trim().replace(/[.+?^${}()[\]\\]/g, '\\$&');
		return new RegExp(`^${escaped.replaceAll('*', '.*')}$`, 'i');
	});
	return (name) => parts.some((part) => part.test(name));
}
