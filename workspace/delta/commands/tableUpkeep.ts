import { unsupported } from '../../sql/sqlError';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SqlResult } from '../session';
import { done } from '../tableWrite';

/** REFRESH [TABLE] name: nothing is cached, so there is nothing to do but to look whether it is there. */
export async function refresh(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('REFRESH');
	for (const kind of ['STREAMING', 'MATERIALIZED', 'FOREIGN', 'FUNCTION', 'POLICY']) {
		if (cursor.sees(kind)) throw unsupported(`REFRESH ${kind}`);
	}
	cursor.accept('TABLE');
	await context.tableOrView(cursor.name());
	cursor.expectEnd();
	return done('REFRESH TABLE');
}

/** ANALYZE TABLE name COMPUTE STATISTICS …: there is no planner that would read them. */
export async function analyze(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('ANALYZE');
	if (!cursor.accept('TABLE')) throw unsupported('ANALYZE TABLES');
	const table = await context.table(cursor.name(), 'ANALYZE TABLE');
	cursor.expect('COMPUTE');
	if (!cursor.accept('STATISTICS')) throw unsupported('ANALYZE TABLE … COMPUTE');
	if (cursor.accept('FOR', 'COLUMNS')) {
		const known = table.state.columns.map(({ name }) => name.toLowerCase());
		do {
			if (!known.includes(cursor.identifier().toLowerCase())) {
				throw unsupported('ANALYZE TABLE … FOR COLUMNS of a column that is not there');
			}
		} while (cursor.accept(','));
	} else if (!cursor.accept('FOR', 'ALL', 'COLUMNS')) cursor.accept('NOSCAN');
	cursor.expectEnd();
	return done('ANALYZE TABLE');
}
