import { SqlError, tableNotFound, unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SqlResult } from '../session';
import { fullName } from '../storedTable';
import { done } from '../tableWrite';
import { dropFunction } from './createFunction';
import { dropCatalog, dropSchema, dropTable, dropVolume } from './namespaces';

/** DROP TABLE | VIEW | SCHEMA | CATALOG | VOLUME [IF EXISTS] name [RESTRICT | CASCADE]. */
export async function drop(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('DROP');
	if (cursor.accept('MATERIALIZED', 'VIEW')) return await dropRelation(context, cursor, 'VIEW');
	if (cursor.accept('FUNCTION')) return await dropFunction(context, cursor);
	const kind = cursor.acceptOne('TABLE', 'VIEW', 'SCHEMA', 'DATABASE', 'CATALOG', 'VOLUME');
	if (kind === undefined) throw unsupported(`DROP ${cursor.peek().text.toUpperCase()}`);
	if (kind === 'TABLE' || kind === 'VIEW') return await dropRelation(context, cursor, kind);
	const ifExists = cursor.accept('IF', 'EXISTS');
	const parts = cursor.name();
	const cascade = cursor.accept('CASCADE');
	if (!cascade) cursor.accept('RESTRICT');
	cursor.expectEnd();
	if (kind === 'CATALOG') {
		const name = parts.join('.').toLowerCase();
		const exists = (await context.objects.get('catalog', '', name)) !== undefined;
		if (exists || !ifExists) await dropCatalog(context, name, { cascade });
	} else if (kind === 'VOLUME') {
		const [catalog, schema, name] = context.resolve(parts);
		const exists =
			(await context.objects.get('volume', `${catalog}.${schema}`, name)) !== undefined;
		if (exists || !ifExists) await dropVolume(context, [catalog, schema, name]);
	} else {
		const name = context.resolveSchema(parts);
		const exists = (await context.objects.get('schema', ...name)) !== undefined;
		if (exists || !ifExists) await dropSchema(context, name, { cascade });
	}
	return done(`DROP ${kind === 'DATABASE' ? 'SCHEMA' : kind}`);
}

async function dropRelation(
	context: Context,
	cursor: Cursor,
	kind: 'TABLE' | 'VIEW',
): Promise<SqlResult> {
	const ifExists = cursor.accept('IF', 'EXISTS');
	const parts = cursor.name();
	cursor.accept('PURGE');
	cursor.expectEnd();
	const table = await context.findTable(parts);
	if (table === undefined) {
		if (!ifExists) throw tableNotFound(context.resolve(parts));
		return done(`DROP ${kind}`);
	}
	const isView = table.kind === 'VIEW' || table.kind === 'MATERIALIZED_VIEW';
	if (isView !== (kind === 'VIEW')) {
		const [wanted, hint] = isView ? ['EXTERNAL or MANAGED', 'VIEW'] : ['VIEW', 'TABLE'];
		const text = `The operation DROP ${kind} requires a ${wanted}. But ${fullName(table)} is a ${table.kind}. Use DROP ${hint} instead.`;
		throw new SqlError('WRONG_COMMAND_FOR_OBJECT_TYPE', '42809', text);
	}
	await dropTable(context, table);
	return done(`DROP ${kind}`);
}
