import { defaultSchema, type Context } from '../context';
import type { Cursor } from '../cursor';
import { catalogNotFound, schemaNotFound } from '../objectErrors';
import type { SessionChange } from '../session';
import { done } from '../tableWrite';
import { set } from './settings';

/** USE [CATALOG | SCHEMA] name and SET CATALOG name: holds for the statements of a script after it. */
export async function use(context: Context, cursor: Cursor): Promise<SessionChange> {
	const isSet = cursor.accept('SET');
	if (!isSet) cursor.expect('USE');
	const what = cursor.acceptOne('CATALOG', 'SCHEMA', 'DATABASE');
	if (isSet && what !== 'CATALOG') return await set(context, cursor);
	if (what === 'CATALOG') {
		const catalog = cursor.identifier().toLowerCase();
		cursor.expectEnd();
		if ((await context.objects.get('catalog', '', catalog)) === undefined) {
			throw catalogNotFound(catalog);
		}
		const session = { ...context.session, catalog, schema: defaultSchema };
		return { result: done('USE CATALOG'), session };
	}
	const [catalog, schema] = context.resolveSchema(cursor.name());
	cursor.expectEnd();
	if ((await context.objects.get('schema', catalog, schema)) === undefined) {
		throw schemaNotFound([catalog, schema]);
	}
	return { result: done('USE SCHEMA'), session: { ...context.session, catalog, schema } };
}
