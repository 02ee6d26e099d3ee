import { routineMissing } from '../../sql/routineCheck';
import { SqlError, tableNotFound, unsupported } from '../../sql/sqlError';
import { STRING } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { catalogNotFound, schemaNotFound, volumeNotFound } from '../objectErrors';
import type { SqlResult } from '../session';
import { done } from '../tableWrite';

/** Privileges of Unity Catalog; a misspelt one is refused as the real service refuses it. */
const privileges = new Set(
	`ALL PRIVILEGES|APPLY TAG|BROWSE|CREATE CATALOG|CREATE FUNCTION|CREATE MATERIALIZED VIEW|CREATE MODEL
	|CREATE SCHEMA|CREATE TABLE|CREATE VOLUME|EXECUTE|EXTERNAL USE SCHEMA|MANAGE|MODIFY|READ VOLUME|REFRESH
	|SELECT|USE CATALOG|USE SCHEMA|WRITE VOLUME`
		.split('|')
		.map((name) => name.trim()),
);

/** GRANT privileges ON object TO principal: recorded, never enforced. */
export async function grant(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('GRANT');
	const add = readPrivileges(cursor);
	cursor.expect('ON');
	const object = await readObject(context, cursor);
	cursor.expect('TO');
	const principal = readPrincipal(cursor);
	cursor.expectEnd();
	await context.objects.changeGrants(object.kind, object.fullName, [{ principal, add }]);
	return done('GRANT');
}

/** REVOKE privileges ON object FROM principal. */
export async function revoke(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('REVOKE');
	const remove = readPrivileges(cursor);
	cursor.expect('ON');
	const object = await readObject(context, cursor);
	cursor.expect('FROM');
	const principal = readPrincipal(cursor);
	cursor.expectEnd();
	await context.objects.changeGrants(object.kind, object.fullName, [{ principal, remove }]);
	return done('REVOKE');
}

/** SHOW GRANTS [principal] ON object. */
export async function showGrants(context: Context, cursor: Cursor): Promise<SqlResult> {
	const wanted = cursor.sees('ON') ? undefined : readPrincipal(cursor);
	cursor.expect('ON');
	const { kind, fullName } = await readObject(context, cursor);
	cursor.expectEnd();
	const grants = await context.objects.grants(kind, fullName);
	const rows = grants
		.filter(({ principal }) => wanted === undefined || principal === wanted)
		.flatMap(({ principal, privileges: list }) =>
			list.map((privilege) => [principal, privilege.replaceAll('_', ' '), kind, fullName]),
		);
	const names = ['Principal', 'ActionType', 'ObjectType', 'ObjectKey'];
	const columns = names.map((name) => ({ name, type: STRING, nullable: false }));
	return { columns, rows, statementType: 'SHOW GRANTS' };
}

/** The privileges as Unity Catalog keeps them: SQL writes `USE SCHEMA`, its REST API USE_SCHEMA. */
function readPrivileges(cursor: Cursor): string[] {
	const text = cursor.until('ON');
	return text.split(',').map((part) => {
		const privilege = part.trim().replace(/\s+/g, ' ').toUpperCase();
		if (privileges.has(privilege)) return privilege.replaceAll(' ', '_');
		const message = `Privilege ${privilege} is not applicable to this entity.`;
		throw new SqlError('INVALID_PARAMETER_VALUE', '22023', message);
	});
}

function readPrincipal(cursor: Cursor): string {
	return cursor.peek().kind === 'string' ? cursor.string() : cursor.identifier();
}

async function readObject(
	context: Context,
	cursor: Cursor,
): Promise<{ kind: string; fullName: string }> {
	const kinds = ['CATALOG', 'SCHEMA', 'DATABASE', 'TABLE', 'VIEW', 'VOLUME', 'FUNCTION'];
	const kind = cursor.acceptOne(...kinds) ?? 'TABLE';
	for (const other of ['METASTORE', 'SHARE']) {
		if (cursor.sees(other)) throw unsupported(`grants on a ${other}`);
	}
	const parts = cursor.name();
	if (kind === 'CATALOG') {
		const name = parts.join('.').toLowerCase();
		if ((await context.objects.get('catalog', '', name)) === undefined) throw catalogNotFound(name);
		return { kind, fullName: name };
	}
	if (kind === 'SCHEMA' || kind === 'DATABASE') {
		const name = context.resolveSchema(parts);
		if ((await context.objects.get('schema', ...name)) === undefined) throw schemaNotFound(name);
		return { kind: 'SCHEMA', fullName: name.join('.') };
	}
	const [catalog, schema, name] = context.resolve(parts);
	if (kind === 'FUNCTION') {
		const found = await context.objects.routine(catalog, schema, name);
		if (found === undefined) throw routineMissing([catalog, schema, name]);
	} else if (kind === 'VOLUME') {
		const found = await context.objects.get('volume', `${catalog}.${schema}`, name);
		if (found === undefined) throw volumeNotFound(parts);
	} else if ((await context.findTable(parts)) === undefined) throw tableNotFound(parts);
	const isTable = kind !== 'VOLUME' && kind !== 'FUNCTION';
	return { kind: isTable ? 'TABLE' : kind, fullName: `${catalog}.${schema}.${name}` };
}
