import { unsupported } from '../../sql/sqlError';
import { STRING } from '../../sql/sqlType';
import { defaultSchema, type Context } from '../context';
import type { Cursor } from '../cursor';
import { catalogNotFound, schemaNotFound } from '../objectErrors';
import type { SqlResult, SqlSession } from '../objects';
import { done } from '../tableWrite';

/** SET TIME ZONE 'UTC': the only zone of a session here, which it is without being said too. */
function timeZone({ session }: Context, cursor: Cursor): SessionChange {
	const zone = cursor.peek().kind === 'string' ? cursor.string() : cursor.rest();
	cursor.expectEnd();
	if (zone !== 'UTC' && zone !== 'Etc/UTC') throw unsupported(`the session time zone ${zone}`);
	const columns = ['key', 'value'].map((name) => ({ name, type: STRING, nullable: false }));
	const rows = [['spark.sql.session.timeZone', zone]];
	return { result: { columns, rows, statementType: 'SET' }, session };
}

export interface SessionChange {
	result: SqlResult;
	session: SqlSession;
}

/** USE [CATALOG | SCHEMA] name and SET CATALOG name: holds for the statements of a script after it. */
export async function use(context: Context, cursor: Cursor): Promise<SessionChange> {
	const isSet = cursor.accept('SET');
	if (!isSet) cursor.expect('USE');
	if (isSet && cursor.accept('TIME', 'ZONE')) return timeZone(context, cursor);
	const what = cursor.acceptOne('CATALOG', 'SCHEMA', 'DATABASE');
	if (isSet && what !== 'CATALOG') throw unsupported('SET of a session setting');
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
