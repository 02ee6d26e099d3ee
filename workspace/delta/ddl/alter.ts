import { unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { ObjectSettings } from '../objects';
import type { SqlResult } from '../session';
import { commitWrite, done, nextVersion } from '../tableWrite';
import { alterTable, setProperties } from './alterTable';
import { changeObject } from './namespaces';

/** ALTER TABLE | VIEW | SCHEMA | CATALOG | VOLUME. */
export async function alter(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('ALTER');
	if (cursor.accept('TABLE')) return await alterTable(context, cursor);
	const kind = cursor.acceptOne('SCHEMA', 'DATABASE', 'CATALOG', 'VOLUME');
	if (kind === undefined) throw unsupported(`ALTER ${cursor.peek().text.toUpperCase()}`);
	const place = placeOf(context, kind, cursor.name());
	const settings: ObjectSettings = {};
	if (cursor.accept('OWNER', 'TO') || cursor.accept('SET', 'OWNER', 'TO')) {
		settings.owner = cursor.identifier();
	} else if (cursor.accept('SET', 'DBPROPERTIES')) settings.properties = cursor.properties();
	else throw unsupported(`ALTER ${kind} … ${cursor.peek().text.toUpperCase()}`);
	await changeObject(context, place.kind, place.parent, place.name, settings);
	return done(`ALTER ${kind}`);
}

/** COMMENT ON TABLE | SCHEMA | CATALOG | VOLUME name IS 'text' | NULL. */
export async function comment(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('COMMENT', 'ON');
	const kind = cursor.acceptOne('TABLE', 'SCHEMA', 'DATABASE', 'CATALOG', 'VOLUME');
	if (kind === undefined) throw unsupported(`COMMENT ON ${cursor.peek().text.toUpperCase()}`);
	const parts = cursor.name();
	cursor.expect('IS');
	const text = cursor.accept('NULL') ? '' : cursor.string();
	cursor.expectEnd();
	if (kind !== 'TABLE') {
		const place = placeOf(context, kind, parts);
		await changeObject(context, place.kind, place.parent, place.name, { comment: text });
		return done('COMMENT');
	}
	const found = await context.tableOrView(parts);
	if (found.kind === 'VIEW') {
		await context.objects.putTable({ ...found, state: { ...found.state, comment: text } });
		return done('COMMENT');
	}
	const table = nextVersion(found);
	// Delta keeps the comment apart from the properties, but commits it as if it were one.
	const change = setProperties(structuredClone(table), { comment: text });
	table.state = { ...table.state, comment: text };
	await commitWrite(context, table, {
		...change,
		isBlindAppend: true,
		changesRows: false,
		files: 'same',
		stateChanged: true,
	});
	return done('COMMENT');
}

function placeOf(context: Context, kind: string, parts: readonly string[]) {
	if (kind === 'CATALOG') {
		return { kind: 'catalog', parent: '', name: parts.join('.').toLowerCase() } as const;
	}
	if (kind === 'VOLUME') {
		const [catalog, schema, name] = context.resolve(parts);
		return { kind: 'volume', parent: `${catalog}.${schema}`, name } as const;
	}
	const [parent, name] = context.resolveSchema(parts);
	return { kind: 'schema', parent, name } as const;
}
