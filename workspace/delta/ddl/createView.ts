import { translateQuery } from '../../sql/translate';
import { SqlError, unsupported } from '../../sql/sqlError';
import { typeText } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { tableExists } from '../objectErrors';
import type { SqlResult } from '../objects';
import { newTable } from './createTable';
import { done } from '../tableWrite';
import { refuseParameters } from './keptExpressions';
import { mustDiffer } from './tableDefinition';

/** CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(column [COMMENT]…)] [COMMENT] AS query. */
export async function createView(
	context: Context,
	cursor: Cursor,
	replace: boolean,
): Promise<SqlResult> {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const name = context.resolve(cursor.name());
	const named = cursor.sees('(')
		? cursor.list(() => {
				const column = cursor.identifier();
				return { name: column, comment: cursor.accept('COMMENT') ? cursor.string() : undefined };
			})
		: undefined;
	const { comment, properties } = readOptions(cursor);
	cursor.expect('AS');
	const definition = cursor.rest();
	refuseParameters(definition, 'the query of CREATE VIEW');
	await context.mustHaveSchema(name[0], name[1]);
	const existing = await context.objects.table(...name);
	if (existing !== undefined && !replace) {
		if (!ifNotExists) throw tableExists(name);
		context.discard();
		return done('CREATE VIEW');
	}
	if (existing !== undefined && existing.kind !== 'VIEW') throw notView(name);
	const { columns } = await translateQuery(definition, context.scope);
	if (named !== undefined && named.length !== columns.length) throw arity(named, columns.length);
	const names = columns.map((column, at) => named?.[at]?.name ?? column.name);
	mustDiffer(names);
	const view = existing ?? (await newTable(context, name, 'VIEW'));
	await context.objects.putTable({
		...view,
		updatedAtMs: context.nowMs,
		updatedBy: context.session.user,
		definition,
		definitionSession: { catalog: context.session.catalog, schema: context.session.schema },
		state: {
			...view.state,
			properties,
			...(comment === undefined ? {} : { comment }),
			columns: columns.map((column, at) => ({
				name: names[at] ?? column.name,
				type: typeText(column.type),
				nullable: true,
				physical: '',
				...(named?.[at]?.comment === undefined ? {} : { comment: named[at].comment }),
			})),
		},
	});
	return done('CREATE VIEW');
}

function readOptions(cursor: Cursor): { comment?: string; properties: Record<string, string> } {
	const options: { comment?: string; properties: Record<string, string> } = { properties: {} };
	for (;;) {
		if (cursor.accept('COMMENT')) options.comment = cursor.string();
		else if (cursor.accept('TBLPROPERTIES')) options.properties = cursor.properties();
		else if (cursor.sees('WITH')) throw unsupported('CREATE VIEW … WITH');
		else return options;
	}
}

function notView(name: readonly string[]): SqlError {
	const text = `The operation CREATE OR REPLACE VIEW requires a VIEW. But ${name.join('.')} is a MANAGED.`;
	return new SqlError('WRONG_COMMAND_FOR_OBJECT_TYPE', '42809', text);
}

function arity(named: readonly unknown[], given: number): SqlError {
	const text = `The view names ${named.length} columns, but its query gives ${given}.`;
	return new SqlError('CREATE_VIEW_COLUMN_ARITY_MISMATCH', '21S01', text);
}
