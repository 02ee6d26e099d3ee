import { translateQuery } from '../../sql/translate';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { mustDiffer } from '../ddl/tableDefinition';
import { refuseParameters } from '../ddl/keptExpressions';
import { SqlError, unsupported } from '../../sql/sqlError';
import { tableExists } from '../objectErrors';
import { done } from '../tableWrite';
import type { SessionChange } from '../session';

/** CREATE [OR REPLACE] TEMPORARY VIEW [IF NOT EXISTS] name [(column, …)] AS query. */
export async function createTemporaryView(
	context: Context,
	cursor: Cursor,
): Promise<SessionChange> {
	cursor.expect('CREATE');
	const replace = cursor.accept('OR', 'REPLACE');
	cursor.acceptOne('TEMPORARY', 'TEMP');
	cursor.expect('VIEW');
	const { session } = context;
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const parts = cursor.name();
	const [name = '', ...more] = parts;
	if (more.length > 0) throw unsupported('a temporary view with a name of several parts');
	const columns = cursor.sees('(') ? cursor.list(() => cursor.identifier()) : undefined;
	if (!cursor.sees('AS'))
		throw unsupported(`CREATE TEMPORARY VIEW … ${cursor.peek().text.toUpperCase()}`);
	cursor.expect('AS');
	const definition = cursor.rest();
	refuseParameters(definition, 'the query of CREATE VIEW');
	if (context.temporaryView(parts) !== undefined && !replace) {
		if (!ifNotExists) throw tableExists(parts);
		return { result: done('CREATE VIEW'), session };
	}
	const found = await translateQuery(definition, context.scope);
	if (columns !== undefined && columns.length !== found.columns.length) {
		const text = `The view names ${columns.length} columns, but its query gives ${found.columns.length}.`;
		throw new SqlError('CREATE_VIEW_COLUMN_ARITY_MISMATCH', '21S01', text);
	}
	mustDiffer(columns ?? found.columns.map((column) => column.name));
	const { catalog, schema } = session;
	const view = { definition, catalog, schema, ...(columns === undefined ? {} : { columns }) };
	const temporaryViews = new Map([...session.temporaryViews, [name.toLowerCase(), view]]);
	return { result: done('CREATE VIEW'), session: { ...session, temporaryViews } };
}

/** DROP VIEW [IF EXISTS] of a temporary view. */
export async function dropTemporaryView(context: Context, cursor: Cursor): Promise<SessionChange> {
	cursor.expect('DROP', 'VIEW');
	cursor.accept('IF', 'EXISTS');
	const parts = cursor.name();
	cursor.expectEnd();
	const temporaryViews = new Map(context.session.temporaryViews);
	temporaryViews.delete(parts.join('.').toLowerCase());
	return { result: done('DROP VIEW'), session: { ...context.session, temporaryViews } };
}
